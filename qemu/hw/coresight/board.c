/*
 * A board with CoreSight, as its device tree describes it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The device tree given with -dtb says which CPUs there are, which CoreSight
 * components, at which addresses, and how their trace ports are connected
 * (Documentation/devicetree/bindings/arm/arm,coresight-*.yaml in Linux).  The
 * rest is fixed: RAM, a GICv2, two PL011, four virtio-mmio transports, and the
 * board monitor.
 */
#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qemu/units.h"
#include "qapi/error.h"
#include "cpu.h"
#include "exec/address-spaces.h"
#include "hw/arm/boot.h"
#include "hw/boards.h"
#include "hw/char/pl011.h"
#include "hw/coresight/monitor.h"
#include "hw/cpu/cluster.h"
#include "hw/intc/arm_gic.h"
#include "hw/qdev-properties.h"
#include "sysemu/device_tree.h"
#include "sysemu/sysemu.h"
#include <libfdt.h>

#define TYPE_CORESIGHT_MACHINE MACHINE_TYPE_NAME("coresight")
OBJECT_DECLARE_SIMPLE_TYPE(BoardState, CORESIGHT_MACHINE)

/* The fixed part; boards/board.dtsi has the same addresses */
#define BOARD_UART0     0x1c090000
#define BOARD_UART1     0x1c0a0000
#define BOARD_VIRTIO    0x1c130000
#define BOARD_MONITOR   0x1c200000
#define BOARD_GICD      0x2c010000
#define BOARD_GICC      0x2c020000
#define BOARD_RAM       0x80000000

#define BOARD_NR_VIRTIO     4
#define BOARD_VIRTIO_SIZE   0x200

#define BOARD_NR_SPIS       32
#define BOARD_UART0_SPI     0
#define BOARD_UART1_SPI     1
#define BOARD_VIRTIO_SPI    8

#define BOARD_PMU_PPI       7

#define BOARD_ETE   "arm,embedded-trace-extension"
#define BOARD_TRBE  "arm,trace-buffer-extension"

struct BoardState {
    MachineState parent_obj;

    struct arm_boot_info bootinfo;
    DeviceState *gic;
    MonitorState *monitor;
    void *fdt;
    ARMCPU *cpus[GIC_NCPU];
    unsigned nb_cpus;
    /* Components by the offset of their node in the device tree */
    GHashTable *components;
};

static const struct {
    const char *compatible;
    const char *type;
    bool no_regs;
} board_components[] = {
    { "arm,coresight-etm4x", TYPE_CORESIGHT_ETM4 },
    { BOARD_ETE, TYPE_CORESIGHT_ETE, true },
    { "arm,coresight-dynamic-funnel", TYPE_CORESIGHT_FUNNEL },
    { "arm,coresight-static-funnel", TYPE_CORESIGHT_FUNNEL, true },
    { "arm,coresight-dynamic-replicator", TYPE_CORESIGHT_REPLICATOR },
    { "arm,coresight-static-replicator", TYPE_CORESIGHT_REPLICATOR, true },
    { "arm,coresight-tpiu", TYPE_CORESIGHT_TPIU },
    { "arm,coresight-etb10", TYPE_CORESIGHT_ETB },
    { "arm,coresight-cti", TYPE_CORESIGHT_CTI },
    /* ETF and ETR share a binding; the ETF has a master port */
    { "arm,coresight-tmc", TYPE_CORESIGHT_TMC },
    { "coresight-board,stimulus", TYPE_CORESIGHT_STIMULUS },
};

/* The device tree is the user's input: say what is wrong with it, and end. */
static G_NORETURN void G_GNUC_PRINTF(3, 4)
board_bad_node(BoardState *s, int node, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    error_report("device tree node %s: %s",
                 node < 0 ? "?" : fdt_get_name(s->fdt, node, NULL), text);
    exit(1);
}

static uint64_t board_read_reg(BoardState *s, int node, int cells)
{
    int len;
    const fdt32_t *reg = fdt_getprop(s->fdt, node, "reg", &len);

    if (!reg || cells < 1 || cells > 2 || len < cells * sizeof(*reg)) {
        board_bad_node(s, node, "no usable reg property");
    }
    return cells == 1 ? fdt32_to_cpu(reg[0]) :
           (uint64_t)fdt32_to_cpu(reg[0]) << 32 | fdt32_to_cpu(reg[1]);
}

