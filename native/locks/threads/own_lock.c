/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "own_lock.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plug.h"

#define BYTES_MAX (1 << 20)

struct own_lock {
	struct lock_row row;
	struct lock_ops ops; /* a library's */
	void (*init)(void *lock);
	const void *base;
	bool leaves;
};

static struct own_lock own_locks[OWN_LOCKS_MAX];
static uint32_t own_count;
static char why[512];

static const struct shell_calls calls = {
	.park_on = park_on,
	.unpark_one = unpark_one,
	.task_turn = task_turn,
	.task_sleep = task_sleep,
};

static const char *refuse(const char *format, const char *what)
{
	snprintf(why, sizeof(why), format, what);
	return why;
}

/* A symbol as a function: the only way that C has for it. */
static void set_symbol(void *handle, const char *name, void *function)
{
	void *symbol = dlsym(handle, name);

	memcpy(function, &symbol, sizeof(symbol));
}

static int number_of(void *handle, const char *name, int fallback)
{
	const int *number = dlsym(handle, name);

	return number ? *number : fallback;
}

static const char *open_plug(struct own_lock *own, void *handle)
{
	const struct plug *plug = dlsym(handle, "dmtorture_plug");

	if (!plug)
		return refuse("it has no `%s`", "dmtorture_plug");
	if (plug->version != PLUG_VERSION || plug->locker_bytes != sizeof(struct locker))
		return refuse("it was made by another version of dmtorture%s", "");
	*plug->calls = &calls;
	own->row.fifo = plug->serves_in_order() != 0;
	own->row.ops = plug->ops;
	own->leaves = plug->leaves != 0;
	own->base = plug;
	return NULL;
}

/* --- libraries --- */

/* Which of them @lock belongs to is known where it is made alone, so each has a function of its
 * own. */
#define LIBRARY_MAKES(n)                                                                           \
	static void library_make_##n(void *lock, struct node *nodes, uint32_t threads)             \
	{                                                                                          \
		memset(nodes, 0, (threads + 1) * sizeof(*nodes));                                  \
		memset(lock, 0, own_locks[n].ops.bytes);                                           \
		own_locks[n].init(lock);                                                           \
	}
LIBRARY_MAKES(0)
LIBRARY_MAKES(1)
LIBRARY_MAKES(2)
LIBRARY_MAKES(3)
LIBRARY_MAKES(4)
LIBRARY_MAKES(5)
LIBRARY_MAKES(6)
LIBRARY_MAKES(7)

static void (*const library_makes[])(void *, struct node *, uint32_t) = {
	library_make_0, library_make_1, library_make_2, library_make_3,
	library_make_4, library_make_5, library_make_6, library_make_7,
};
_Static_assert(sizeof(library_makes) / sizeof(library_makes[0]) == OWN_LOCKS_MAX, "one each");

static const char *open_library(struct own_lock *own, void *handle)
{
	int bytes = number_of(handle, "lock_bytes", OWN_BYTES);

	set_symbol(handle, "lock_init", &own->init);
	set_symbol(handle, "lock_acquire", &own->ops.acquire);
	set_symbol(handle, "lock_release", &own->ops.release);
	if (!own->init || !own->ops.acquire || !own->ops.release)
		return refuse("it has no `%s`", !own->init	    ? "lock_init"
						: !own->ops.acquire ? "lock_acquire"
								    : "lock_release");
	if (bytes < 1 || bytes > BYTES_MAX)
		return refuse("its `%s` is not 1..1048576", "lock_bytes");
	own->ops.bytes = (size_t)bytes;
	own->ops.make = library_makes[own_count];
	own->ops.acquire_or_leave = own->ops.acquire;
	own->ops.takes_node = number_of(handle, "lock_nodes", 0) != 0;
	own->row.ops = &own->ops;
	own->row.fifo = number_of(handle, "lock_fifo", 0) != 0;
	own->row.by_pointer = true;
	memcpy(&own->base, &own->ops.acquire, sizeof(own->base));
	return NULL;
}

/* --- those that were loaded --- */

const char *own_lock_open(const char *name, const char *object, bool library)
{
	struct own_lock *own = &own_locks[own_count];
	const char *refused;
	void *handle;
	Dl_info where;

	if (own_count == OWN_LOCKS_MAX)
		return refuse("there is room for 8 locks of your own%s", "");
	memset(own, 0, sizeof(*own));
	handle = dlopen(object, RTLD_NOW | RTLD_LOCAL);
	if (!handle)
		return refuse("it cannot be loaded: %s", dlerror());
	own->row.slug = strdup(name);
	if (!own->row.slug)
		return refuse("no memory%s", "");
	own->row.says = "a lock of your own";
	own->row.class = LOCK_BLOCKS; /* not known: nothing is said of how it waits */
	own->row.own = true;
	refused = library ? open_library(own, handle) : open_plug(own, handle);
	if (refused)
		return refused;
	if (dladdr(own->base, &where))
		own->base = where.dli_fbase;
	own_count++;
	return NULL;
}

void own_locks_loop(void (*loop)(struct member *member))
{
	for (uint32_t i = 0; i < own_count; i++)
		if (own_locks[i].row.by_pointer)
			own_locks[i].ops.loop = loop;
}

uint32_t own_lock_count(void)
{
	return own_count;
}

const struct lock_row *own_lock_at(uint32_t index)
{
	return &own_locks[index].row;
}

bool own_lock_leaves(uint32_t index)
{
	return own_locks[index].leaves;
}

const void *own_lock_base(uint32_t index)
{
	return own_locks[index].base;
}

const struct lock_row *lock_row_at(uint32_t kind)
{
	if (kind < LOCK_COUNT)
		return &lock_table[kind];
	return kind - LOCK_COUNT < own_count ? &own_locks[kind - LOCK_COUNT].row : NULL;
}
