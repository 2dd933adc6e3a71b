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
