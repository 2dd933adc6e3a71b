/* SPDX-License-Identifier: MIT */
/*
 * What sleeping locks are on every machine: rwsems, of whose state bits 0..7 count readers,
 * 8..15 hold the writer's cpu + 1 and the bits from 16 on count writers that wait (new readers let
 * them go first), and mutexes, which are rwsems that are taken for writing only. A
 * machine_arch.h includes it behind its types.
 */
#ifndef DMTORTURE_SLEEPING_H
#define DMTORTURE_SLEEPING_H

#define RWSEM_READERS 0xffu
#define RWSEM_WRITER_SHIFT 8
#define RWSEM_WRITER 0xff00u
#define RWSEM_WAITING 0x10000u

static inline void might_sleep_at(struct task *t, const struct site *site)
{
	if (unlikely(t->common.spin_depth))
		oops(t, SLEEP_IN_ATOMIC, site, "may sleep, and cpu%u holds %u spinlock%s",
		     t->common.cpu + 1, t->common.spin_depth, t->common.spin_depth > 1 ? "s" : "");
}

static inline uint64_t rwsem_writer(const struct task *t)
{
	return task_holder(t) << RWSEM_WRITER_SHIFT;
}

static inline bool rwsem_held(const struct task *t, const struct rwsem *l)
{
	uint64_t state = word_peek(&l->state);

	return (state & RWSEM_WRITER) == rwsem_writer(t) ||
	       (t->common.read_depth && (state & RWSEM_READERS));
}

static inline void mutex_unlock_at(struct task *t, struct mutex *l, const struct site *site)
{
	up_write_at(t, &l->sem, site);
}

static inline bool mutex_held(const struct task *t, const struct mutex *l)
{
	return rwsem_held(t, &l->sem);
}

#endif
