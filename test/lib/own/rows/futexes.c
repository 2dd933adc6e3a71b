/* SPDX-License-Identifier: MIT */
#include "rows.h"

static long futex(int operation, int value)
{
	return syscall(SYS_futex, &x, operation, value, NULL, NULL, 0); /* fault: deadlock */
}

THREAD(sleeps_at_it)
{
	while (!atomic_load(&x))
		futex(FUTEX_WAIT_PRIVATE, 0);
	return unused;
}

THREAD(wakes_only)
{
	futex(FUTEX_WAKE, 1);
	return unused;
}

THREAD(sets_and_wakes)
{
	atomic_store(&x, 1);
	futex(FUTEX_WAKE_PRIVATE, 1);
	return unused;
}

PROGRAM(futex_wrong)
{
	both(sleeps_at_it, wakes_only);
}

PROGRAM(futex_right)
{
	both(sleeps_at_it, sets_and_wakes);
}

THREAD(reads_when_woken)
{
	if (!futex(FUTEX_WAIT_PRIVATE, 0))
		assert(plain); /* by nothing but the wake */
	return unused;
}

THREAD(writes_sets_and_wakes)
{
	plain = 1;
	atomic_store_explicit(&x, 1, memory_order_relaxed);
	futex(FUTEX_WAKE_PRIVATE, 1);
	return unused;
}

PROGRAM(futex_orders_right)
{
	both(reads_when_woken, writes_sets_and_wakes);
}

PROGRAM(futex_requeue_refused)
{
	both(wakes_only, wakes_only);
	futex(FUTEX_REQUEUE, 1);
}
