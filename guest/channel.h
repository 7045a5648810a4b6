/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command channel: a serial line from the guest's init to the host's
 * watch. The guest sends frames, so that what the command prints can never be
 * taken for its exit status; the host sends plain key strokes, and only when
 * the guest runs an interactive shell.
 *
 * A frame is its type, the length of its payload in two bytes (big endian)
 * and the payload.
 */
#ifndef CHANNEL_H
#define CHANNEL_H

enum {
	FRAME_OUT = 'O',	/* bytes the command wrote to stdout */
	FRAME_ERR = 'E',	/* bytes the command wrote to stderr */
	FRAME_EXIT = 'X',	/* its exit status in decimal; the last frame */
};

#define FRAME_HEADER	3
#define FRAME_MAX	4096

#endif
