/*
 * Board monitor: what the models have counted
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Not a part of any real board.  A read-only page that tells, for each sink,
 * how many bytes of trace it has taken, so that a test can compare with what
 * the guest's drivers and tools report.  Entries of 16 bytes: the sink's
 * address, then the count, both 64 bits; an entry with address 0 ends them.
 */
#include "qemu/osdep.h"
#include "qemu/log.h"
#include "hw/coresight/coresight.h"
#include "hw/coresight/monitor.h"

struct MonitorState {
    SysBusDevice parent_obj;

    MemoryRegion iomem;
    CoreSightDevice *sinks[CORESIGHT_MONITOR_SINKS];
    uint64_t addresses[CORESIGHT_MONITOR_SINKS];
    unsigned nb_sinks;
};

bool coresight_monitor_add(MonitorState *s, CoreSightDevice *sink,
                           uint64_t address)
{
    if (s->nb_sinks == CORESIGHT_MONITOR_SINKS) {
        return false;
    }
    s->sinks[s->nb_sinks] = sink;
    s->addresses[s->nb_sinks++] = address;
    return true;
}

static uint64_t monitor_read(void *opaque, hwaddr offset, unsigned size)
{
    MonitorState *s = opaque;
    CoreSightDevice *sink;
    uint64_t value;

    if (offset / 16 >= s->nb_sinks) {
        return 0;
    }
    sink = s->sinks[offset / 16];
    if (offset & 8) {
        atb_lock();
        value = sink->sink_bytes;
        atb_unlock();
    } else {
        value = s->addresses[offset / 16];
    }
    return value >> (offset & 7) * 8;
}

static void monitor_write(void *opaque, hwaddr offset, uint64_t value,
                          unsigned size)
{
    qemu_log_mask(LOG_GUEST_ERROR, "%s: write to 0x%03" HWADDR_PRIx "\n",
                  TYPE_CORESIGHT_MONITOR, offset);
}

static const MemoryRegionOps monitor_ops = {
    .read = monitor_read,
    .write = monitor_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 8 },
    .impl = { .min_access_size = 4, .max_access_size = 8 },
};

static void monitor_init(Object *obj)
{
    MonitorState *s = CORESIGHT_MONITOR(obj);

    memory_region_init_io(&s->iomem, obj, &monitor_ops, s,
                          TYPE_CORESIGHT_MONITOR, CORESIGHT_PAGE_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->iomem);
}

static void monitor_class_init(ObjectClass *klass, void *data)
{
    /* It has no state of its own: no need for vmstate or reset */
    DEVICE_CLASS(klass)->user_creatable = false;
}

static const TypeInfo monitor_types[] = {
    {
        .name = TYPE_CORESIGHT_MONITOR,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(MonitorState),
        .instance_init = monitor_init,
        .class_init = monitor_class_init,
    },
};

DEFINE_TYPES(monitor_types)
