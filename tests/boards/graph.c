/*
 * The CoreSight graph of a device tree, as text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * usage: graph DTB
 *
 * One line for each component that the board models, and one for each trace
 * connection between such components, so that "sort" and "diff" can compare our
 * device trees with the kernel's.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

static const char *const kinds[] = {
    "arm,coresight-etm4x", "arm,coresight-dynamic-funnel",
    "arm,coresight-static-funnel", "arm,coresight-dynamic-replicator",
    "arm,coresight-static-replicator", "arm,coresight-tmc",
    "arm,coresight-tpiu", "arm,embedded-trace-extension",
    "arm,trace-buffer-extension",
};

static void *fdt;

static const char *kind(int node)
{
    size_t i;

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (!fdt_node_check_compatible(fdt, node, kinds[i])) {
            return strchr(kinds[i], ',') + 1;
        }
    }
    return NULL;
}

static uint64_t reg(int node, int otherwise)
{
    int len, cells = fdt_address_cells(fdt, fdt_parent_offset(fdt, node));
    const fdt32_t *p = fdt_getprop(fdt, node, "reg", &len);

    if (!p) {
        return otherwise;
    }
    return cells == 2 ? (uint64_t)fdt32_to_cpu(p[0]) << 32 | fdt32_to_cpu(p[1])
                      : fdt32_to_cpu(p[0]);
}

static int follow(int node, const char *name)
{
    const fdt32_t *p = fdt_getprop(fdt, node, name, NULL);

    return p ? fdt_node_offset_by_phandle(fdt, fdt32_to_cpu(*p)) : -1;
}

static void print_port(int node, int port)
{
    int endpoint = fdt_first_subnode(fdt, port);
    int to = follow(endpoint, "remote-endpoint");
    int to_port = fdt_parent_offset(fdt, to);
    int to_node = fdt_parent_offset(fdt, fdt_parent_offset(fdt, to_port));

    if (endpoint >= 0 && to >= 0 && to_node >= 0 && kind(to_node)) {
        printf("%s@%llx port %d -> %s@%llx port %d%s\n", kind(node),
               (unsigned long long)reg(node, 0), (int)reg(port, 0),
               kind(to_node), (unsigned long long)reg(to_node, 0),
               (int)reg(to_port, 0),
               follow(to, "remote-endpoint") == endpoint ? "" : " (one way)");
    }
}

static void print_node(int node)
{
    static const char *const flags[] = {
        "arm,scatter-gather", "arm,coresight-loses-context-with-cpu",
    };
    int ports = fdt_subnode_offset(fdt, node, "out-ports");
    int cpu = follow(node, "cpu"), port, len;
    const fdt32_t *irq = fdt_getprop(fdt, node, "interrupts", &len);
    size_t i;

    printf("%s@%llx", kind(node), (unsigned long long)reg(node, 0));
    if (cpu >= 0) {
        printf(" cpu %llx %s", (unsigned long long)reg(cpu, 0),
               (const char *)fdt_getprop(fdt, cpu, "compatible", NULL));
    }
    /* Not for components with registers: the board leaves out some of their interrupts */
    for (i = 0; irq && reg(node, 0) == 0 && i < len / sizeof(*irq); i++) {
        printf(i ? " %x" : " interrupt %x", fdt32_to_cpu(irq[i]));
    }
    for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        if (fdt_getprop(fdt, node, flags[i], NULL)) {
            printf(" %s", flags[i]);
        }
    }
    printf("\n");
    fdt_for_each_subnode(port, fdt, ports) {
        print_port(node, port);
    }
}

int main(int argc, char **argv)
{
    static char file[1 << 20];
    FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;
    int node;

    if (!f || !fread(file, 1, sizeof(file), f) || fdt_check_header(file)) {
        fprintf(stderr, "usage: graph DTB\n");
        return 2;
    }
    fdt = file;
    for (node = 0; node >= 0; node = fdt_next_node(fdt, node, NULL)) {
        if (kind(node)) {
            print_node(node);
        }
    }
    return 0;
}
