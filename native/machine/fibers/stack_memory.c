/* SPDX-License-Identifier: MIT */
/*
 * Where stacks are: each in a mapping of its own, with a guard below that nobody may touch, so that
 * a stack that is too small ends the process at once and corrupts nothing.
 *
 * Mapping one takes longer than a small search does, so that some are kept when they are given
 * back, with their guards, for whichever thread searches next. The process has one such cache:
 * a search runs on a thread that is new each time.
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "switch.h"
#include "watched_memory.h"

/* Tops of stacks that are a multiple of pages apart would share the lines of a cache. */
#define STAGGER 640

static struct {
	pthread_mutex_t lock;
	struct stack_memory kept[STACKS_KEPT]; /* those given back, the latest last */
	uint32_t count;
} cache = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool map(struct stack_memory *m, size_t guard)
{
	m->block = mmap(m->wanted, m->bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			-1, 0);
	if (m->block == MAP_FAILED) {
		m->block = NULL;
		return false;
	}
	/* Not there: something else is. */
	if (m->wanted && m->block != m->wanted) {
		munmap(m->block, m->bytes);
		m->block = NULL;
		return false;
	}
	if (!mprotect((char *)m->block + guard, m->bytes - guard, PROT_READ | PROT_WRITE))
		return true;
	munmap(m->block, m->bytes);
	m->block = NULL;
	return false;
}

/* Take @at out of the cache, whose lock is held. */
static struct stack_memory take(uint32_t at)
{
	struct stack_memory taken = cache.kept[at];

	cache.count--;
	memmove(&cache.kept[at], &cache.kept[at + 1], (cache.count - at) * sizeof(taken));
	return taken;
}

/* Have the block of @m be one that was kept, of just that size. Returns whether there was one. */
static bool reuse(struct stack_memory *m)
{
	bool found = false;

	pthread_mutex_lock(&cache.lock);
	for (uint32_t i = cache.count; i-- > 0 && !found;) {
		found = cache.kept[i].bytes == m->bytes;
		if (found)
			*m = take(i);
	}
	pthread_mutex_unlock(&cache.lock);
	return found;
}

/* Keep the block of @m, in the place of the one that was kept longest where there are too many. */
static void keep(const struct stack_memory *m)
{
	struct stack_memory oldest = {0};

	pthread_mutex_lock(&cache.lock);
	if (cache.count == STACKS_KEPT)
		oldest = take(0);
	cache.kept[cache.count++] = *m;
	pthread_mutex_unlock(&cache.lock);
	if (oldest.block)
		munmap(oldest.block, oldest.bytes);
}

/* Also when an addon is unloaded, which would lose the blocks. */
__attribute__((destructor)) static void drop_kept(void)
{
	pthread_mutex_lock(&cache.lock);
	while (cache.count > 0) {
		struct stack_memory m = take(cache.count - 1);

		munmap(m.block, m.bytes);
	}
	pthread_mutex_unlock(&cache.lock);
}

bool stack_new(struct stack *s, struct stack_memory *m, size_t bytes, size_t above,
	       unsigned int number)
{
	return stack_new_at(NULL, s, m, bytes, above, number);
}

bool stack_new_at(void *at, struct stack *s, struct stack_memory *m, size_t bytes, size_t above,
		  unsigned int number)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t guard = (STACK_GUARD + page - 1) / page * page;
	size_t usable = (bytes + above + (size_t)number * STAGGER + page - 1) / page * page;
	bool used;

	*m = (struct stack_memory){.bytes = guard + usable, .wanted = at};
	used = !at && reuse(m);
	if (!used && !map(m, guard))
		return false;
	/* What is left over lies below, so that tops are staggered. */
	s->low = (char *)m->block + m->bytes - (size_t)number * STAGGER - above - bytes;
	s->bytes = bytes;
	if (used) {
		memset(s->low + bytes, 0, above);
		watched_memory_reuse(s->low, bytes);
	}
	m->registered = watched_stack_register(s->low, s->low + bytes);
	return true;
}

void stack_delete(struct stack *s, struct stack_memory *m)
{
	if (!m->block)
		return;
	/* A sanitizer remembers addresses, and somebody else gets this one. */
	stack_forget_frames(s);
	watched_stack_deregister(m->registered);
	if (m->wanted)
		munmap(m->block, m->bytes);
	else
		keep(m);
	*m = (struct stack_memory){0};
	s->low = NULL;
}
