/* SPDX-License-Identifier: MIT */
/*
 * A table from small integers to pointers as a struct of functions, and the measuring loop for
 * all of them, with the functions inlined. What is stored under an id leads to the next id of one
 * random cycle through all of them, so that lookups can be made to depend on each other.
 */
#ifndef DMTORTURE_BENCH_TABLE_H
#define DMTORTURE_BENCH_TABLE_H

#include <stdint.h>

/* One pass over @ids. */
struct table_pass {
	const uint32_t *ids;
	uint32_t count;
	uint32_t first;	       /* TABLE_CHAIN: where the chain goes on; gets where it ended */
	const uint32_t *chain; /* by id: what follows it */
};

enum table_op {
	TABLE_FIND,
	TABLE_CHAIN,	  /* find, each id being what the find before gave */
	TABLE_REPLACE,	  /* swap the pointer of an id that is taken */
	TABLE_REMOVE,	  /* free every id of the pass ... */
	TABLE_ALLOC,	  /* ... and take as many: the lowest free, or those of the pass */
	TABLE_REMOVE_ADD, /* remove and take again, one by one: replace before patch 01 */
	TABLE_OPS
};

struct table_ops {
	/* A table for ids below @population, all of them taken. NULL: no memory. */
	void *(*make)(uint32_t population, const uint32_t *chain);
	void (*unmake)(void *table);
	/* One pass of @op. Returns what was found, so that nothing can be left out. */
	uintptr_t (*pass)(void *table, enum table_op op, struct table_pass *pass);
};

struct table_peer {
	const char *slug;
	const struct table_ops *ops;
	uint32_t lacks; /* mask of enum table_op: what it has not */
};

/* The IDR of the core, and a walk with nothing around it. */
extern const struct table_ops table_ids, table_radix;

static inline void *entry_of(const uint32_t *chain, uint32_t id)
{
	return (void *)((uintptr_t)chain[id] << 4 | 8);
}

static inline uint32_t next_of(const void *entry)
{
	return (uint32_t)((uintptr_t)entry >> 4);
}

/* One call ends, another begins: nothing that a table holds is kept in registers between them. */
static inline void between_calls(void)
{
	__asm__ volatile("" ::: "memory");
}

/* A table's functions as constants. @add takes an id; tables with no say in it ignore theirs. */
typedef void *table_find(void *table, uint32_t id);
typedef void *table_replace(void *table, uint32_t id, void *entry);
typedef void table_add(void *table, uint32_t id, void *entry);
typedef void *table_remove(void *table, uint32_t id);

static inline __attribute__((always_inline)) uintptr_t
table_pass_as(void *table, enum table_op op, struct table_pass *pass, table_find *find,
	      table_replace *replace, table_add *add, table_remove *remove)
{
	const uint32_t *ids = pass->ids, *chain = pass->chain;
	uint32_t count = pass->count, id = pass->first;
	uintptr_t sum = 0;

	switch (op) {
	case TABLE_FIND:
		for (uint32_t i = 0; i < count; i++, between_calls())
			sum += (uintptr_t)find(table, ids[i]);
		break;
	case TABLE_CHAIN:
		for (uint32_t i = 0; i < count; i++, between_calls())
			id = next_of(find(table, id));
		pass->first = id;
		sum = id;
		break;
	case TABLE_REPLACE:
		for (uint32_t i = 0; i < count; i++, between_calls())
			sum += (uintptr_t)replace(table, ids[i], entry_of(chain, ids[i]));
		break;
	case TABLE_REMOVE:
		for (uint32_t i = 0; i < count; i++, between_calls())
			sum += (uintptr_t)remove(table, ids[i]);
		break;
	case TABLE_ALLOC:
		for (uint32_t i = 0; i < count; i++, between_calls())
			add(table, ids[i], entry_of(chain, ids[i]));
		break;
	default:
		for (uint32_t i = 0; i < count; i++, between_calls()) {
			sum += (uintptr_t)remove(table, ids[i]);
			add(table, ids[i], entry_of(chain, ids[i]));
		}
	}
	return sum;
}

#define DEFINE_TABLE(slug)                                                                         \
	static uintptr_t slug##_pass(void *table, enum table_op op, struct table_pass *pass)       \
	{                                                                                          \
		return table_pass_as(table, op, pass, slug##_find, slug##_replace, slug##_add,     \
				     slug##_remove);                                               \
	}                                                                                          \
	const struct table_ops table_##slug = {                                                    \
		.make = slug##_make, .unmake = slug##_unmake, .pass = slug##_pass}

#endif
