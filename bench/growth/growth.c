// SPDX-License-Identifier: GPL-2.0
/*
 * How the cost of choosing a sink grows with the number of CoreSight devices:
 * instructions of cs_etm's pmu::drv_config(), and of coresight_get_sink_by_id(),
 * which searches the bus for a sink in attr.config2. The topologies are made up
 * with the fixtures of the KUnit tests. Only CPU 0 has to be online.
 *
 * A line in the kernel's log for each: "growth NAME CPUS SINKS DEVICES VALUE
 * MINIMUM MAXIMUM", where DEVICES is how many different ones the event reaches.
 */
#include <linux/sort.h>

#include "coresight-kunit-tests.c"

#define MAX_SINKS	64
#define ROUNDS		9
#define CPUS_A_FUNNEL	8

/* The address of coresight_get_sink_by_id(), which the kernel does not export */
static unsigned long search;
module_param(search, ulong, 0400);

static struct perf_event *counter;

static const char *name_of(struct kunit *test, const char *kind, int nr)
{
	char *name = kunit_kzalloc(test, 32, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, name);
	snprintf(name, 32, "%s%d", kind, nr);
	return name;
}

/* Makes @etr the last device on the bus */
static void move_to_end(struct kunit *test, struct fake *etr)
{
	kunit_release_action(test, fake_unregister, etr);
	fake_register(test, etr, NULL);
}

/*
 * The sinks behind replicators with two outputs, as in hardware. Returns the
 * device that leads to all of them.
 */
static struct fake *add_sinks(struct kunit *test, struct fake **etr, int first, int nr)
{
	struct fake *end[MAX_SINKS];
	int i, left;

	for (i = 0; i < nr; i++)
		end[i] = etr[first + i] =
			fake(test, ETR, name_of(test, "growth_etr", first + i), NULL);
	for (left = nr; left > 1; left = (left + 1) / 2) {
		for (i = 0; i < left / 2; i++)
			end[i] = fake(test, LINK, name_of(test, "growth_rep",
							  first * MAX_SINKS * 2 + nr * 2 - left + i),
				      TO(end[2 * i], end[2 * i + 1]));
		if (left % 2)
			end[i] = end[left - 1];
	}
	return end[0];
}

/* CPUs [first, first + nr), a funnel for each CPUS_A_FUNNEL, and one that joins these */
static void add_cpus(struct kunit *test, struct fake *sinks, int first, int nr)
{
	struct fake *join, *funnel = NULL;
	int cpu;

	join = fake(test, LINK, name_of(test, "growth_join", first), TO(sinks));
	for (cpu = first; cpu < first + nr; cpu++) {
		if ((cpu - first) % CPUS_A_FUNNEL == 0)
			funnel = fake(test, LINK, name_of(test, "growth_funnel", cpu), TO(join));
		fake_on(test, cpu, ETM, name_of(test, "growth_etm", cpu), TO(funnel));
	}
}

static u64 instructions(void)
{
	u64 enabled, running;

	return perf_event_read_value(counter, &enabled, &running);
}

