// SPDX-License-Identifier: GPL-2.0
/*
 * A gate before a CoreSight sink is disabled, for ../meet.c: CPUs that stop their
 * traces wait there, after they had the chance to take the trace and before they give
 * the sink up. Writing "STOPS STARTS" to the parameter "gate" shuts it until STOPS CPUs
 * wait and STARTS have enabled the sink since, or for TIMEOUT. Reading gives how many
 * have come and started, and how many waited in vain. Without a sink there is no gate.
 *
 * Reading the parameter "users" gives a line for each device of CoreSight that somebody
 * uses, or that has lost count of who does.
 *
 * The parameter "bus" is where /proc/kallsyms has coresight_bustype.
 */
#include <linux/atomic.h>
#include <linux/coresight.h>
#include <linux/device/bus.h>
#include <linux/ktime.h>
#include <linux/module.h>

#define TIMEOUT_NS	(20ULL * NSEC_PER_SEC)

static unsigned long bus;
module_param(bus, ulong, 0400);
static char *sink;
module_param(sink, charp, 0400);

static struct coresight_device *csdev;
static const struct coresight_ops *old_ops;
static struct coresight_ops ops;
static struct coresight_ops_sink sink_ops;

static int stops, starts;
static atomic_t stopped, started, in_vain;

static bool is_open(void)
{
	return atomic_read(&stopped) >= READ_ONCE(stops) &&
	       atomic_read(&started) >= READ_ONCE(starts);
}

static int meet_enable(struct coresight_device *csdev, enum cs_mode mode,
		       struct coresight_path *path)
{
	int ret = old_ops->sink_ops->enable(csdev, mode, path);

	if (!ret)
		atomic_inc(&started);
	return ret;
}

/* Interrupts are off */
static int meet_disable(struct coresight_device *csdev)
{
	u64 end = ktime_get_mono_fast_ns() + TIMEOUT_NS;

	atomic_inc(&stopped);
	while (!is_open()) {
		if (ktime_get_mono_fast_ns() > end) {
			atomic_inc(&in_vain);
			break;
		}
		cpu_relax();
	}
	return old_ops->sink_ops->disable(csdev);
}

static int gate_set(const char *text, const struct kernel_param *kp)
{
	int new_stops, new_starts;

	if (sscanf(text, "%d %d", &new_stops, &new_starts) != 2)
		return -EINVAL;
	WRITE_ONCE(stops, 0);
	WRITE_ONCE(starts, 0);
	atomic_set(&stopped, 0);
	atomic_set(&started, 0);
	atomic_set(&in_vain, 0);
	WRITE_ONCE(starts, new_starts);
	WRITE_ONCE(stops, new_stops);
	return 0;
}

static int gate_get(char *text, const struct kernel_param *kp)
{
	return sysfs_emit(text, "%d %d %d\n", atomic_read(&stopped), atomic_read(&started),
			  atomic_read(&in_vain));
}

static const struct kernel_param_ops gate_ops = {
	.set = gate_set,
	.get = gate_get,
};
module_param_cb(gate, &gate_ops, NULL, 0600);

/* Users of a device, and of the ports that lead to it and away from it */
static int show_users(struct device *dev, void *text)
{
	struct coresight_device *c = container_of(dev, struct coresight_device, dev);
	int mode = coresight_get_mode(c), ports = 0, used = 0, stopped = 0;

	for (int i = 0; i < c->pdata->nr_inconns; i++) {
		ports += c->pdata->in_conns[i]->dest_refcnt;
		used |= c->pdata->in_conns[i]->dest_refcnt;
	}
	for (int i = 0; i < c->pdata->nr_outconns; i++) {
		ports += c->pdata->out_conns[i]->src_refcnt;
		used |= c->pdata->out_conns[i]->src_refcnt;
	}
#ifdef COUNTS_STOPPED
	stopped = cpumask_weight(&c->stopped);
#endif
	if (mode || c->refcnt || stopped || used)
		sysfs_emit_at(text, strlen(text), "%s: mode %d, %d users, %d of them stopped, %d of ports\n",
			      dev_name(dev), mode, c->refcnt, stopped, ports);
	return 0;
}

static int users_get(char *text, const struct kernel_param *kp)
{
	*text = '\0';
	bus_for_each_dev((struct bus_type *)bus, NULL, text, show_users);
	return strlen(text);
}

static const struct kernel_param_ops users_ops = {
	.get = users_get,
};
module_param_cb(users, &users_ops, NULL, 0400);

static int __init meet_init(void)
{
	struct device *dev;

	if (!bus)
		return -ENODEV;
	if (!sink)
		return 0;
	dev = bus_find_device_by_name((struct bus_type *)bus, NULL, sink);
	if (!dev)
		return -ENODEV;
	csdev = container_of(dev, struct coresight_device, dev);
	old_ops = csdev->ops;
	ops = *old_ops;
	sink_ops = *ops.sink_ops;
	sink_ops.enable = meet_enable;
	sink_ops.disable = meet_disable;
	ops.sink_ops = &sink_ops;
	WRITE_ONCE(csdev->ops, &ops);
	return 0;
}

static void __exit meet_exit(void)
{
	if (!sink)
		return;
	WRITE_ONCE(csdev->ops, old_ops);
	put_device(&csdev->dev);
}

module_init(meet_init);
module_exit(meet_exit);
MODULE_DESCRIPTION("A gate before a CoreSight sink is disabled");
MODULE_LICENSE("GPL");