static int board_read_phandle(BoardState *s, int node, const char *name)
{
    int len;
    const fdt32_t *ref = fdt_getprop(s->fdt, node, name, &len);

    if (!ref || len != sizeof(*ref)) {
        return -1;
    }
    return fdt_node_offset_by_phandle(s->fdt, fdt32_to_cpu(*ref));
}

/*
 * CPUs
 */
static void board_connect_cpu(BoardState *s, unsigned n, unsigned nb_cpus)
{
    static const int timer_ppi[] = {
        [GTIMER_PHYS] = 14,
        [GTIMER_VIRT] = 11,
        [GTIMER_HYP] = 10,
        [GTIMER_SEC] = 13,
    };
    static const int cpu_irq[] = {
        ARM_CPU_IRQ, ARM_CPU_FIQ, ARM_CPU_VIRQ, ARM_CPU_VFIQ,
    };
    DeviceState *cpu = DEVICE(s->cpus[n]);
    int ppis = BOARD_NR_SPIS + n * GIC_INTERNAL + GIC_NR_SGIS;
    int i;

    for (i = 0; i < ARRAY_SIZE(timer_ppi); i++) {
        qdev_connect_gpio_out(cpu, i,
                              qdev_get_gpio_in(s->gic, ppis + timer_ppi[i]));
    }
    qdev_connect_gpio_out_named(cpu, "pmu-interrupt", 0,
                                qdev_get_gpio_in(s->gic,
                                                 ppis + BOARD_PMU_PPI));
    for (i = 0; i < ARRAY_SIZE(cpu_irq); i++) {
        sysbus_connect_irq(SYS_BUS_DEVICE(s->gic), i * nb_cpus + n,
                           qdev_get_gpio_in(cpu, cpu_irq[i]));
    }
}

static char *board_cpu_type(BoardState *s, int node)
{
    const char *compatible = fdt_getprop(s->fdt, node, "compatible", NULL);
    g_autofree char *type = NULL;

    if (!compatible || !g_str_has_prefix(compatible, "arm,")) {
        board_bad_node(s, node, "no usable compatible property");
    }
    /* The device tree of Arm's FVP names no CPU model, only the architecture. */
    if (!strcmp(compatible, "arm,armv8")) {
        compatible = "arm,cortex-a76";
    }
    type = g_strdup_printf(ARM_CPU_TYPE_NAME("%s"), compatible + 4);
    if (!object_class_by_name(type)) {
        board_bad_node(s, node, "there is no model of %s", compatible);
    }
    return g_steal_pointer(&type);
}

/* Is there a node with this @compatible whose "cpu" is @cpu, or that has none? */
static bool board_cpu_has(BoardState *s, int cpu, const char *compatible)
{
    int node = -1;

    while ((node = fdt_node_offset_by_compatible(s->fdt, node,
                                                 compatible)) >= 0) {
        if (!fdt_getprop(s->fdt, node, "cpu", NULL) ||
            board_read_phandle(s, node, "cpu") == cpu) {
            return true;
        }
    }
    return false;
}

/*
 * Set what the CPU's ID registers say about its trace unit and trace buffer.
 * Returns a word that is the same for CPUs whose registers say the same.
 */
static uint64_t board_set_trace_id(BoardState *s, int node, ARMCPU *cpu)
{
    uint64_t dfr0 = cpu->isar.id_aa64dfr0;

    if (board_cpu_has(s, node, BOARD_ETE)) {
        dfr0 = FIELD_DP64(dfr0, ID_AA64DFR0, TRACEVER, 1);
        dfr0 = FIELD_DP64(dfr0, ID_AA64DFR0, TRACEFILT, 1);
    }
    if (board_cpu_has(s, node, BOARD_TRBE)) {
        dfr0 = FIELD_DP64(dfr0, ID_AA64DFR0, TRACEBUFFER, 1);
    }
    cpu->isar.id_aa64dfr0 = dfr0;
    return dfr0;
}

