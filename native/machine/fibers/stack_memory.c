/* SPDX-License-Identifier: MIT */
/*
 * Where stacks are: each in a mapping of its own, with a guard below that nobody may touch, so that
 * a stack that is too small ends the process at once and corrupts nothing.
 */
#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "switch.h"
#include "watched_memory.h"

/* Tops of stacks that are a multiple of pages apart would share the lines of a cache. */
#define STAGGER 640

static bool map(struct stack_memory *m, size_t guard)
{
	m->block =
		mmap(NULL, m->bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (m->block == MAP_FAILED) {
		m->block = NULL;
		return false;
	}
	return !mprotect((char *)m->block + guard, m->bytes - guard, PROT_READ | PROT_WRITE);
}

bool stack_new(struct stack *s, struct stack_memory *m, size_t bytes, size_t above,
	       unsigned int number)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t guard = (STACK_GUARD + page - 1) / page * page;
	size_t usable = (bytes + above + (size_t)number * STAGGER + page - 1) / page * page;

	*m = (struct stack_memory){.bytes = guard + usable};
	if (!map(m, guard)) {
		stack_delete(s, m);
		return false;
	}
	/* What is left over lies below, so that tops are staggered. */
	s->low = (char *)m->block + m->bytes - (size_t)number * STAGGER - above - bytes;
	s->bytes = bytes;
	m->registered = watched_stack_register(s->low, s->low + bytes);
	return true;
}

void stack_delete(struct stack *s, struct stack_memory *m)
{
	if (!m->block)
		return;
	/* A sanitizer remembers addresses, and somebody else gets this one. */
	if (s->low) {
		stack_forget_frames(s);
		watched_stack_deregister(m->registered);
	}
	munmap(m->block, m->bytes);
	*m = (struct stack_memory){0};
	s->low = NULL;
}
