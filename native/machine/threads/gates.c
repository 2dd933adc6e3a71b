/* SPDX-License-Identifier: MIT */
/* Gates on threads: see gates.h. How a task waits at one stands in waits.c, with the watchdog. */
#include "gates.h"

#include "park.h"

uint64_t gate_step(struct task *t, struct word *w, word_change change, uint64_t by,
		   const struct site *site)
{
	uint64_t value, then;

	point(t, POINT_RMW, w, site);
	do {
		value = word_load(t, w);
		then = change(value, by);
	} while (then != value && word_replace(t, w, value, then) != value);
	if (value & GATE_SHUT && !(then & GATE_SHUT))
		unpark_all(w);
	return value;
}

/* Nobody leaves the world in between, so it is never held for long. */
void gates_begin(struct task *t, struct word *step, const struct site *site)
{
	point(t, POINT_RMW, step, site);
	for (unsigned int turn = 0; word_replace(t, step, 0, task_holder(t)) != 0; turn++)
		spin_turn(turn);
}

void gates_end(struct task *t, struct word *step)
{
	word_store(t, step, 0);
}

void gate_open(struct task *t, struct word *gate, uint64_t value)
{
	word_store(t, gate, value);
	unpark_all(gate);
}

void gate_close(struct task *t, struct word *gate)
{
	word_store(t, gate, GATE_CLOSED);
}