/*
 * QEMU shares translations between the CPUs of a cluster, and with them what ID
 * registers hold, so a cluster has CPUs of one type only.
 */
static void board_create_cpus(BoardState *s)
{
    int cpus = fdt_path_offset(s->fdt, "/cpus");
    int max = MIN(MACHINE(s)->smp.max_cpus, GIC_NCPU);
    g_autofree char *cluster_type = NULL;
    DeviceState *cluster = NULL;
    unsigned nb_clusters = 0;
    uint64_t cluster_trace = 0, trace;
    int node;

    fdt_for_each_subnode(node, s->fdt, cpus) {
        const char *kind = fdt_getprop(s->fdt, node, "device_type", NULL);
        g_autofree char *type = NULL;
        Object *cpu;

        if (!kind || strcmp(kind, "cpu")) {
            continue;
        }
        if (s->nb_cpus == max) {
            error_report("the device tree has more than %d CPUs%s", max,
                         max < GIC_NCPU ? "; use no -smp option" : "");
            exit(1);
        }
        type = board_cpu_type(s, node);
        cpu = object_new(type);
        trace = board_set_trace_id(s, node, ARM_CPU(cpu));
        if (!cluster || strcmp(type, cluster_type) || trace != cluster_trace) {
            if (cluster) {
                qdev_realize(cluster, NULL, &error_fatal);
            }
            cluster = qdev_new(TYPE_CPU_CLUSTER);
            qdev_prop_set_uint32(cluster, "cluster-id", nb_clusters++);
            object_property_add_child(OBJECT(s), "cluster[*]",
                                      OBJECT(cluster));
            g_free(cluster_type);
            cluster_type = g_strdup(type);
            cluster_trace = trace;
        }
        object_property_add_child(OBJECT(cluster),
                                  fdt_get_name(s->fdt, node, NULL), cpu);
        object_property_set_int(cpu, "mp-affinity",
                                board_read_reg(s, node,
                                               fdt_address_cells(s->fdt, cpus)),
                                &error_fatal);
        if (object_property_find(cpu, "has_el3")) {
            object_property_set_bool(cpu, "has_el3", false, &error_fatal);
        }
        if (object_property_find(cpu, "has_el2")) {
            object_property_set_bool(cpu, "has_el2", false, &error_fatal);
        }
        qdev_realize(DEVICE(cpu), NULL, &error_fatal);
        s->cpus[s->nb_cpus++] = ARM_CPU(cpu);
        object_unref(cpu);
    }
    if (!s->nb_cpus) {
        error_report("the device tree has no CPU");
        exit(1);
    }
    qdev_realize(cluster, NULL, &error_fatal);
}

/* The CPU that a trace unit's "cpu" property names */
static Object *board_find_cpu(BoardState *s, int node)
{
    int target = board_read_phandle(s, node, "cpu");
    unsigned n = 0;
    int cpu;

    fdt_for_each_subnode(cpu, s->fdt, fdt_path_offset(s->fdt, "/cpus")) {
        const char *kind = fdt_getprop(s->fdt, cpu, "device_type", NULL);

        if (!kind || strcmp(kind, "cpu")) {
            continue;
        }
        if (cpu == target) {
            return OBJECT(s->cpus[n]);
        }
        n++;
    }
    board_bad_node(s, node, "no usable cpu property");
}

/*
 * CoreSight components
 */
static void board_create_component(BoardState *s, int node, const char *type,
                                   bool no_regs)
{
    CoreSightDevice *component;
    DeviceState *dev;

    if (!strcmp(type, TYPE_CORESIGHT_TMC)) {
        type = fdt_subnode_offset(s->fdt, node, "out-ports") < 0 ?
               TYPE_CORESIGHT_ETR : TYPE_CORESIGHT_ETF;
    }
    dev = qdev_new(type);
    object_property_add_child(OBJECT(s), fdt_get_name(s->fdt, node, NULL),
                              OBJECT(dev));
    if (no_regs && object_property_find(OBJECT(dev), "static")) {
        qdev_prop_set_bit(dev, "static", true);
    }
    if (object_property_find(OBJECT(dev), "cpu")) {
        object_property_set_link(OBJECT(dev), "cpu", board_find_cpu(s, node),
                                 &error_fatal);
    }
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    g_hash_table_insert(s->components, GINT_TO_POINTER(node), dev);
    if (!no_regs) {
        int parent = fdt_parent_offset(s->fdt, node);

        sysbus_mmio_map(SYS_BUS_DEVICE(dev), 0,
                        board_read_reg(s, node,
                                       fdt_address_cells(s->fdt, parent)));
    }
    component = (CoreSightDevice *)
                object_dynamic_cast(OBJECT(dev), TYPE_CORESIGHT_DEVICE);
    if (component && CORESIGHT_DEVICE_GET_CLASS(component)->is_sink &&
        !coresight_monitor_add(s->monitor, component, component->iomem.addr)) {
        board_bad_node(s, node, "too many sinks for the board monitor");
    }
}

