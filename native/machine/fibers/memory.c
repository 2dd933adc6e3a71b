/* SPDX-License-Identifier: MIT */
/*
 * How a model's memory is put back to what it was when an execution began, in one of two ways.
 *
 * By lines: the first store to a line, of all executions, keeps what the line held; it is known
 * from then on. Going back copies all known lines. A scenario stores to about twenty of them.
 *
 * By the log: every change of a word is kept. That is for searches that go back to the middle of
 * an execution. Values for traces and hashes of memory are kept beside it. No line is known then,
 * so that every store comes by here.
 */
#include <stdlib.h>

#include "arrays.h"
#include "doubt.h"
#include "weak.h"

bool fibers_attach(struct fibers *f, void *memory, size_t bytes)
{
	f->hot.memory = memory;
	f->hot.memory_bytes = bytes;
	f->lines = (bytes + FIBERS_LINE - 1) / FIBERS_LINE;
	/* What is never touched costs nothing. */
	f->known = array_new(f->lines + 1, 1, 1);
	f->known_at = array_new(f->lines + 1, 1, sizeof(*f->known_at));
	f->pristine = aligned_alloc(FIBERS_LINE, (f->lines + 1) * FIBERS_LINE);
	f->hot.logging = true;
	f->hot.known = (uintptr_t)f->known - (uintptr_t)memory / FIBERS_LINE;
	return f->known && f->known_at && f->pristine;
}

void fibers_begin_here(struct fibers *f)
{
	f->hot.undo = f->undo_first;
}

void fibers_undo(struct fibers *f, struct undo *mark)
{
	struct undo *undo = f->hot.undo;

	while (undo != mark) {
		undo--;
		undo->word->value = undo->value;
	}
	f->hot.undo = mark;
}

static void copy_lines_back(struct fibers *f)
{
	char *memory = (char *)f->hot.memory;
	const char *pristine = f->pristine;

	for (const size_t *at = f->known_at, *end = at + f->known_lines; at < end; at++)
		memcpy(memory + *at, pristine + *at, FIBERS_LINE);
}

static void forget_lines(struct fibers *f)
{
	for (uint32_t i = 0; i < f->known_lines; i++)
		f->known[f->known_at[i] / FIBERS_LINE] = 0;
	f->forgotten += f->known_lines != 0;
	f->known_lines = 0;
}

void fibers_put_back(struct fibers *f)
{
	fibers_undo(f, f->undo_first);
	copy_lines_back(f);
	f->hot.memory_hash = 0;
	f->hot.logging = f->marks || f->hot.noting;
	if (unlikely(f->hot.logging))
		forget_lines(f);
}

static void learn(struct fibers *f, uint64_t line)
{
	size_t at = line * FIBERS_LINE;

	memcpy(f->pristine + at, f->hot.memory + at, FIBERS_LINE);
	f->known[line] = 1;
	f->known_at[f->known_lines++] = at;
}

static __always_inline void note_change(struct task *t, const struct word *w, uint64_t old,
					uint64_t value)
{
	struct fibers_hot *f = fibers_hot(t);

	if (f->hashing) {
		uint64_t place = (uint64_t)((const char *)w - f->memory);

		f->memory_hash ^= fibers_zobrist(place, fibers_anywhere(f, old)) ^
				  fibers_zobrist(place, fibers_anywhere(f, value));
	}
	if (unlikely(f->watching))
		fibers_watch_write(t, w, old, value);
}

/* @value is the newest that @w holds. */
static __always_inline void store_newest(struct task *t, struct word *w, uint64_t value)
{
	struct fibers_hot *f = fibers_hot(t);
	uint64_t old = w->value;

	if (!f->logging) {
		learn(t->fibers, (uint64_t)((const char *)w - f->memory) / FIBERS_LINE);
	} else if (old != value) {
		if (unlikely(f->undo == f->undo_end))
			fibers_refuse(t, "cpu%u changes more than %d words in one step",
				      t->common.cpu + 1, UNDO_RESERVE);
		*f->undo++ = (struct undo){w, old};
	}
	if (f->noting)
		note_change(t, w, old, value);
	w->value = value;
}

/* A call that sequential consistency does not pay for. */
static __attribute__((noinline)) void store_weakly(struct task *t, struct word *w, uint64_t value)
{
	struct weak *weak = fibers_hot(t)->weak;

	if (weak->ops->store(weak, t, w, value))
		store_newest(t, w, value);
}

void fibers_store(struct task *t, struct word *w, uint64_t value)
{
	struct fibers_hot *f = fibers_hot(t);
	uint64_t line = (uint64_t)((const char *)w - f->memory) / FIBERS_LINE;

	if (unlikely(line >= t->fibers->lines))
		fibers_refuse(t, "cpu%u stores to a word outside of the model's memory",
			      t->common.cpu + 1);
	if (unlikely(f->mode == FIBERS_WEAK))
		store_weakly(t, w, value);
	else
		store_newest(t, w, value);
}

void fibers_settle(struct task *t, struct word *w, uint64_t value)
{
	struct fibers_hot *f = fibers_hot(t);
	uint32_t noting = f->noting;
	uint8_t mode = f->mode;

	if (unlikely(mode == FIBERS_WEAK))
		f->weak->ops->fill(f->weak, t, w, value);
	f->noting = 0;
	f->mode = FIBERS_RECORD;
	word_store(t, w, value);
	f->noting = noting;
	f->mode = mode;
}

static inline void note_read(struct task *t, uint64_t value)
{
	struct fibers_hot *f = fibers_hot(t);

	if (f->hashing)
		t->history = fibers_mix(t->history, fibers_anywhere(f, value));
	if (unlikely(t->fibers->doubt != NULL))
		t->fibers->doubt->thread[t->common.cpu].observed = true;
	if (unlikely(f->watching))
		fibers_watch_read(t, value);
}

static __attribute__((noinline)) void note_read_weakly(struct task *t, uint64_t value)
{
	struct weak *weak = fibers_hot(t)->weak;

	weak->ops->settle(weak);
	note_read(t, value);
}

void fibers_note_read(struct task *t, uint64_t value)
{
	if (unlikely(fibers_hot(t)->weakly))
		note_read_weakly(t, value);
	else
		note_read(t, value);
}