static int compare(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static void print(const char *name, int cpus, int sinks, int devices, u64 *samples)
{
	sort(samples, ROUNDS, sizeof(*samples), compare, NULL);
	pr_info("growth %s %d %d %d %llu %llu %llu\n", name, cpus, sinks, devices,
		samples[ROUNDS / 2], samples[0], samples[ROUNDS - 1]);
}

static u64 overhead(void)
{
	u64 samples[ROUNDS];
	int i;

	for (i = 0; i < ROUNDS; i++) {
		u64 before = instructions();

		samples[i] = instructions() - before;
	}
	sort(samples, ROUNDS, sizeof(*samples), compare, NULL);
	return samples[ROUNDS / 2];
}

/* @name: of the row; @cpu: of the event, or -1 */
static void measure_config(struct kunit *test, const char *name, int cpu,
			   int cpus, int sinks, int devices, struct fake *etr, int want)
{
	u64 samples[ROUNDS], extra = overhead();
	char config[32];
	int i;

	/* The first one warms up */
	for (i = -1; i < ROUNDS; i++) {
		struct perf_event *event = new_event(test, cpu, 0);
		u64 before, after;
		int ret;

		strscpy(config, etr->desc.name, sizeof(config));
		/* Not ctx::mutex: reading the counter takes it, and nobody else is here */
		mutex_lock(&event->mmap_mutex);
		before = instructions();
		ret = event->pmu->drv_config(event, config);
		after = instructions();
		mutex_unlock(&event->mmap_mutex);
		KUNIT_ASSERT_EQ(test, want, ret);
		if (i >= 0)
			samples[i] = after - before - extra;
		kunit_release_action(test, release_event, event);
	}
	print(name, cpus, sinks, devices, samples);
}

static void measure_search(struct kunit *test, const char *name, int cpus,
			   int sinks, int devices, struct fake *etr)
{
	typeof(coresight_get_sink_by_id) *get_sink_by_id = (void *)search;
	u64 samples[ROUNDS], extra = overhead();
	u32 id = (unsigned long)etr->csdev->ea->var;
	int i;

	for (i = -1; i < ROUNDS; i++) {
		struct coresight_device *found;
		u64 before = instructions(), after;

		found = get_sink_by_id(id);
		after = instructions();
		KUNIT_ASSERT_PTR_EQ(test, found, etr->csdev);
		put_device(&found->dev);
		if (i >= 0)
			samples[i] = after - before - extra;
	}
	print(name, cpus, sinks, devices, samples);
}

/* A search of the bus meets the sinks in the order in which they were registered */
static void measure_both(struct kunit *test, const char *what, int cpus, int sinks,
			 int devices, struct fake **etr, int nr_etr, struct fake *target)
{
	char name[32];
	int i;

	for (i = 0; i < 2; i++) {
		const char *order = i ? "last" : "first";

		if (i) {
			int j;

			for (j = 0; j < nr_etr; j++)
				move_to_end(test, etr[j]);
		}
		snprintf(name, sizeof(name), "%s/sinks_%s/drv_config", what, order);
		measure_config(test, name, 0, cpus, sinks, devices, target, 0);
		snprintf(name, sizeof(name), "%s/sinks_%s/config2", what, order);
		measure_search(test, name, cpus, sinks, devices, target);
	}
}

static const struct size {
	int cpus, sinks;
} sizes[] = {
	{ 4, 1 }, { 4, 8 }, { 4, 64 },
	{ 16, 1 }, { 16, 8 }, { 16, 64 },
	{ 64, 1 }, { 64, 8 }, { 64, 64 },
	{ 256, 1 }, { 256, 8 }, { 256, 64 },
};

static void size_desc(const struct size *size, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%d CPUs, %d sinks", size->cpus, size->sinks);
}

KUNIT_ARRAY_PARAM(size, sizes, size_desc);

static void need(struct kunit *test, int cpus)
{
	int possible = num_present_cpus();

	if (cpus > possible)
		kunit_skip(test, "needs %d CPUs, has %d", cpus, possible);
	KUNIT_ASSERT_NE(test, 0, search);
}

/* Every CPU reaches every sink; the event is on CPU 0 */
static void shared(struct kunit *test)
{
	const struct size *size = test->param_value;
	/* ETM, its funnel, the one that joins, replicators, sinks */
	int devices = 3 + 2 * size->sinks - 1;
	struct fake *etr[MAX_SINKS], *far;

	need(test, size->cpus);
	add_cpus(test, add_sinks(test, etr, 0, size->sinks), 0, size->cpus);
	measure_both(test, "shared", size->cpus, size->sinks, devices, etr,
		     size->sinks, etr[size->sinks - 1]);

	/* A thread's event reaches all devices but the sink that it asks for */
	devices += size->cpus - 1 + DIV_ROUND_UP(size->cpus, CPUS_A_FUNNEL) - 1;
	far = fake(test, ETR, "growth_far", NULL);
	measure_config(test, "thread/unreached", -1, size->cpus, size->sinks,
		       devices, far, -ENXIO);
}

/* Each four CPUs share a sink of their own, and reach no other */
static void islands(struct kunit *test)
{
	const struct size *size = test->param_value;
	struct fake *etr[MAX_SINKS];
	int i, nr = size->cpus / 4;

	if (size->sinks != 1)
		kunit_skip(test, "one for each number of CPUs will do");
	need(test, size->cpus);
	for (i = 0; i < nr; i++)
		add_cpus(test, add_sinks(test, etr, i, 1), 4 * i, 4);
	measure_both(test, "islands", size->cpus, nr, 4, etr, nr, etr[0]);
	/* Each island has four ETMs, two funnels and a sink */
	measure_config(test, "thread/islands", -1, size->cpus, nr, 7 * nr, etr[nr - 1], 0);
}

static int growth_init(struct kunit *test)
{
	struct perf_event_attr attr = {
		.type		= PERF_TYPE_HARDWARE,
		.size		= sizeof(attr),
		.config		= PERF_COUNT_HW_INSTRUCTIONS,
		.exclude_user	= 1,
		.pinned		= 1,
	};
	int ret = drv_config_test_init(test);

	if (ret)
		return ret;
	counter = perf_event_create_kernel_counter(&attr, 0, NULL, NULL, NULL);
	return PTR_ERR_OR_ZERO(counter);
}

static void growth_exit(struct kunit *test)
{
	perf_event_release_kernel(counter);
}

static struct kunit_case growth_cases[] = {
	KUNIT_CASE_PARAM(shared, size_gen_params),
	KUNIT_CASE_PARAM(islands, size_gen_params),
	{}
};

static struct kunit_suite growth_suite = {
	.name		= "growth",
	.init		= growth_init,
	.exit		= growth_exit,
	.test_cases	= growth_cases,
};

kunit_test_suite(growth_suite);
