/*
 * Board monitor: what the models have counted
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_CORESIGHT_MONITOR_H
#define HW_CORESIGHT_MONITOR_H

#include "hw/coresight/coresight.h"

#define CORESIGHT_MONITOR_SINKS 64

OBJECT_DECLARE_SIMPLE_TYPE(MonitorState, CORESIGHT_MONITOR)

/* Report @sink, as what is at @address. False if there are too many. */
bool coresight_monitor_add(MonitorState *s, CoreSightDevice *sink,
                           uint64_t address);

#endif
