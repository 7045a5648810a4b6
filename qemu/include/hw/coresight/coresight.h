/*
 * What all CoreSight components have in common
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Arm CoreSight Architecture Specification v2.0 (ARM IHI 0029), chapter
 * "Visible component architecture": the management registers at 0xf00..0xfff
 * of each component's 4 KiB page.
 */
#ifndef HW_CORESIGHT_CORESIGHT_H
#define HW_CORESIGHT_CORESIGHT_H

#include "hw/sysbus.h"
#include "hw/coresight/atb.h"
#include "qom/object.h"

#define TYPE_CORESIGHT_DEVICE "coresight-device"
OBJECT_DECLARE_TYPE(CoreSightDevice, CoreSightDeviceClass, CORESIGHT_DEVICE)

#define TYPE_CORESIGHT_FUNNEL       "coresight-funnel"
#define TYPE_CORESIGHT_REPLICATOR   "coresight-replicator"
#define TYPE_CORESIGHT_TMC          "coresight-tmc"     /* abstract */
#define TYPE_CORESIGHT_ETF          "coresight-tmc-etf"
#define TYPE_CORESIGHT_ETR          "coresight-tmc-etr"
#define TYPE_CORESIGHT_TPIU         "coresight-tpiu"
#define TYPE_CORESIGHT_ETB          "coresight-etb"
#define TYPE_CORESIGHT_CTI          "coresight-cti"
#define TYPE_CORESIGHT_MONITOR      "coresight-monitor"
#define TYPE_CORESIGHT_ETM4         "coresight-etm4"
#define TYPE_CORESIGHT_ETE          "coresight-ete"
#define TYPE_CORESIGHT_TRBE         "coresight-trbe"
#define TYPE_CORESIGHT_STIMULUS     "coresight-stimulus"

#define CORESIGHT_PAGE_SIZE 0x1000

/* Management registers (IHI 0029, "Component register map") */
#define CS_ITCTRL       0xf00
#define CS_CLAIMSET     0xfa0
#define CS_CLAIMCLR     0xfa4
#define CS_DEVAFF0      0xfa8
#define CS_DEVAFF1      0xfac
#define CS_LAR          0xfb0
#define CS_LSR          0xfb4
#define CS_AUTHSTATUS   0xfb8
#define CS_DEVARCH      0xfbc
#define CS_DEVID2       0xfc0
#define CS_DEVID1       0xfc4
#define CS_DEVID        0xfc8
#define CS_DEVTYPE      0xfcc
#define CS_PIDR4        0xfd0
#define CS_PIDR0        0xfe0
#define CS_CIDR0        0xff0

#define CS_LAR_KEY      0xc5acce55

/* DEVTYPE: major class in [3:0], sub-type in [7:4] */
#define CS_DEVTYPE_TPIU         0x11
#define CS_DEVTYPE_BUFFER       0x21
#define CS_DEVTYPE_FUNNEL       0x12
#define CS_DEVTYPE_REPLICATOR   0x22
#define CS_DEVTYPE_FIFO         0x32
#define CS_DEVTYPE_PE_TRACE     0x13
#define CS_DEVTYPE_SW_TRACE     0x43
#define CS_DEVTYPE_CTI          0x14

/**
 * struct CoreSightDevice - a component with a 4 KiB page of registers
 * @devid, @devaff: the component's DEVID and DEVAFF0/1, set before realize
 * @part: its part number if that differs from the class's, else 0; set as above
 * @no_regs: there is no page of registers: a static link, set by property
 *           "static", or a unit that has system registers
 * @sink_bytes: payload bytes that a sink has taken, for the board monitor
 */
struct CoreSightDevice {
    SysBusDevice parent_obj;

    MemoryRegion iomem;
    uint32_t devid;
    uint32_t devaff[2];
    uint16_t part;
    bool no_regs;
    uint64_t sink_bytes;

    bool locked;
    uint32_t itctrl;
    uint32_t claim;
};

/**
 * struct CoreSightDeviceClass - identification and register hooks
 * @part: part number, PIDR1[3:0]:PIDR0
 * @revision: PIDR2[7:4]
 * @devtype, @devarch, @authstatus: the registers of these names
 * @claim_tags: the claim tags that exist, as a mask
 * @is_sink: trace ends here: the board monitor reports @sink_bytes
 * @read: value of a register below 0xf00; false if there is none
 * @write: the same for writing. Not called while the lock is closed.
 *
 * Both hooks are called with the BQL and the ATB lock held; the base class has
 * already dealt with 0xf00..0xfff and with the software lock, and logs what the
 * hooks do not know.
 */
struct CoreSightDeviceClass {
    SysBusDeviceClass parent_class;

    uint16_t part;
    uint8_t revision;
    uint32_t devtype;
    uint32_t devarch;
    uint32_t authstatus;
    uint32_t claim_tags;
    bool is_sink;

    bool (*read)(CoreSightDevice *d, hwaddr offset, uint32_t *value);
    bool (*write)(CoreSightDevice *d, hwaddr offset, uint32_t value);
};

/* For the reset of a derived class to call first */
void coresight_device_reset(DeviceState *dev);

/*
 * Access a register as if through the page, but whatever the software lock says.
 * Takes the ATB lock; the BQL must be held.
 */
uint32_t coresight_read_register(CoreSightDevice *d, hwaddr offset);
void coresight_write_register(CoreSightDevice *d, hwaddr offset, uint32_t value);

/* Log a mistake of the guest's, naming the component. */
void coresight_guest_error(CoreSightDevice *d, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

/* Log that the guest wrote to the register at @offset, which only can be read. */
void coresight_read_only_error(CoreSightDevice *d, hwaddr offset);

/* The state of a CSFormatter, which itself knows nothing of QEMU */
extern const VMStateDescription vmstate_coresight_formatter;

extern const VMStateDescription vmstate_coresight_device;
#define VMSTATE_CORESIGHT_DEVICE(_field, _state)                    \
    VMSTATE_STRUCT(_field, _state, 0, vmstate_coresight_device, CoreSightDevice)

#endif
