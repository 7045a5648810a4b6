/*
 * What all memory-mapped CoreSight components have in common
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Arm CoreSight Architecture Specification v2.0 (ARM IHI 0029), chapter
 * "Visible component architecture".
 */
#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qapi/error.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "hw/coresight/coresight.h"
#include "hw/coresight/formatter.h"
#include "trace.h"

#define LSR_SLI 0x1     /* a software lock is implemented */
#define LSR_SLK 0x2     /* and closed */

/* JEP106 identity of Arm: continuation code 4, identity 0x3b */
#define ARM_JEP106_ID       0x3b
#define ARM_JEP106_CONT     0x04

const VMStateDescription vmstate_coresight_device = {
    .name = "coresight-device",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_BOOL(locked, CoreSightDevice),
        VMSTATE_UINT32(itctrl, CoreSightDevice),
        VMSTATE_UINT32(claim, CoreSightDevice),
        VMSTATE_UINT64(sink_bytes, CoreSightDevice),
        VMSTATE_END_OF_LIST()
    }
};

const VMStateDescription vmstate_coresight_formatter = {
    .name = "coresight-formatter",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8_ARRAY(frame, CSFormatter, CS_FRAME_SIZE),
        VMSTATE_UINT8(pos, CSFormatter),
        VMSTATE_UINT8(id, CSFormatter),
        VMSTATE_UINT8(age, CSFormatter),
        VMSTATE_END_OF_LIST()
    }
};

void coresight_guest_error(CoreSightDevice *d, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    if (!qemu_loglevel_mask(LOG_GUEST_ERROR)) {
        return;
    }
    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    qemu_log("%s: %s\n", d->iomem.name, text);
}

void coresight_read_only_error(CoreSightDevice *d, hwaddr offset)
{
    coresight_guest_error(d, "write to read-only 0x%03" HWADDR_PRIx, offset);
}

/*
 * PIDR0..7 and CIDR0..3 hold one byte each (IHI 0029, "Peripheral
 * Identification Registers"); the component class is 0x9, CoreSight.
 */
static uint32_t coresight_id(CoreSightDevice *d, hwaddr offset)
{
    CoreSightDeviceClass *c = CORESIGHT_DEVICE_GET_CLASS(d);
    uint16_t part = d->part ? d->part : c->part;
    const uint8_t id[] = {
        ARM_JEP106_CONT, 0, 0, 0,
        part & 0xff,
        (ARM_JEP106_ID & 0xf) << 4 | part >> 8,
        c->revision << 4 | 0x8 | ARM_JEP106_ID >> 4,
        0,
        0x0d, 0x90, 0x05, 0xb1,
    };

    return id[(offset - CS_PIDR4) / 4];
}

static bool coresight_read_management(CoreSightDevice *d, hwaddr offset,
                                      uint32_t *value)
{
    CoreSightDeviceClass *c = CORESIGHT_DEVICE_GET_CLASS(d);

    switch (offset) {
    case CS_ITCTRL:
        *value = d->itctrl;
        break;
    case CS_CLAIMSET:
        *value = c->claim_tags;
        break;
    case CS_CLAIMCLR:
        *value = d->claim;
        break;
    case CS_DEVAFF0:
        *value = d->devaff[0];
        break;
    case CS_DEVAFF1:
        *value = d->devaff[1];
        break;
    case CS_LAR:
        *value = 0;
        break;
    case CS_LSR:
        *value = LSR_SLI | (d->locked ? LSR_SLK : 0);
        break;
    case CS_AUTHSTATUS:
        *value = c->authstatus;
        break;
    case CS_DEVARCH:
        *value = c->devarch;
        break;
    case CS_DEVID2:
    case CS_DEVID1:
        *value = 0;
        break;
    case CS_DEVID:
        *value = d->devid;
        break;
    case CS_DEVTYPE:
        *value = c->devtype;
        break;
    case CS_PIDR4 ... CORESIGHT_PAGE_SIZE - 4:
        *value = coresight_id(d, offset);
        break;
    default:
        return false;
    }
    return true;
}

