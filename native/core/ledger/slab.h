/* SPDX-License-Identifier: MIT */
/*
 * Memory for the objects of a world: per-CPU LIFO free lists over one arena, as the kernel's
 * slab allocator hands memory out. Recycled memory is not scrubbed: a recycled object looks
 * valid until somebody clears it, which is how references get lost. Nothing is unmapped while
 * the world lives, so a stale pointer can always be looked at.
 *
 * Addresses depend only on what the allocating CPU did itself, as long as its first chunk and
 * its own list suffice.
 */
#ifndef DMTORTURE_SLAB_H
#define DMTORTURE_SLAB_H

#include "machine.h"

enum object_class {
	CLASS_MD,
	CLASS_GENDISK,
	CLASS_QUEUE,
	CLASS_POOL,
	CLASS_CELL,
	CLASS_DEP,
	CLASS_LAYER, /* of an IDR */
	CLASS_COUNT
};

/*
 * The out-of-band life of an object, in front of it. `tag` changes when the object is freed; a
 * pointer carries the tag it was born with, so a stale one shows.
 */
struct life {
	struct word tag;   /* bits 0..15 the tag, 16..23 enum life_state, 24..31 builder cpu + 1 */
	struct word built; /* bit n: field n was initialised */
	struct word dirty; /* bit n: field n was changed by another before it was initialised */
	struct word link;  /* free list: arena offset of the next free object, 0 at the end */
};

enum life_state { LIFE_FREE, LIFE_LIVE, LIFE_TEARDOWN };

#define LIFE_TAG UINT64_C(0xffff)
#define LIFE_STATE_SHIFT 16
#define LIFE_BUILDER_SHIFT 24

/* What one CPU keeps to itself. */
struct slab_cpu {
	struct word free[CLASS_COUNT]; /* arena offset of the youngest free object, 0 = none */
	struct word free_count[CLASS_COUNT];
	struct word born[CLASS_COUNT]; /* objects ever allocated here */
	struct word died[CLASS_COUNT]; /* objects ever freed here */
	struct word bump, bump_end;    /* what is left of its chunk, arena offsets */
	struct word luck;	       /* state of the failure injector; never 0 */
} __attribute__((aligned(128)));

/* Sizes of a world, fixed when it is made. */
struct slab_limits {
	unsigned int cpus;
	uint32_t object_bytes; /* of every object; 0: of each class those of its struct */
	size_t chunk_bytes;    /* a CPU takes memory from the arena in such pieces */
	size_t arena_bytes;
};

struct slab {
	struct slab_limits limits;
	char *arena;
	struct slab_cpu *cpu;
	struct word next_chunk; /* arena offset */
	struct spinlock depot_lock;
	struct word depot[CLASS_COUNT]; /* surplus of the per-CPU lists, guarded by depot_lock */
	struct word depot_count;
};

/* Bytes that slab_init() needs for @limits. */
size_t slab_bytes(const struct slab_limits *limits);
/* Bytes of @s that were ever in use; what an arena has beyond them was never touched. */
size_t slab_touched(const struct slab *s);
/* Lay @s out over @memory, 128-byte aligned, owned by the caller. Every object is gone after it. */
void slab_init(struct slab *s, const struct slab_limits *limits, void *memory, uint64_t seed);

/*
 * Go on in @bytes of @memory, 128-byte aligned, once the arena is used up; what is left of it is
 * lost. Context: nobody else uses @s.
 */
void slab_extend(struct slab *s, void *memory, size_t bytes);

/*
 * Take memory for an object. Returns its life, or NULL when the arena is used up.
 * Context: any; may take depot_lock.
 */
struct life *slab_alloc(struct task *t, struct slab *s, enum object_class class);
/* Give memory back. Context: any; may take depot_lock. */
void slab_free(struct task *t, struct slab *s, enum object_class class, struct life *life);
/* Objects of @class alive. Exact when nobody allocates meanwhile. */
uint64_t slab_live(const struct slab *s, enum object_class class);
/* Draw from @t's failure injector: true @permille times in a thousand. */
bool slab_injects_failure(struct task *t, struct slab *s, unsigned int permille);

/* The same two of @s, whatever its objects are. */
size_t slab_object_bytes(const struct slab *s, enum object_class class);
static inline size_t slab_object_words(const struct slab *s, enum object_class class);
/* Bytes of an object of @class, its life included. */
size_t object_bytes(enum object_class class);
/* Fields of it. */
size_t object_words(enum object_class class);

static inline size_t slab_object_words(const struct slab *s, enum object_class class)
{
	return unlikely(s->limits.object_bytes) ? s->limits.object_bytes / sizeof(struct word)
						: object_words(class);
}

#endif
