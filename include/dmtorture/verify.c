/* SPDX-License-Identifier: MIT */
/*
 * What `npx dmtorture verify ./my_lock.c` runs: DMTORTURE_THREADS threads take a lock
 * DMTORTURE_ROUNDS times each, around a plain counter. The file of the lock is included in front of
 * this one. A lock that lets two threads in, or does not hand over what was written under it, has a
 * data race at the counter, or a count that is too small. One with a lock_fifo has to serve first
 * those that waited already when a thread came; that is looked at where DMTORTURE_FIFO is set.
 */
#include <assert.h>
#include <pthread.h>
#include <stdint.h>

#ifdef DMTORTURE_ATOM_LOCK
static _Alignas(128) char the_lock[4096];
static struct node nodes[DMTORTURE_THREADS + 1];
#else
static lock_t the_lock;
#endif

#ifdef DMTORTURE_FIFO
#ifdef __cplusplus
extern "C" {
#endif
extern void dmtorture_comes(void);
extern void dmtorture_served(void);
#ifdef __cplusplus
}
#endif
#define COMES() ((lock_fifo) ? dmtorture_comes() : (void)0)
#define SERVED() ((lock_fifo) ? dmtorture_served() : (void)0)
#else
#define COMES() ((void)0)
#define SERVED() ((void)0)
#endif

static int counter;

static void *take_turns(void *argument)
{
	uintptr_t index = (uintptr_t)argument;
#ifdef DMTORTURE_ATOM_LOCK
	struct locker me = {.node = &nodes[index], .nodes = nodes, .index = (uint32_t)index};
#elif defined(DMTORTURE_LOCK_NODES)
	static lock_node_t nodes[DMTORTURE_THREADS];
#endif

	for (int round = 0; round < DMTORTURE_ROUNDS; round++) {
#ifdef DMTORTURE_ATOM_LOCK
		COMES();
		dmtorture_lock.acquire(the_lock, &me);
		SERVED();
		counter++;
		dmtorture_lock.release(the_lock, &me);
#elif defined(DMTORTURE_LOCK_CLASS)
		(void)index;
		COMES();
		the_lock.lock();
		SERVED();
		counter++;
		the_lock.unlock();
#elif defined(DMTORTURE_LOCK_NODES)
		COMES();
		lock_acquire(&the_lock, &nodes[index]);
		SERVED();
		counter++;
		lock_release(&the_lock, &nodes[index]);
#else
		(void)index;
		COMES();
		lock_acquire(&the_lock);
		SERVED();
		counter++;
		lock_release(&the_lock);
#endif
	}
	return 0;
}

int main(void)
{
	pthread_t thread[DMTORTURE_THREADS];

#ifdef DMTORTURE_ATOM_LOCK
	assert(dmtorture_lock.bytes <= sizeof(the_lock));
	dmtorture_lock.make(the_lock, nodes, DMTORTURE_THREADS);
#elif !defined(DMTORTURE_LOCK_CLASS)
	lock_init(&the_lock);
#endif
	for (uintptr_t i = 0; i < DMTORTURE_THREADS; i++)
		pthread_create(&thread[i], 0, take_turns, (void *)i);
	for (uintptr_t i = 0; i < DMTORTURE_THREADS; i++)
		pthread_join(thread[i], 0);
	assert(counter == DMTORTURE_THREADS * DMTORTURE_ROUNDS);
	return 0;
}
