/* SPDX-License-Identifier: MIT */
/*
 * What each thread has for itself beside its TLS block, and what is to be done when a thread or the
 * process ends. The C library would keep what it is given from one execution to the next.
 */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <threads.h>

#include "process.h"
#include "state.h"

#define KEYS 128
#define DESTRUCTORS_MAX 256 /* of thread-local objects of one thread */
#define HANDLERS_MAX 1024
#define ROUNDS PTHREAD_DESTRUCTOR_ITERATIONS

struct destructor {
	void (*function)(void *object);
	void *object;
};

/* What is to be done at the end of the process, the last of it first. */
struct handlers {
	struct handler {
		void (*alone)(void);	  /* of atexit(); or */
		void (*of)(void *object); /* a destructor of a static object */
		void *object;
	} handler[HANDLERS_MAX];
	uint32_t count;
};

static struct handlers ends, quick_ends, kept_ends, kept_quick_ends;

/* What is there once; another copy is as constructors left it. */
struct locals {
	struct {
		bool made;
		void (*destroy)(void *value);
	} key[KEYS];
	uint32_t keys;		 /* the highest that was made, plus 1 */
	void *first_value[KEYS]; /* of main(), in the copy */
	uint32_t first_destructors;
};

static struct locals now, kept;
static void *value[OWN_THREADS][KEYS];
static uint32_t values[OWN_THREADS]; /* the highest key that a thread has set, plus 1 */
static struct destructor destructor[OWN_THREADS][DESTRUCTORS_MAX];
static uint32_t destructors[OWN_THREADS];
static bool exiting;

static void copy_handlers(struct handlers *to, const struct handlers *from)
{
	to->count = from->count;
	memcpy(to->handler, from->handler, from->count * sizeof(from->handler[0]));
}

void own_locals_keep(void)
{
	kept = now;
	copy_handlers(&kept_ends, &ends);
	copy_handlers(&kept_quick_ends, &quick_ends);
	memcpy(kept.first_value, value[0], sizeof(kept.first_value));
	kept.first_destructors = destructors[0];
}

void own_locals_reset(void)
{
	if (unlikely(now.keys | kept.keys))
		now = kept;
	if (unlikely(ends.count | kept_ends.count))
		copy_handlers(&ends, &kept_ends);
	if (unlikely(quick_ends.count | kept_quick_ends.count))
		copy_handlers(&quick_ends, &kept_quick_ends);
	if (unlikely(values[0]))
		memcpy(value[0], kept.first_value, sizeof(kept.first_value));
	destructors[0] = kept.first_destructors;
	exiting = false;
}

void own_locals_begin(uint32_t thread)
{
	if (unlikely(values[thread]))
		memset(value[thread], 0, values[thread] * sizeof(value[thread][0]));
	values[thread] = 0;
	destructors[thread] = 0;
}

/* Objects that the thread made last are destroyed first; a destructor may register more. */
static void destroy_objects(uint32_t thread)
{
	while (destructors[thread]) {
		struct destructor d = destructor[thread][--destructors[thread]];

		d.function(d.object);
	}
}

static bool destroy_values(uint32_t thread)
{
	bool any = false;

	for (uint32_t key = 0; key < values[thread]; key++) {
		void *old = value[thread][key];

		if (!old || !now.key[key].made || !now.key[key].destroy)
			continue;
		value[thread][key] = NULL;
		any = true;
		now.key[key].destroy(old);
	}
	return any;
}

void own_locals_end(uint32_t thread)
{
	if (likely(!(destructors[thread] | values[thread])))
		return;
	destroy_objects(thread);
	for (uint32_t round = 0; round < ROUNDS && destroy_values(thread); round++)
		;
}

/* Nobody gets at what a thread that has ended left, nor at what a deleted key stood for. */
void own_locals_look(void (*look)(uintptr_t value))
{
	for (uint32_t thread = 0; thread < OWN_THREADS; thread++) {
		if (!own_has_begun(thread) || !own.thread[thread].lives)
			continue;
		for (uint32_t key = 0; key < values[thread]; key++)
			if (now.key[key].made)
				look((uintptr_t)value[thread][key]);
	}
}

uint64_t own_locals_state(uint32_t running)
{
	uint64_t hash = exiting;

	if (unlikely(now.keys))
		hash = own_hash_bytes(hash, now.key, now.keys * sizeof(now.key[0]));
	hash = own_hash_bytes(hash, ends.handler, ends.count * sizeof(ends.handler[0]));
	hash = own_hash_bytes(hash, quick_ends.handler,
			      quick_ends.count * sizeof(quick_ends.handler[0]));
	for (; running; running &= running - 1) {
		uint32_t thread = (uint32_t)__builtin_ctz(running);

		if (likely(!(values[thread] | destructors[thread])))
			continue;
		hash = own_hash_bytes(hash, value[thread],
				      values[thread] * sizeof(value[thread][0]));
		hash = own_hash_bytes(hash, destructor[thread],
				      destructors[thread] * sizeof(destructor[thread][0]));
	}
	return hash;
}

/* --- thread-local objects of C++ --- */

OWN_EXPORT int __cxa_thread_atexit(void (*function)(void *), void *object, void *of)
{
	uint32_t me = own.current;

	(void)of;
	if (destructors[me] == DESTRUCTORS_MAX)
		own_refuse(OWN_PC(), "A thread has more than %d thread-local objects",
			   DESTRUCTORS_MAX);
	destructor[me][destructors[me]++] = (struct destructor){function, object};
	return 0;
}

