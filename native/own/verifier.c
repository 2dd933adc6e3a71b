/* SPDX-License-Identifier: MIT */
/* What the test files of model checkers call. */
#include "objects.h"

OWN_EXPORT void __VERIFIER_assume(int condition);
/* Where @condition does not hold the thread stops, and the execution means nothing at its end. */
OWN_EXPORT void __VERIFIER_assume(int condition)
{
	if (!condition && own.inside)
		own_stop(OWN_PC());
}

OWN_EXPORT void __VERIFIER_error(void);
OWN_EXPORT void __VERIFIER_error(void)
{
	own_fault(FAULT_CHECK_FAILED, OWN_PC(), "__VERIFIER_error()");
}

/* One lock for all of them; no program has an object at this address. */
#define ATOMIC_SECTION 1

static struct word *section(void)
{
	return own_object(ATOMIC_SECTION, OWN_MUTEX);
}

OWN_EXPORT void __VERIFIER_atomic_begin(void);
OWN_EXPORT void __VERIFIER_atomic_begin(void)
{
	uintptr_t pc = OWN_PC();
	struct word *w;

	if (!own.inside)
		return;
	w = section();
	own_waits("an atomic section", NULL, pc);
	own_point(POINT_LOCK, w, own_site(pc));
	own_waits_no_more();
	word_store(own_me()->task, w, own_as_holder());
	own_acquire(ATOMIC_SECTION);
	own_took_lock();
}

OWN_EXPORT void __VERIFIER_atomic_end(void);
OWN_EXPORT void __VERIFIER_atomic_end(void)
{
	uintptr_t pc = OWN_PC();
	struct word *w;
	uint64_t progress;

	if (!own.inside)
		return;
	w = section();
	if (!own_holds(w))
		own_fault(FAULT_LOCK_MISUSE, pc, "%s ends an atomic section that it is not in",
			  own_name(own.current));
	progress = word_peek(w) >> 16;
	own_release(ATOMIC_SECTION);
	word_store(own_me()->task, w, 0);
	own_point(POINT_UNLOCK, w, own_site(pc));
	own_give_up(w, progress);
}
