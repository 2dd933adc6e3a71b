/* SPDX-License-Identifier: MIT */
/*
 * Requests to valgrind, where its headers were there when this was built: memcheck would take a
 * switch of stacks for a giant frame, and what was put back on one for a stray write.
 */
#ifndef DMTORTURE_WATCHED_MEMORY_H
#define DMTORTURE_WATCHED_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__has_include)
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#define DMTORTURE_VALGRIND
#endif
#endif

#ifdef DMTORTURE_VALGRIND
static inline bool watched_memory(void)
{
	return RUNNING_ON_VALGRIND;
}

static inline unsigned int watched_stack_register(void *low, void *end)
{
	return VALGRIND_STACK_REGISTER(low, end);
}

static inline void watched_stack_deregister(unsigned int registered)
{
	VALGRIND_STACK_DEREGISTER(registered);
}

/* @bytes from @at on may be written, whatever was popped there. */
static inline void watched_memory_reuse(void *at, size_t bytes)
{
	(void)VALGRIND_MAKE_MEM_UNDEFINED(at, bytes);
}
#else
static inline bool watched_memory(void)
{
	return false;
}

static inline unsigned int watched_stack_register(void *low, void *end)
{
	(void)low;
	(void)end;
	return 0;
}

static inline void watched_stack_deregister(unsigned int registered)
{
	(void)registered;
}

static inline void watched_memory_reuse(void *at, size_t bytes)
{
	(void)at;
	(void)bytes;
}
#endif

#endif
