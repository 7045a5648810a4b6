// SPDX-License-Identifier: GPL-2.0
// 32-bit: the kernel's own selftest, for perf_compat_ioctl(). The kernel builds it for arm64
// only, so here it is included, which builds it for both; the warnings are those of its harness.
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wclobbered"
#include "../../build/linux/tools/testing/selftests/perf_events/drv_config.c"
