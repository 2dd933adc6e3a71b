/* SPDX-License-Identifier: MIT */
/*
 * A hazard pointer: the reader says which object it uses, and looks again whether that is still the
 * one; the other thread takes the object away, and frees it when no reader has said so. Without a
 * full fence on each side both may look too early, as on every PC.
 *
 *     npx dmtorture explore hazard.c --memory rc11
 *     npx dmtorture explore hazard.c --memory rc11 --flag -DFIXED
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#ifdef FIXED
#define FENCE() atomic_thread_fence(memory_order_seq_cst)
#else
#define FENCE() /* BUG */
#endif

static _Atomic(int *) object, hazard;

static void *take_away(void *unused)
{
	int *old = atomic_load_explicit(&object, memory_order_relaxed);

	atomic_store_explicit(&object, NULL, memory_order_release);
	FENCE();
	if (atomic_load_explicit(&hazard, memory_order_acquire) != old)
		free(old);
	return unused;
}

int main(void)
{
	int *mine = malloc(sizeof(*mine)), seen = 0;
	pthread_t other;

	if (!mine)
		return 1;
	*mine = 0;
	atomic_store(&object, mine);
	pthread_create(&other, NULL, take_away, NULL);
	mine = atomic_load_explicit(&object, memory_order_acquire);
	atomic_store_explicit(&hazard, mine, memory_order_release);
	FENCE();
	if (mine && atomic_load_explicit(&object, memory_order_acquire) == mine)
		seen = *mine;
	atomic_store_explicit(&hazard, NULL, memory_order_release);
	pthread_join(other, NULL);
	return seen;
}
