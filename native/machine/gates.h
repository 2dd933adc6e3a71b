/* SPDX-License-Identifier: MIT */
/*
 * What sync.c stands on, and each machine has in a gates.c of its own.
 *
 * A gate is a word that tasks wait at while any of its low 16 bits is set; the bits above them are
 * the owner's. On fibers a task at a gate waits as for a lock: searches cannot choose it before
 * the gate is open, and if no task is left that can open it, that is a deadlock.
 */
#ifndef DMTORTURE_GATES_H
#define DMTORTURE_GATES_H

#include "machine.h"

#define GATE_SHUT UINT64_C(0xffff)  /* any of these: shut */
#define GATE_CLOSED UINT64_C(0x100) /* shut, and by no task whose number it could hold */
#define GATE_SHIFT 16		    /* the owner's bits begin here */

/* Wait until @w is open, and change it in the same step. Returns the value before. */
uint64_t gate_take(struct task *t, struct word *w, word_change change, uint64_t by,
		   const struct site *site);
/* Change @w, open or shut, in a step of its own. Returns the value before. */
uint64_t gate_step(struct task *t, struct word *w, word_change change, uint64_t by,
		   const struct site *site);
/*
 * Between these, one step: the task alone changes the words that @step guards. No point, no fault
 * and no gate_take() in between.
 */
void gates_begin(struct task *t, struct word *step, const struct site *site);
void gates_end(struct task *t, struct word *step);
/* Within a step, or as the last thing that a task does: tasks that wait at @gate may go on. */
void gate_open(struct task *t, struct word *gate, uint64_t value);
/* Within a step: tasks that come to @gate from now on have to wait. */
void gate_close(struct task *t, struct word *gate);

#endif
