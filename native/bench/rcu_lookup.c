/* SPDX-License-Identifier: MIT */
#include "rcu_lookup.h"

#include <errno.h>

#include "arrays.h"
#include "dm_refs.h"

int rcu_lookup_open(struct rcu_lookup *lookup, const struct arena *arena, uint32_t minors)
{
	struct player *closer = arena_player(arena, arena->threads);
	struct dm *dm = &arena->world->dm;

	lookup->dm = dm;
	lookup->minors = minors;
	lookup->slots = array_new(minors, 1, sizeof(*lookup->slots));
	lookup->readers = array_aligned(RCU_LINE, arena->threads + 1, sizeof(*lookup->readers));
	if (!lookup->slots || !lookup->readers)
		return -ENOMEM;
	if (task_catch(&closer->task))
		return -EIO;
	for (uint32_t minor = 0; minor < minors; minor++) {
		struct mapped_device *md = dm_find_md(&closer->task, dm, minor);

		if (!md)
			return -EIO;
		atomic_init(&lookup->slots[minor], md);
	}
	return 0;
}

void rcu_lookup_close(struct rcu_lookup *lookup)
{
	free(lookup->slots);
	free(lookup->readers);
	lookup->slots = NULL;
	lookup->readers = NULL;
}

/* kref_get_unless_zero(): whether there was a reference to add one to. */
static bool get_unless_zero(struct task *t, struct mapped_device *md)
{
	size_t offset = FIELD_OFFSET(md, holders);
	const struct site *site = SITE_OF_FIELD(md, holders, "atomic_inc_not_zero(&md->holders)");

	ledger_check_pointer(t, md, site);
	word_point(t, POINT_RMW, field_word(md, offset), ORDER_FULL, site);
	ledger_check_write(t, md, offset, site);
	return word_add_unless(t, field_word(md, offset), 1, 0) != 0;
}

static struct mapped_device *get_in_section(struct rcu_lookup *lookup, struct task *t,
					    uint32_t minor)
{
	struct dm *dm = lookup->dm;
	struct mapped_device *md =
		atomic_load_explicit(&lookup->slots[minor], memory_order_acquire);

	if (!md || !get_unless_zero(t, md))
		return NULL;
	/* Taken first and looked at then: a device that is going waits for its holders. */
	if (unlikely(is_going(t, md, hiding_flags(dm)))) {
		dm_put(t, dm, md);
		return NULL;
	}
	note(t, REFERENCE_TAKEN);
	return md;
}

struct mapped_device *rcu_lookup_get(struct rcu_lookup *lookup, struct task *t, uint32_t minor)
{
	struct rcu_reader *me = &lookup->readers[t->common.cpu];
	uint64_t epoch = atomic_load_explicit(&lookup->epoch, memory_order_relaxed);
	struct mapped_device *md;

	module_text(t, &lookup->dm->module, SITE("rcu_lookup_get(dev)"));
	if (minor >= lookup->minors)
		return NULL;
	atomic_store_explicit(&me->pinned, epoch << 1 | 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_seq_cst);
	md = get_in_section(lookup, t, minor);
	atomic_store_explicit(&me->pinned, 0, memory_order_release);
	return md;
}
