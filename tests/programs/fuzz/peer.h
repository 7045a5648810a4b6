/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Other processes: the peer, of another user, gets descriptors over a socket and makes calls
 * on them when told to; owners have opened an event and called exec(); the helper uses sysfs
 */
#ifndef FUZZ_PEER_H
#define FUZZ_PEER_H

#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "model.h"

enum { PEER_SET, PEER_CLOSE, PEER_KEEP, PEER_MAP, PEER_UNMAP };

struct request {
	int what, fd;
	const char *string;
	/* Of a mapping */
	void *at;
	size_t size;
	uint64_t offset;
	int prot, flags;
};

static int send_fd(int sock, struct request *r, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = "";
	struct iovec iov = { r, sizeof(*r) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (fd >= 0) {
		struct cmsghdr *c;

		m.msg_control = control;
		m.msg_controllen = sizeof(control);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	}
	return sendmsg(sock, &m, 0) == sizeof(*r) ? 0 : -errno;
}

/* Returns the descriptor that came along, -1 if none, -2 at the end */
static int receive_fd(int sock, struct request *r)
{
	char control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { r, sizeof(*r) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = control, .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	int fd;

	if (recvmsg(sock, &m, 0) != sizeof(*r))
		return -2;
	c = CMSG_FIRSTHDR(&m);
	if (!c)
		return -1;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

static void __attribute__((noreturn)) be_peer(int sock)
{
	struct request r;
	void *at;
	long ret;
	int fd;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Close all but the socket: descriptors that are inherited would keep events alive */
	for (int i = 3; i < 1024; i++)
		if (i != sock)
			close(i);
	if (setgid(1000) || setuid(1000))
		_exit(1);
	while ((fd = receive_fd(sock, &r)) != -2) {
		switch (r.what) {
		case PEER_KEEP:
			ret = fd;
			break;
		case PEER_SET:
			ret = set_config(r.fd, r.string);
			break;
		case PEER_MAP:
			at = mmap(NULL, r.size, r.prot, r.flags, r.fd, r.offset);
			ret = at == MAP_FAILED ? -errno : (long)at;
			break;
		case PEER_UNMAP:
			ret = munmap(r.at, r.size) ? -errno : 0;
			break;
		default:
			ret = close(r.fd) ? -errno : 0;
		}
		if (write(sock, &ret, sizeof(ret)) != sizeof(ret))
			break;
	}
	_exit(0);
}

static long ask_peer(struct request r, int fd)
{
	long ret;

	if (send_fd(peer_sock, &r, fd) || read(peer_sock, &ret, sizeof(ret)) != sizeof(ret))
		bail_out("the peer does not answer");
	return ret;
}

/*
 * perf charges a user for each mapping, and gives back only one for each buffer. The peer's
 * user, unlike root, would soon have reached the limit. perf(1) allocates as much as the limit,
 * so that has to be as before in the end.
 */
static void lift_limit(bool lift)
{
	static const char path[] = "/proc/sys/kernel/perf_event_mlock_kb";
	static long was;
	char text[32];

	if (lift)
		was = read_number(path, 10);
	snprintf(text, sizeof(text), "%ld", lift ? 1000000000 : was);
	if (write_text(path, text))
		bail_out("%s", path);
}

static void start_peer(void)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair))
		bail_out("socketpair");
	generation++;
	fflush(stdout);
	peer = fork();
	if (peer < 0)
		bail_out("fork");
	if (!peer)
		be_peer(pair[1]);
	close(pair[1]);
	peer_sock = pair[0];
	/* Once it answers, it has closed the descriptors that it inherited */
	if (ask_peer((struct request){ .what = PEER_CLOSE, .fd = -1 }, -1) != -EBADF)
		bail_out("the peer is not ready");
	for (int i = 0; i < EVENTS; i++)
		if (events[i].live && events[i].inherit && events[i].target == SELF)
			events[i].in_peer = generation;
}

static void end_peer(void)
{
	kill(peer, SIGKILL);
	waitpid(peer, NULL, 0);
	close(peer_sock);
	for (int i = 0; i < MAPPINGS; i++)
		if (mappings[i].at && mappings[i].peers)
			model_unmap(&mappings[i]);
	for (int i = 0; i < FDS; i++) {
		if (fds[i].fd < 0 || !fds[i].peers)
			continue;
		fds[i].fd = -1;
		put_event(fds[i].event);
	}
}

/*
 * As event_open_with(), but by a child, which hands on the descriptor and then calls exec(). So
 * the owner of the event is another program, which has the descriptor as well unless @cloexec.
 * If @pid is 0, it is traced itself.
 */
static int event_open_execed(struct owner *o, bool cloexec, int flags, uint32_t type, pid_t pid,
			     int cpu, bool inherit, uint64_t config2)
{
	struct request r = { 0 };
	int pair[2], fd;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		bail_out("socketpair");
	fflush(stdout);
	o->pid = fork();
	if (o->pid < 0)
		bail_out("fork");
	if (!o->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (int i = 3; i < 1024; i++)
			if (i != pair[1])
				close(i);
		fd = event_open_with(flags, type, pid, cpu, inherit, config2);
		r.what = fd < 0 ? errno : 0;
		if (fd >= 0 && cloexec)
			fcntl(fd, F_SETFD, FD_CLOEXEC);
		if (send_fd(pair[1], &r, fd) || fd < 0)
			_exit(0);
		execl("/bin/sleep", "sleep", "1000000", NULL);
		send_fd(pair[1], &r, -1);
		_exit(1);
	}
	close(pair[1]);
	fd = receive_fd(pair[0], &r);
	/* exec() closes the socket */
	if (fd == -2 || read(pair[0], &r, sizeof(r)))
		bail_out("exec() of an event's owner");
	close(pair[0]);
	if (fd >= 0)
		return fd;
	waitpid(o->pid, NULL, 0);
	o->pid = 0;
	errno = r.what;
	return -1;
}

static void end_owner(struct owner *o)
{
	if (!o->pid)
		return;
	kill(o->pid, SIGKILL);
	waitpid(o->pid, NULL, 0);
	o->pid = 0;
	if (o->event != NONE)
		put_event(o->event);
}

/* The helper: it reads enable_source, and traces by sysfs, on any CPU */
static void start_helper(void)
{
	uint64_t state = seed | 1;
	char path[64], sink[128];

	by_sysfs = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (by_sysfs == MAP_FAILED)
		bail_out("helper");
	helper_ends = (atomic_bool *)(by_sysfs + 1);
	fflush(stdout);
	helper = fork();
	if (helper < 0)
		bail_out("fork");
	if (helper)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int i = 3; i < 1024; i++)
		close(i);
	while (!*helper_ends) {
		snprintf(path, sizeof(path), CORESIGHT "/etm%u/enable_source",
			 random_next(&state) % board.nr_cpus);
		snprintf(sink, sizeof(sink), CORESIGHT "/%s/enable_sink",
			 board.sink[random_next(&state) % board.nr_sinks]);
		if (random_next(&state) % 32) {
			read_number(random_next(&state) % 2 ? path : sink, 10);
		} else {
			bool named = random_next(&state) % 2;

			++*by_sysfs;
			if (named)
				write_text(sink, "1");
			write_text(path, "1");
			usleep(random_next(&state) % 500);
			write_text(path, "0");
			if (named)
				write_text(sink, "0");
			++*by_sysfs;
		}
		usleep(random_next(&state) % 1000);
	}
	_exit(0);
}

/* By itself: what it traced by sysfs when it was killed would keep the sink from all others */
static void end_helper(void)
{
	*helper_ends = true;
	waitpid(helper, NULL, 0);
}

#endif
