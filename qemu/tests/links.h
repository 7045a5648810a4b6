/*
 * The board of links.dts: what is where, and the registers by their names
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BOARD_TESTS_LINKS_H
#define BOARD_TESTS_LINKS_H

#define STIMULUS(n) (0x20000000 + 0x1000 * (n))
#define FUNNEL      0x20002000
#define ETF         0x20003000
#define REPLICATOR  0x20004000
#define ETR         0x20005000
#define TPIU        0x20006000
#define ETM         0x20007000
#define ETB         0x20008000
#define CTI         0x20009000
#define MONITOR     0x1c200000
#define RAM         0x80000000
#define RAM_END     0x84000000

#define ST_ID       0x00
#define ST_DATA     0x04
#define ST_BURST    0x08
#define ST_HELD     0x0c

#define FUNNEL_CTRL 0x000
#define IDFILTER0   0x000
#define IDFILTER1   0x004

/* Of a TMC; an ETB has most of them, too */
#define RSZ     0x004
#define STS     0x00c
#define RRD     0x010
#define RRP     0x014
#define RWP     0x018
#define TRG     0x01c
#define CTL     0x020
#define RWD     0x024
#define MODE    0x028
#define CBUFLVL 0x030
#define BUFWM   0x034
#define AXICTL  0x110
#define DBALO   0x118
#define DBAHI   0x11c
#define FFSR    0x300
#define FFCR    0x304
#define LAR     0xfb0
#define LSR     0xfb4
#define UNLOCK  0xc5acce55

#define CTICONTROL  0x000
#define CTIAPPSET   0x014
#define CTIAPPCLEAR 0x018
#define CTIINEN0    0x020
#define CTIGATE     0x140

#define TRCPRGCTLR      0x004
#define TRCSTATR        0x00c
#define TRCCONFIGR      0x010
#define TRCSYNCPR       0x034
#define TRCCCCTLR       0x038
#define TRCTRACEIDR     0x040
#define TRCVICTLR       0x080
#define TRCVIIECTLR     0x084
#define TRCIDR0         0x1e0
#define TRCOSLAR        0x300
#define TRCACVR0        0x400

#define STS_FULL    0x01
#define STS_READY   0x04
#define STS_EMPTY   0x10
#define STS_MEMERR  0x20

#define CB          0
#define SWF         1
#define HWF         2

#define FORMAT      0x0003
#define FLUSH_STOP  0x1043

#endif
