// SPDX-License-Identifier: GPL-2.0
/*
 * Has security_perf_event_write() refuse, as a security module would, for ../lsm.c: with
 * the errno in the parameter "with", or not at all if that is 0. Security modules cannot
 * be loaded, so this is a kprobe. Reading "asked" gives how often it has refused.
 */
#include <linux/atomic.h>
#include <linux/kprobes.h>
#include <linux/module.h>

static int with;
module_param(with, int, 0600);
static int asked;
module_param(asked, int, 0400);

static int before_hook(struct kprobe *p, struct pt_regs *regs)
{
	if (!READ_ONCE(with))
		return 0;
	asked++;
	/* Return to the caller: the hook has put nothing on the stack yet */
	regs->regs[0] = -READ_ONCE(with);
	instruction_pointer_set(regs, procedure_link_pointer(regs));
	return 1;
}

static struct kprobe hook = {
	.symbol_name = "security_perf_event_write",
	/* Skip the jump label, which cannot be probed: it says whether a module has the hook */
	.offset = 4,
	.pre_handler = before_hook,
};

static int __init refuse_init(void)
{
	return register_kprobe(&hook);
}

static void __exit refuse_exit(void)
{
	unregister_kprobe(&hook);
}

module_init(refuse_init);
module_exit(refuse_exit);
MODULE_DESCRIPTION("Refuses perf's ioctl() calls");
MODULE_LICENSE("GPL");
