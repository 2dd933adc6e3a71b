/* SPDX-License-Identifier: MIT */
/* The cold halves of reference counts. */
#include "ledger.h"

void ref_rises(struct task *t, enum fault_kind resurrects, int64_t before, const struct site *site)
{
	machine_fault(t, resurrects, site, "the count rises from %lld", (long long)before);
}

void ref_falls(struct task *t, enum fault_kind underflows, int64_t before, const struct site *site)
{
	machine_fault(t, underflows, site, "the count falls to %lld", (long long)before - 1);
}

bool ref_put_locked_at(struct task *t, const void *p, size_t offset, struct spinlock *lock,
		       const struct site *site)
{
	int64_t before;

	spin_lock_at(t, lock, site);
	word_point(t, POINT_RMW, field_word(p, offset), ORDER_FULL, site);
	ledger_check_alive(t, p, site);
	ledger_check_read(t, p, offset, site);
	before = (int64_t)word_add(t, field_word(p, offset), -(uint64_t)1);
	if (observe(t, ref_drops_last(t, before, FAULT_REFCOUNT_UNDERFLOW, site)))
		return true;
	spin_unlock_at(t, lock, site);
	return false;
}