/*
 * One node for the trace buffers of all CPUs.  They have no address; the monitor
 * calls them by the number of the CPU, from 1 on.
 */
static void board_create_trace_buffers(BoardState *s)
{
    int node = fdt_node_offset_by_compatible(s->fdt, -1, BOARD_TRBE), len;
    const fdt32_t *irq;
    unsigned i;

    if (node < 0) {
        return;
    }
    irq = fdt_getprop(s->fdt, node, "interrupts", &len);
    if (!irq || len != 3 * sizeof(*irq) || fdt32_to_cpu(irq[0]) != 1 ||
        fdt32_to_cpu(irq[1]) >= GIC_INTERNAL - GIC_NR_SGIS) {
        board_bad_node(s, node, "no usable interrupts property");
    }
    for (i = 0; i < s->nb_cpus; i++) {
        DeviceState *dev = qdev_new(TYPE_CORESIGHT_TRBE);
        g_autofree char *name = g_strdup_printf("trbe%u", i);

        object_property_add_child(OBJECT(s), name, OBJECT(dev));
        object_property_set_link(OBJECT(dev), "cpu", OBJECT(s->cpus[i]),
                                 &error_fatal);
        sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
        sysbus_connect_irq(SYS_BUS_DEVICE(dev), 0, qdev_get_gpio_in(s->gic,
                           BOARD_NR_SPIS + i * GIC_INTERNAL + GIC_NR_SGIS +
                           fdt32_to_cpu(irq[1])));
        if (!coresight_monitor_add(s->monitor, CORESIGHT_DEVICE(dev), i + 1)) {
            board_bad_node(s, node, "too many sinks for the board monitor");
        }
    }
}

static void board_create_components(BoardState *s)
{
    int i, node;

    for (node = fdt_next_node(s->fdt, -1, NULL); node >= 0;
         node = fdt_next_node(s->fdt, node, NULL)) {
        for (i = 0; i < ARRAY_SIZE(board_components); i++) {
            if (!fdt_node_check_compatible(s->fdt, node,
                                           board_components[i].compatible)) {
                board_create_component(s, node, board_components[i].type,
                                       board_components[i].no_regs);
                break;
            }
        }
    }
}

static unsigned board_port_number(BoardState *s, int port)
{
    return fdt_getprop(s->fdt, port, "reg", NULL) ?
           board_read_reg(s, port, 1) : 0;
}

/* A port that leads nowhere, or to a component without a model, discards. */
static void board_connect_port(BoardState *s, DeviceState *dev, int port)
{
    int endpoint, remote, remote_port;
    DeviceState *remote_dev;
    Error *err = NULL;

    fdt_for_each_subnode(endpoint, s->fdt, port) {
        remote = board_read_phandle(s, endpoint, "remote-endpoint");
        if (remote < 0) {
            continue;
        }
        remote_port = fdt_parent_offset(s->fdt, remote);
        remote = fdt_parent_offset(s->fdt, remote_port);
        remote = fdt_parent_offset(s->fdt, remote);
        remote_dev = g_hash_table_lookup(s->components,
                                         GINT_TO_POINTER(remote));
        if (remote_dev &&
            !atb_connect(OBJECT(dev), board_port_number(s, port),
                         OBJECT(remote_dev),
                         board_port_number(s, remote_port), &err)) {
            board_bad_node(s, endpoint, "%s", error_get_pretty(err));
        }
    }
}

