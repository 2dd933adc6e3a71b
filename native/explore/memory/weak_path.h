/* SPDX-License-Identifier: MIT */
/* The path of a stateful search of a weak memory model: what is kept to come back along it. */
#ifndef DMTORTURE_WEAK_PATH_H
#define DMTORTURE_WEAK_PATH_H

#include "memory.h"
#include "search.h"

#define NO_THREAD UINT32_MAX

/* A state on the path, and what is left to be done from it. */
struct weak_frame {
	struct undo *mark;
	uint64_t memory_hash;
	uint32_t running, blocked, dead, born, current, length, steps, faults;
	uint32_t enabled;
	uint32_t only;	       /* the thread that runs at once; NO_THREAD: none */
	uint32_t turn;	       /* of threads, from `first` on */
	uint32_t first, index; /* index: of the options of the thread whose turn it is */
	bool moved, ends;
	size_t save, save_end; /* of the model's state */
	/* Of the last step. */
	uint32_t cpu;
	struct access next;
	const struct word *next_word;
	uint64_t await_old;
	void *at; /* its stack, and where its copy begins */
	size_t copy;
	/* By thread, masks of names: what need not be taken, what is vain, what was taken here. */
	uint64_t asleep[FIBERS_MAX], vain[FIBERS_MAX], done[FIBERS_MAX];
};

struct weak_states {
	struct search *s;
	struct memory *m;
	struct fibers *f;
	struct hashset seen;
	bool by_executions; /* all of them: what was seen before is gone through again */
	struct weak_frame *frame;
	uint64_t steps;
	char *saves;
	size_t save_at, save_capacity;
	uint32_t moved; /* a mask: a copy is to be put back before the next step */
	size_t moved_copy[FIBERS_MAX];
	void *moved_at[FIBERS_MAX];
};

/*
 * Copy @cpu's fiber behind what is saved; *@at and *@copy get where it stood and where that is.
 * Returns 0 or -ENOMEM.
 */
int path_copy_fiber(struct weak_states *states, uint32_t cpu, void **at, size_t *copy);
/* @cpu's fiber is to be put back before the next step. */
void path_has_moved(struct weak_states *states, uint32_t cpu, void *at, size_t copy);
void path_put_fibers_back(struct weak_states *states);
/* The execution has come to @frame. Returns 0 or -ENOMEM. */
int path_keep(struct weak_states *states, struct weak_frame *frame);
/* Take the step of @cpu from @frame that is @option. Returns 0 or -ENOMEM. */
int path_step(struct weak_states *states, struct weak_frame *frame, uint32_t cpu, uint16_t option);
/* Undo the step from @frame. */
void path_go_back(struct weak_states *states, struct weak_frame *frame);
/* Back to @frame, except for fibers that have moved. */
void path_back_to(struct weak_states *states, struct weak_frame *frame);

/* What tells the state apart from others. */
uint64_t weak_state_hash(const struct weak_states *states);

#endif
