/* SPDX-License-Identifier: MIT */
/* x86-TSO as searches see it: see memory.h. */
#include <stdlib.h>
#include <string.h>

#include "tso.h"

static uint32_t options(struct memory *memory, uint32_t cpu, uint16_t *option)
{
	const struct tso *m = tso_of(memory);
	const struct op *op = &memory->op[cpu];

	option[0] = 0;
	if (!is_buffered(op))
		return 1;
	/* A search of states has it go to memory by the next step. */
	if (m->buffer[cpu].count || memory->weak.at_once) {
		option[0] = OPTION_BUFFER;
		return 1;
	}
	option[1] = OPTION_BUFFER;
	return 2;
}

static uint32_t number_of(const struct memory *m, uint32_t cpu, uint16_t option)
{
	(void)m;
	(void)cpu;
	return option;
}

/* Nothing sleeps: what is left out of memory has no names. */
static uint32_t name_of(const struct memory *m, uint16_t option)
{
	(void)m;
	(void)option;
	return MEMORY_NAMES;
}

/* What goes into a buffer, its own thread alone can see. */
static bool runs_at_once(struct memory *memory, uint32_t cpu)
{
	return is_buffered(&memory->op[cpu]);
}

static bool dependent(const struct memory *m, uint32_t a, uint32_t b)
{
	(void)m;
	(void)a;
	(void)b;
	return true;
}

static bool spins(struct memory *memory, uint32_t cpu, uint64_t vain)
{
	const struct op *op = &memory->op[cpu];

	(void)vain;
	if (tso_weak_ops.flushes(&memory->weak))
		return false;
	return op->kind == OP_LOCK || ((op->kind == OP_AWAIT || op->kind == OP_TURN) &&
				       !tso_weak_ops.can_wake(&memory->weak, cpu));
}

static uint64_t hash_of(struct memory *memory)
{
	const struct tso *m = tso_of(memory);
	uint64_t hash = 0;

	for (uint32_t cpu = 0; cpu < memory->threads; cpu++) {
		const struct buffer *b = &m->buffer[cpu];

		hash = fibers_mix(hash, b->count);
		for (uint32_t i = 0; i < b->count; i++) {
			hash = fibers_mix(hash, (uint64_t)(b->entry[i].word - word_at(m, 0)));
			hash = fibers_mix(hash,
					  fibers_anywhere(&memory->fibers->hot, b->entry[i].value));
		}
	}
	return hash;
}

static size_t bytes_of(const struct memory *memory)
{
	const struct tso *m = tso_of(memory);
	size_t bytes = memory->threads * (sizeof(memory->op[0]) + sizeof(uint32_t));

	for (uint32_t cpu = 0; cpu < memory->threads; cpu++)
		bytes += m->buffer[cpu].count * sizeof(struct entry);
	return (bytes + 63) / 64 * 64;
}

static void save(const struct memory *memory, void *where)
{
	const struct tso *m = tso_of(memory);
	char *to = where;

	memcpy(to, memory->op, memory->threads * sizeof(memory->op[0]));
	to += memory->threads * sizeof(memory->op[0]);
	for (uint32_t cpu = 0; cpu < memory->threads; cpu++) {
		const struct buffer *b = &m->buffer[cpu];

		memcpy(to, &b->count, sizeof(b->count));
		memcpy(to + sizeof(b->count), b->entry, b->count * sizeof(b->entry[0]));
		to += sizeof(b->count) + b->count * sizeof(b->entry[0]);
	}
}

static void restore(struct memory *memory, const void *where)
{
	struct tso *m = tso_of(memory);
	const char *from = where;

	memcpy(memory->op, from, memory->threads * sizeof(memory->op[0]));
	from += memory->threads * sizeof(memory->op[0]);
	for (uint32_t cpu = 0; cpu < memory->threads; cpu++) {
		struct buffer *b = &m->buffer[cpu];

		memcpy(&b->count, from, sizeof(b->count));
		memcpy(b->entry, from + sizeof(b->count), b->count * sizeof(b->entry[0]));
		from += sizeof(b->count) + b->count * sizeof(b->entry[0]);
	}
	m->lent.word = m->stored = NULL;
}

static void tso_free(struct memory *memory)
{
	free(tso_of(memory));
}

static const struct memory_ops ops = {
	.options = options,
	.number = number_of,
	.name = name_of,
	.runs_at_once = runs_at_once,
	.dependent = dependent,
	.spins = spins,
	.hash = hash_of,
	.bytes = bytes_of,
	.save = save,
	.restore = restore,
	.free = tso_free,
};

struct memory *tso_new(struct fibers *f)
{
	struct tso *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->memory.ops = &ops;
	m->memory.weak.ops = &tso_weak_ops;
	/* A program that begins more is refused where it does. */
	m->memory.threads = f->cpus - 1 < FLUSH_THREADS ? f->cpus - 1 : FLUSH_THREADS;
	m->memory.fibers = f;
	return &m->memory;
}
