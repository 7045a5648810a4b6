// SPDX-License-Identifier: GPL-2.0
/*
 * For ../tracing.t, which compiles this file for two kernels: a variable for each structure that
 * the series touch, or that there are many of. Its name is the structure's, and so is its size.
 */
#include <linux/coresight.h>
#include <linux/perf_event.h>

#include "internal.h"
#include "coresight-etm-perf.h"
#include "coresight-tmc.h"

#define SIZE_OF(name) char name[sizeof(struct name)]

SIZE_OF(perf_event);
SIZE_OF(perf_buffer);
SIZE_OF(pmu);
SIZE_OF(etm_filters);
SIZE_OF(etm_event_data);
SIZE_OF(coresight_device);
SIZE_OF(coresight_connection);
SIZE_OF(coresight_path);
SIZE_OF(etr_buf);
SIZE_OF(tmc_drvdata);
