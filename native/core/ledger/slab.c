/* SPDX-License-Identifier: MIT */
#include "slab.h"

#include <string.h>

#define LINE 64
#define LIST_MAX 64   /* free objects of a class that a CPU keeps to itself */
#define LIST_MOVES 32 /* go to the depot, or come back, at once */

#define PADDED(bytes) ((sizeof(struct life) + (bytes) + LINE - 1) / LINE * LINE)

size_t object_bytes(enum object_class class)
{
	return PADDED(object_words(class) * sizeof(struct word));
}

size_t slab_object_bytes(const struct slab *s, enum object_class class)
{
	return s->limits.object_bytes ? PADDED(s->limits.object_bytes) : object_bytes(class);
}

static size_t cpu_bytes(const struct slab_limits *limits)
{
	return limits->cpus * sizeof(struct slab_cpu);
}

size_t slab_bytes(const struct slab_limits *limits)
{
	return cpu_bytes(limits) + limits->arena_bytes;
}

size_t slab_touched(const struct slab *s)
{
	return cpu_bytes(&s->limits) + word_peek(&s->next_chunk);
}

void slab_init(struct slab *s, const struct slab_limits *limits, void *memory, uint64_t seed)
{
	if (limits->arena_bytes < limits->cpus * limits->chunk_bytes + LINE)
		machine_bug("an arena of %zu bytes for %u chunks of %zu", limits->arena_bytes,
			    limits->cpus, limits->chunk_bytes);
	s->limits = *limits;
	s->cpu = memory;
	s->arena = (char *)memory + cpu_bytes(limits);
	memset(s->cpu, 0, cpu_bytes(limits));
	for (unsigned int i = 0; i < limits->cpus; i++) {
		struct slab_cpu *cpu = &s->cpu[i];

		/* Offset 0 means "none", so the first line stays unused. */
		word_store(NULL, &cpu->bump, LINE + i * limits->chunk_bytes);
		word_store(NULL, &cpu->bump_end, LINE + (i + 1) * limits->chunk_bytes);
		word_store(NULL, &cpu->luck, (seed + i) * 0x9e3779b97f4a7c15u | 1);
	}
	word_store(NULL, &s->next_chunk, LINE + limits->cpus * limits->chunk_bytes);
	spinlock_init(&s->depot_lock, 0);
	for (unsigned int class = 0; class < CLASS_COUNT; class ++)
		word_store(NULL, &s->depot[class], 0);
	word_store(NULL, &s->depot_count, 0);
}

void slab_extend(struct slab *s, void *memory, size_t bytes)
{
	uint64_t offset = (uintptr_t)memory - (uintptr_t)s->arena;

	word_store(NULL, &s->next_chunk, offset);
	s->limits.arena_bytes = offset + bytes;
}

static struct life *life_at(const struct slab *s, uint64_t offset)
{
	/* In numbers: an arena may have gone on elsewhere. */
	return (struct life *)((uintptr_t)s->arena + offset);
}

static void push(struct task *t, struct slab *s, struct word *head, struct life *life)
{
	word_store(t, &life->link, word_peek(head));
	word_store(t, head, (uintptr_t)life - (uintptr_t)s->arena);
}

static struct life *pop(struct task *t, struct slab *s, struct word *head)
{
	uint64_t offset = word_peek(head);

	if (!offset)
		return NULL;
	word_store(t, head, word_peek(&life_at(s, offset)->link));
	return life_at(s, offset);
}

/* Add @delta to a word that only @t writes. */
static void count(struct task *t, struct word *w, uint64_t delta)
{
	word_store(t, w, word_peek(w) + delta);
}

/* Move up to LIST_MOVES objects between a CPU's list and the depot. */
static void move(struct task *t, struct slab *s, struct word *from, struct word *to,
		 struct word *own_count, int direction)
{
	spin_lock(t, &s->depot_lock);
	for (unsigned int moved = 0; moved < LIST_MOVES; moved++) {
		struct life *life = pop(t, s, from);

		if (!life)
			break;
		push(t, s, to, life);
		count(t, own_count, (uint64_t)(int64_t)direction);
		count(t, &s->depot_count, (uint64_t)(int64_t)-direction);
	}
	spin_unlock(t, &s->depot_lock);
}

/* By a difference: where an arena went on below its beginning, offsets are near the last number. */
static bool has_chunk(const struct slab *s, uint64_t offset)
{
	return (int64_t)(s->limits.arena_bytes - offset) >= (int64_t)s->limits.chunk_bytes;
}

/* Fresh memory from the CPU's chunk, or from a new chunk. */
static struct life *bump(struct task *t, struct slab *s, struct slab_cpu *cpu, size_t bytes)
{
	uint64_t offset = word_peek(&cpu->bump);

	if (word_peek(&cpu->bump_end) - offset < bytes) {
		if (bytes > s->limits.chunk_bytes || !has_chunk(s, word_peek(&s->next_chunk)))
			return NULL;
		offset = word_add(t, &s->next_chunk, s->limits.chunk_bytes);
		if (!has_chunk(s, offset))
			return NULL;
		word_store(t, &cpu->bump_end, offset + s->limits.chunk_bytes);
	}
	word_store(t, &cpu->bump, offset + bytes);
	return life_at(s, offset);
}

struct life *slab_alloc(struct task *t, struct slab *s, enum object_class class)
{
	struct slab_cpu *cpu = &s->cpu[t->common.cpu];
	struct life *life = pop(t, s, &cpu->free[class]);

	if (unlikely(!life) && word_peek(&s->depot_count)) {
		move(t, s, &s->depot[class], &cpu->free[class], &cpu->free_count[class], 1);
		life = pop(t, s, &cpu->free[class]);
	}
	if (life) {
		count(t, &cpu->free_count[class], -(uint64_t)1);
	} else {
		life = bump(t, s, cpu, slab_object_bytes(s, class));
		if (!life)
			return NULL;
	}
	count(t, &cpu->born[class], 1);
	return life;
}

void slab_free(struct task *t, struct slab *s, enum object_class class, struct life *life)
{
	struct slab_cpu *cpu = &s->cpu[t->common.cpu];

	count(t, &cpu->died[class], 1);
	push(t, s, &cpu->free[class], life);
	count(t, &cpu->free_count[class], 1);
	if (unlikely(word_peek(&cpu->free_count[class]) > LIST_MAX))
		move(t, s, &cpu->free[class], &s->depot[class], &cpu->free_count[class], -1);
}
