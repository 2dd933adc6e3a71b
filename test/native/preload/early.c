/* SPDX-License-Identifier: MIT */
/*
 * A malloc() that locks a mutex, as jemalloc's does: it is called before any constructor, and by
 * the loader while a function is looked up.
 */
#define _GNU_SOURCE
#include <dlfcn.h>

#include "app.h"

#define ARENA_BYTES (64u << 20)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Alignas(16) char arena[ARENA_BYTES];
static size_t used;
static int inside;

static void *take(size_t bytes)
{
	char *memory;

	pthread_mutex_lock(&lock);
	IS(!inside++);
	memory = arena + used;
	used += (bytes + 31) / 16 * 16;
	inside--;
	pthread_mutex_unlock(&lock);
	return used <= ARENA_BYTES ? memory : NULL;
}

void *malloc(size_t bytes)
{
	char *memory = take(bytes + 16);

	if (!memory)
		return NULL;
	*(size_t *)memory = bytes;
	return memory + 16;
}

void free(void *memory)
{
	(void)memory;
}

void *calloc(size_t n, size_t bytes)
{
	return malloc(n * bytes);
}

void *realloc(void *memory, size_t bytes)
{
	void *more = malloc(bytes);
	size_t old = memory ? ((size_t *)memory)[-2] : 0;

	if (more && memory)
		memcpy(more, memory, old < bytes ? old : bytes);
	return more;
}

static void *allocates(void *p)
{
	(void)p;
	for (int i = 0; i < TURNS; i++)
		IS(malloc(24) != NULL);
	/* A look-up in vain has a message, and that is allocated. */
	IS(!dlsym(RTLD_DEFAULT, "no such function") && dlerror());
	return NULL;
}

int main(void)
{
	alarm(limit_s());
	in_all(allocates, NULL);
	puts("right");
	return 0;
}
