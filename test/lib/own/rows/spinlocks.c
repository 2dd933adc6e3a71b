/* SPDX-License-Identifier: MIT */
#include "rows.h"

PROGRAM(spin_twice_wrong)
{
	pthread_spin_init(&spin, 0);
	pthread_spin_lock(&spin);
	pthread_spin_lock(&spin); /* fault: deadlock */
}

THREAD(spins)
{
	pthread_spin_lock(&spin);
	plain++;
	pthread_spin_unlock(&spin);
	if (!pthread_spin_trylock(&spin))
		pthread_spin_unlock(&spin);
	return unused;
}

PROGRAM(spin_twice_right)
{
	pthread_spin_init(&spin, 0);
	both(spins, spins);
	assert(plain == 2);
	pthread_spin_destroy(&spin);
}

PROGRAM(spin_not_held_wrong)
{
	pthread_spin_init(&spin, 0);
	pthread_spin_unlock(&spin); /* fault: lock-misuse */
}
