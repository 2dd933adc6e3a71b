/* SPDX-License-Identifier: MIT */
/* A queue lock, its nodes thread-local; the one that leaves does not wait for its heir. */
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

struct node {
	_Atomic(struct node *) next;
	atomic_int must_wait;
};

static _Thread_local struct node mine;
static _Atomic(struct node *) tail;
static int counter;

static void *thread(void *unused)
{
	struct node *before, *heir, *me = &mine;

	me->next = NULL;
	me->must_wait = 1;
	before = atomic_exchange(&tail, me);
	if (before) {
		before->next = me;
		while (me->must_wait) /* expect: livelock */
			;
	}
	counter++;
	heir = me->next;
	if (!heir) {
		struct node *last = me;

		if (atomic_compare_exchange_strong(&tail, &last, NULL))
			return unused;
#ifdef FIXED
		while (!(heir = me->next))
			;
#else
		return unused;
#endif
	}
	heir->must_wait = 0;
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, thread, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL); /* expect: livelock */
	return 0;
}
