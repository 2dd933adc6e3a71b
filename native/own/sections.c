/* SPDX-License-Identifier: MIT */
/*
 * Locks that are not in the program's memory: the one of atomic sections, and those that libstdc++
 * has for std::atomic_load() and its like on a std::shared_ptr. Theirs are in the library, where an
 * execution would leave them as they are, and order nothing that could be seen.
 */
#include "objects.h"

static struct word *section(uintptr_t address)
{
	return own_object(address, OWN_MUTEX);
}

void own_section_begin(uintptr_t address, const char *what, uintptr_t pc)
{
	struct word *w = section(address);

	own_waits(what, NULL, pc);
	own_point(POINT_LOCK, w, own_site(pc));
	own_waits_no_more();
	word_store(own_me()->task, w, own_as_holder());
	own_acquire(address);
	own_took_lock();
}

void own_section_end(uintptr_t address, const char *what, uintptr_t pc)
{
	struct word *w = section(address);
	uint64_t progress;

	if (!own_holds(w))
		own_fault(FAULT_LOCK_MISUSE, pc, "%s ends %s that it is not in",
			  own_name(own.current), what);
	progress = word_peek(w) >> 16;
	own_release(address);
	word_store(own_me()->task, w, 0);
	own_point(POINT_UNLOCK, w, own_site(pc));
	own_give_up(w, progress);
}

/* --- std::_Sp_locker --- */

#define POOL UINT64_C(0x100) /* no program has an object at these addresses */
#define POOL_LOCKS 16
#define NO_LOCK 0xff

struct sp_locker {
	uint8_t first, second; /* numbers of the pool; equal: it is one lock */
};

static const char of_shared[] = "a lock of a std::shared_ptr that is accessed as an atomic";

static uint8_t lock_of(const void *pointer)
{
	return ((uintptr_t)pointer * UINT64_C(0x9e3779b97f4a7c15) >> 60) % POOL_LOCKS;
}

static void enter(struct sp_locker *locker, uint8_t one, uint8_t other, uintptr_t pc)
{
	locker->first = locker->second = NO_LOCK;
	if (!own.inside)
		return;
	locker->first = one < other ? one : other;
	locker->second = one < other ? other : one;
	own_section_begin(POOL + locker->first, of_shared, pc);
	if (one != other)
		own_section_begin(POOL + locker->second, of_shared, pc);
}

static void leave(const struct sp_locker *locker, uintptr_t pc)
{
	if (!own.inside || locker->first == NO_LOCK)
		return;
	if (locker->second != locker->first)
		own_section_end(POOL + locker->second, of_shared, pc);
	own_section_end(POOL + locker->first, of_shared, pc);
}

#define LOCKER(name)                                                                               \
	OWN_EXPORT void _ZNSt10_Sp_locker##name##EPKv(struct sp_locker *locker, const void *p);    \
	void _ZNSt10_Sp_locker##name##EPKv(struct sp_locker *locker, const void *p)                \
	{                                                                                          \
		enter(locker, lock_of(p), lock_of(p), OWN_PC());                                   \
	}                                                                                          \
	OWN_EXPORT void _ZNSt10_Sp_locker##name##EPKvS1_(struct sp_locker *locker, const void *p,  \
							 const void *q);                           \
	void _ZNSt10_Sp_locker##name##EPKvS1_(struct sp_locker *locker, const void *p,             \
					      const void *q)                                       \
	{                                                                                          \
		enter(locker, lock_of(p), lock_of(q), OWN_PC());                                   \
	}
#define UNLOCKER(name)                                                                             \
	OWN_EXPORT void _ZNSt10_Sp_locker##name##Ev(struct sp_locker *locker);                     \
	void _ZNSt10_Sp_locker##name##Ev(struct sp_locker *locker)                                 \
	{                                                                                          \
		leave(locker, OWN_PC());                                                           \
	}

LOCKER(C1)
LOCKER(C2)
UNLOCKER(D1)
UNLOCKER(D2)
