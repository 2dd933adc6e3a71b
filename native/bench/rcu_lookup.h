/* SPDX-License-Identifier: MIT */
/*
 * A lookup in the manner of RCU, which dm never had: what would a get cost without _minor_lock?
 * The reader pins an epoch, reads the table, and takes a reference unless there is none left or
 * the device is going. Only the readers' half: nothing is taken out of the table, so nobody waits
 * for them here. Fraser, "Practical lock-freedom", 2004; McKenney, "Exploiting Deferred
 * Destruction", 2004.
 */
#ifndef DMTORTURE_BENCH_RCU_LOOKUP_H
#define DMTORTURE_BENCH_RCU_LOOKUP_H

#include "arena.h"

#define RCU_LINE 128

/* What a thread has pinned: an epoch and 1; 0: nothing. */
struct rcu_reader {
	_Atomic uint64_t pinned;
} __attribute__((aligned(RCU_LINE)));

struct rcu_lookup {
	_Atomic(struct mapped_device *) *slots;
	struct rcu_reader *readers; /* by task; the closer is the last */
	struct dm *dm;
	uint32_t minors;
	_Atomic uint64_t epoch;
};

/*
 * A table of the devices 0 .. @minors - 1 of @arena, which has to have them. Returns 0, -ENOMEM,
 * -EIO (a device cannot be looked up). Context: nobody else runs in the arena.
 */
int rcu_lookup_open(struct rcu_lookup *lookup, const struct arena *arena, uint32_t minors);
/* Free it; one that is all zero, too. */
void rcu_lookup_close(struct rcu_lookup *lookup);
/*
 * Look @minor up. Returns the device with a reference for the caller, or NULL. Context: under
 * task_catch(). Orders: the pin comes before the read of the table (a full fence), the device
 * is read as it was published (acquire), the unpin after all of that (release).
 */
struct mapped_device *rcu_lookup_get(struct rcu_lookup *lookup, struct task *t, uint32_t minor);

#endif
