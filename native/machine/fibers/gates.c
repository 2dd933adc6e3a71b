/* SPDX-License-Identifier: MIT */
/* Gates as a model: see gates.h. */
#include "gates.h"

#include "choice.h"

static const struct site opens = {.func = "gate",
				  .text = "opens: a thread that waits here may go on"};

/* In a random walk, a thread that changes a word keeps the set of threads that wait for it. */
void fibers_look_again(struct task *t)
{
	struct fibers *f = t->fibers;
	uint32_t blocked = f->blocked;

	for (uint32_t left = f->waiting; left; left &= left - 1) {
		uint32_t cpu = (uint32_t)__builtin_ctz(left);

		if (lock_is_free(f->next[cpu].kind, f->next_word[cpu]))
			f->blocked &= ~(1u << cpu);
		else
			f->blocked |= 1u << cpu;
	}
	if (f->blocked != blocked)
		fibers_replan(f);
}

uint64_t gate_take(struct task *t, struct word *w, word_change change, uint64_t by,
		   const struct site *site)
{
	uint64_t value;

	point(t, POINT_LOCK, w, site);
	value = word_load(t, w);
	word_store(t, w, change(value, by));
	fibers_look_again(t);
	return value;
}

uint64_t gate_step(struct task *t, struct word *w, word_change change, uint64_t by,
		   const struct site *site)
{
	uint64_t value, then;

	weak_reads_newest(t);
	point(t, POINT_RMW, w, site);
	value = word_load(t, w);
	then = change(value, by);
	if (then == value)
		point_wrote_nothing(t);
	else if (value & GATE_SHUT && !(then & GATE_SHUT))
		gate_open(t, w, then);
	else
		word_store(t, w, then);
	fibers_look_again(t);
	return value;
}

void gates_begin(struct task *t, struct word *step, const struct site *site)
{
	weak_reads_newest(t);
	point(t, POINT_RMW, step, site);
}

void gates_end(struct task *t, struct word *step)
{
	(void)t;
	(void)step;
}

void gate_open(struct task *t, struct word *gate, uint64_t value)
{
	word_store(t, gate, value);
	point(t, POINT_UNLOCK, gate, &opens);
}

void gate_close(struct task *t, struct word *gate)
{
	word_store(t, gate, GATE_CLOSED);
}
