/* SPDX-License-Identifier: MIT */
#include "rows.h"

static void at_once(void)
{
	plain++;
}

THREAD(comes_once)
{
	pthread_once(&once, at_once);
	assert(plain == 1);
	return unused;
}

THREAD(checks_for_itself)
{
	if (!ready) { /* fault: data-race */
		plain++;
		ready = 1;
	}
	return unused;
}

PROGRAM(once_wrong)
{
	both(checks_for_itself, checks_for_itself);
}

PROGRAM(once_right)
{
	both(comes_once, comes_once);
}

static void in_itself(void)
{
	pthread_once(&once, in_itself); /* fault: deadlock */
}

PROGRAM(once_in_itself_wrong)
{
	pthread_once(&once, in_itself);
}

static once_flag flag = ONCE_FLAG_INIT;

THREAD(calls_once)
{
	call_once(&flag, at_once);
	assert(plain == 1);
	return unused;
}

PROGRAM(call_once_right)
{
	both(calls_once, calls_once);
}

static void slowly(void)
{
	atomic_fetch_add(&x, 1);
	plain = 1;
}

THREAD(comes_while_it_is_done)
{
	pthread_once(&once, slowly);
	assert(plain);
	return unused;
}

PROGRAM(once_takes_a_step_right)
{
	both(comes_while_it_is_done, comes_while_it_is_done);
}