static bool coresight_write_management(CoreSightDevice *d, hwaddr offset,
                                       uint32_t value)
{
    CoreSightDeviceClass *c = CORESIGHT_DEVICE_GET_CLASS(d);

    switch (offset) {
    case CS_ITCTRL:
        d->itctrl = value & 1;
        if (d->itctrl) {
            qemu_log_mask(LOG_UNIMP, "%s: integration mode\n",
                          d->iomem.name);
        }
        break;
    case CS_CLAIMSET:
        d->claim |= value & c->claim_tags;
        break;
    case CS_CLAIMCLR:
        d->claim &= ~value;
        break;
    case CS_DEVAFF0:
    case CS_DEVAFF1:
    case CS_LSR ... CORESIGHT_PAGE_SIZE - 4:
        coresight_read_only_error(d, offset);
        break;
    default:
        return false;
    }
    return true;
}

uint32_t coresight_read_register(CoreSightDevice *d, hwaddr offset)
{
    CoreSightDeviceClass *c = CORESIGHT_DEVICE_GET_CLASS(d);
    uint32_t value = 0;
    bool known;

    atb_lock();
    if (offset >= CS_ITCTRL) {
        known = coresight_read_management(d, offset, &value);
    } else {
        known = c->read(d, offset, &value);
    }
    atb_unlock();
    if (!known) {
        qemu_log_mask(LOG_UNIMP, "%s: read of 0x%03" HWADDR_PRIx "\n",
                      d->iomem.name, offset);
    }
    trace_coresight_read(d->iomem.name, offset, value);
    return value;
}

void coresight_write_register(CoreSightDevice *d, hwaddr offset, uint32_t value)
{
    CoreSightDeviceClass *c = CORESIGHT_DEVICE_GET_CLASS(d);
    bool known;

    trace_coresight_write(d->iomem.name, offset, value);
    atb_lock();
    if (offset >= CS_ITCTRL) {
        known = coresight_write_management(d, offset, value);
    } else {
        known = c->write(d, offset, value);
    }
    atb_unlock();
    if (!known) {
        qemu_log_mask(LOG_UNIMP, "%s: write of 0x%x to 0x%03" HWADDR_PRIx "\n",
                      d->iomem.name, value, offset);
    }
}

static uint64_t coresight_read(void *opaque, hwaddr offset, unsigned size)
{
    return coresight_read_register(opaque, offset);
}

static void coresight_write(void *opaque, hwaddr offset, uint64_t value,
                            unsigned size)
{
    CoreSightDevice *d = opaque;

    if (offset == CS_LAR) {
        trace_coresight_write(d->iomem.name, offset, value);
        d->locked = value != CS_LAR_KEY;
    } else if (d->locked) {
        coresight_guest_error(d, "write to 0x%03" HWADDR_PRIx
                              " while locked", offset);
    } else {
        coresight_write_register(d, offset, value);
    }
}

/* Registers are words; a 64-bit access is split, as an APB bridge would. */
static const MemoryRegionOps coresight_ops = {
    .read = coresight_read,
    .write = coresight_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 8 },
    .impl = { .min_access_size = 4, .max_access_size = 4 },
};

void coresight_device_reset(DeviceState *dev)
{
    CoreSightDevice *d = CORESIGHT_DEVICE(dev);

    atb_lock();
    d->locked = true;
    d->itctrl = 0;
    d->claim = 0;
    d->sink_bytes = 0;
    atb_unlock();
}

static void coresight_realize(DeviceState *dev, Error **errp)
{
    CoreSightDevice *d = CORESIGHT_DEVICE(dev);

    memory_region_init_io(&d->iomem, OBJECT(d), &coresight_ops, d,
                          object_get_canonical_path_component(OBJECT(d)),
                          CORESIGHT_PAGE_SIZE);
    if (!d->no_regs) {
        sysbus_init_mmio(SYS_BUS_DEVICE(d), &d->iomem);
    }
}

static void coresight_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    CoreSightDeviceClass *c = CORESIGHT_DEVICE_CLASS(klass);

    dc->realize = coresight_realize;
    dc->reset = coresight_device_reset;
    dc->user_creatable = false;
    c->claim_tags = 0xf;
}

static const TypeInfo coresight_device_info = {
    .name = TYPE_CORESIGHT_DEVICE,
    .parent = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(CoreSightDevice),
    .class_size = sizeof(CoreSightDeviceClass),
    .class_init = coresight_class_init,
    .abstract = true,
};

static void coresight_register_types(void)
{
    type_register_static(&coresight_device_info);
}

type_init(coresight_register_types)