static void board_connect_components(BoardState *s)
{
    GHashTableIter iter;
    gpointer key, dev;

    g_hash_table_iter_init(&iter, s->components);
    while (g_hash_table_iter_next(&iter, &key, &dev)) {
        int ports = fdt_subnode_offset(s->fdt, GPOINTER_TO_INT(key),
                                       "out-ports");
        int port;

        fdt_for_each_subnode(port, s->fdt, ports) {
            board_connect_port(s, dev, port);
        }
    }
}

/*
 * The rest
 */
static void board_create_gic(BoardState *s)
{
    unsigned i;

    s->gic = qdev_new(TYPE_ARM_GIC);
    qdev_prop_set_uint32(s->gic, "revision", 2);
    qdev_prop_set_uint32(s->gic, "num-cpu", s->nb_cpus);
    qdev_prop_set_uint32(s->gic, "num-irq", BOARD_NR_SPIS + GIC_INTERNAL);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(s->gic), &error_fatal);
    sysbus_mmio_map(SYS_BUS_DEVICE(s->gic), 0, BOARD_GICD);
    sysbus_mmio_map(SYS_BUS_DEVICE(s->gic), 1, BOARD_GICC);
    for (i = 0; i < s->nb_cpus; i++) {
        board_connect_cpu(s, i, s->nb_cpus);
    }
}

static void board_create_peripherals(BoardState *s)
{
    int i;

    pl011_create(BOARD_UART0, qdev_get_gpio_in(s->gic, BOARD_UART0_SPI),
                 serial_hd(0));
    pl011_create(BOARD_UART1, qdev_get_gpio_in(s->gic, BOARD_UART1_SPI),
                 serial_hd(1));
    for (i = 0; i < BOARD_NR_VIRTIO; i++) {
        sysbus_create_simple("virtio-mmio",
                             BOARD_VIRTIO + i * BOARD_VIRTIO_SIZE,
                             qdev_get_gpio_in(s->gic, BOARD_VIRTIO_SPI + i));
    }
    s->monitor = CORESIGHT_MONITOR(sysbus_create_simple(TYPE_CORESIGHT_MONITOR,
                                                        BOARD_MONITOR, NULL));
}

static void board_init(MachineState *machine)
{
    BoardState *s = CORESIGHT_MACHINE(machine);
    int size;

    if (!machine->dtb) {
        error_report("this machine is made from a device tree: give -dtb");
        exit(1);
    }
    s->fdt = load_device_tree(machine->dtb, &size);
    if (!s->fdt) {
        error_report("cannot load the device tree %s", machine->dtb);
        exit(1);
    }
    s->components = g_hash_table_new(NULL, NULL);

    memory_region_add_subregion(get_system_memory(), BOARD_RAM, machine->ram);
    board_create_cpus(s);
    board_create_gic(s);
    board_create_peripherals(s);
    board_create_components(s);
    board_create_trace_buffers(s);
    board_connect_components(s);

    s->bootinfo.ram_size = machine->ram_size;
    s->bootinfo.board_id = -1;
    s->bootinfo.loader_start = BOARD_RAM;
    s->bootinfo.psci_conduit = QEMU_PSCI_CONDUIT_HVC;
    arm_load_kernel(s->cpus[0], machine, &s->bootinfo);
}

static void board_class_init(ObjectClass *klass, void *data)
{
    MachineClass *mc = MACHINE_CLASS(klass);

    mc->desc = "CoreSight board described by a device tree (-dtb)";
    mc->init = board_init;
    /* As many as a GICv2 has; how many there are is in the device tree */
    mc->max_cpus = GIC_NCPU;
    mc->default_cpus = GIC_NCPU;
    mc->default_cpu_type = ARM_CPU_TYPE_NAME("cortex-a57");
    mc->default_ram_id = "coresight.ram";
    mc->default_ram_size = 1 * GiB;
    mc->no_cdrom = true;
    mc->no_floppy = true;
    mc->no_parallel = true;
}

static const TypeInfo board_types[] = {
    {
        .name = TYPE_CORESIGHT_MACHINE,
        .parent = TYPE_MACHINE,
        .instance_size = sizeof(BoardState),
        .class_init = board_class_init,
    },
};

DEFINE_TYPES(board_types)