OWN_EXPORT int __cxa_thread_atexit_impl(void (*function)(void *), void *object, void *of)
	__attribute__((alias("__cxa_thread_atexit")));

/* --- keys --- */

/*
 * What calls outside of the program, as a sanitizer of the host does, has one thread: the
 * process's. Its keys come after those of the program.
 */
#define HOST_KEYS 8
static void *host_value[HOST_KEYS];
static uint32_t host_keys;

OWN_EXPORT int pthread_key_create(pthread_key_t *key, void (*destroy)(void *))
{
	if (!own.inside && !own.loading && host_keys < HOST_KEYS) {
		*key = KEYS + host_keys++;
		return 0;
	}
	for (uint32_t i = 0; i < KEYS; i++) {
		if (now.key[i].made)
			continue;
		now.key[i].made = true;
		now.key[i].destroy = destroy;
		now.keys = i >= now.keys ? i + 1 : now.keys;
		for (uint32_t thread = 0; thread < OWN_THREADS; thread++)
			value[thread][i] = NULL;
		*key = i;
		return 0;
	}
	return EAGAIN;
}

OWN_EXPORT int pthread_key_delete(pthread_key_t key)
{
	if (key >= KEYS || !now.key[key].made)
		return EINVAL;
	now.key[key].made = false;
	return 0;
}

OWN_EXPORT void *pthread_getspecific(pthread_key_t key)
{
	if (unlikely(key >= KEYS))
		return key - KEYS < host_keys ? host_value[key - KEYS] : NULL;
	return value[own.current][key];
}

OWN_EXPORT int pthread_setspecific(pthread_key_t key, const void *new_value)
{
	uint32_t me = own.current;

	if (unlikely(key >= KEYS && key - KEYS < host_keys)) {
		host_value[key - KEYS] = (void *)new_value;
		return 0;
	}
	if (key >= KEYS || !now.key[key].made)
		return EINVAL;
	value[me][key] = (void *)new_value;
	values[me] = key >= values[me] ? key + 1 : values[me];
	own_me()->progress++;
	return 0;
}

OWN_EXPORT int tss_create(tss_t *key, tss_dtor_t destroy)
{
	return pthread_key_create(key, destroy) ? thrd_error : thrd_success;
}

OWN_EXPORT void tss_delete(tss_t key)
{
	pthread_key_delete(key);
}

OWN_EXPORT void *tss_get(tss_t key)
{
	return pthread_getspecific(key);
}

OWN_EXPORT int tss_set(tss_t key, void *new_value)
{
	return pthread_setspecific(key, new_value) ? thrd_error : thrd_success;
}

/* --- the end of the process --- */

static int add(struct handlers *handlers, struct handler handler, uintptr_t pc)
{
	if (handlers->count == HANDLERS_MAX)
		own_refuse(pc, "The program has more than %d functions for its end", HANDLERS_MAX);
	handlers->handler[handlers->count++] = handler;
	return 0;
}

int own_atexit(void (*function)(void));
OWN_EXPORT int own_atexit(void (*function)(void))
{
	return add(&ends, (struct handler){.alone = function}, OWN_PC());
}

int own_at_quick_exit(void (*function)(void));
OWN_EXPORT int own_at_quick_exit(void (*function)(void))
{
	return add(&quick_ends, (struct handler){.alone = function}, OWN_PC());
}

/*
 * Destructors of static objects. Those that a library has are of objects that are the library's as
 * much as the program's, such as its streams, and are not put back.
 */
int own___cxa_atexit(void (*function)(void *), void *object, void *of);
OWN_EXPORT int own___cxa_atexit(void (*function)(void *), void *object, void *of)
{
	(void)of;
	if (!own_is_code((uintptr_t)function))
		return 0;
	return add(&ends, (struct handler){.of = function, .object = object}, OWN_PC());
}

/* It can do nothing wrong any more, and there is nothing to look at. */
static _Noreturn void end_before_main(int status, uintptr_t pc)
{
	if (status)
		own_fault(FAULT_ABORT, pc, "a constructor ends the process by exit(%d)", status);
	own_refuse(pc, "The program ends before main(): a constructor calls exit(0)");
}

static _Noreturn void end(struct handlers *handlers, int status, uintptr_t pc)
{
	if (own.loading)
		end_before_main(status, pc);
	while (handlers && handlers->count) {
		struct handler h = handlers->handler[--handlers->count];

		if (h.alone)
			h.alone();
		else
			h.of(h.object);
	}
	own_end_process(pc);
}

void own_exit_process(int status, uintptr_t pc)
{
	if (!exiting) {
		exiting = true;
		if (!own.loading)
			destroy_objects(own.current);
	}
	end(&ends, status, pc);
}

_Noreturn void own_exit(int status);
OWN_EXPORT void own_exit(int status)
{
	own.callbacks++;
	own_exit_process(status, OWN_PC());
}

_Noreturn void own_quick_exit(int status);
OWN_EXPORT void own_quick_exit(int status)
{
	own.callbacks++;
	end(&quick_ends, status, OWN_PC());
}

_Noreturn void own__exit(int status);
OWN_EXPORT void own__exit(int status)
{
	own.callbacks++;
	end(NULL, status, OWN_PC());
}

_Noreturn void own__Exit(int status);
OWN_EXPORT void own__Exit(int status)
{
	own.callbacks++;
	end(NULL, status, OWN_PC());
}
