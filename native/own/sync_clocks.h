/* SPDX-License-Identifier: MIT */
/* Clocks of synchronisation: what orders plain accesses. Part of own.h; the table is in atomics.c.
 */
#ifndef DMTORTURE_OWN_SYNC_CLOCKS_H
#define DMTORTURE_OWN_SYNC_CLOCKS_H

#define OWN_SYNC_BITS 14 /* an execution has fewer locations: it has STEPS_MAX steps */

/* What is synchronised by an address in execution @execution. */
struct own_sync {
	own_clock clock;
	uintptr_t address;
	uint32_t execution;
};
extern struct own_sync own_syncs[1 << OWN_SYNC_BITS];

static inline uint64_t own_sync_slot(uintptr_t address)
{
	return address * UINT64_C(0x9e3779b97f4a7c15) >> (64 - OWN_SYNC_BITS);
}

/* own_sync_clock() where the address is not in its own slot. */
own_clock *own_find_sync_clock(uintptr_t address);

/* Clock of what is synchronised by @address, zero when an execution begins. */
static inline own_clock *own_sync_clock(uintptr_t address)
{
	struct own_sync *sync = &own_syncs[own_sync_slot(address)];

	if (likely(sync->execution == own.execution && sync->address == address))
		return &sync->clock;
	return own_find_sync_clock(address);
}

/* The clock is written whole: a lane that is written alone holds up the next read of all. */
static inline void own_tick_of(struct own_thread *thread, uint32_t number)
{
	own_add_one(&thread->clock, number);
}

static inline void own_tick(void)
{
	own_tick_of(own_me(), own.current);
}

/* Everything that was released at @address comes before what the current thread does now. */
static inline void own_acquire(uintptr_t address)
{
	own_join(&own_me()->clock, own_sync_clock(address));
}

/* What the current thread did comes before what acquires @address later. */
static inline void own_release(uintptr_t address)
{
	own_join(own_sync_clock(address), &own_me()->clock);
	own_tick();
}

#endif
