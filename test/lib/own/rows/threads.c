/* SPDX-License-Identifier: MIT */
#include "rows.h"

PROGRAM(join_twice_wrong)
{
	pthread_t t;

	pthread_create(&t, NULL, nothing, NULL);
	pthread_join(t, NULL);
	pthread_join(t, NULL); /* fault: lock-misuse */
}

PROGRAM(join_twice_right)
{
	pthread_t t;

	pthread_create(&t, NULL, nothing, NULL);
	pthread_join(t, NULL);
}

PROGRAM(join_detached_wrong)
{
	pthread_t t;

	pthread_create(&t, NULL, nothing, NULL);
	pthread_detach(t);
	pthread_join(t, NULL); /* fault: lock-misuse */
}

PROGRAM(join_detached_right)
{
	pthread_t t;

	pthread_create(&t, NULL, nothing, NULL);
	pthread_detach(t);
}

PROGRAM(join_itself_wrong)
{
	pthread_join(pthread_self(), NULL); /* fault: deadlock */
}

THREAD(adds_plainly)
{
	plain++; /* fault: data-race */
	return unused;
}

PROGRAM(join_orders_wrong)
{
	pthread_t t;

	pthread_create(&t, NULL, adds_plainly, NULL);
	plain++; /* fault: data-race */
	pthread_join(t, NULL);
}

PROGRAM(join_orders_right)
{
	pthread_t t;

	plain++;
	pthread_create(&t, NULL, adds_plainly, NULL);
	pthread_join(t, NULL);
	plain++;
	assert(plain == 3);
}
