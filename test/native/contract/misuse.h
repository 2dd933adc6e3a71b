/* SPDX-License-Identifier: MIT */
/* What is wrong with how a thread uses sync.h or heap.h, tried on each machine. */
#ifndef DMTORTURE_CONTRACT_MISUSE_H
#define DMTORTURE_CONTRACT_MISUSE_H

#include "heap.h"
#include "sync.h"

struct misused {
	struct machine machine;
	struct spinlock spin;
	struct mutex mutex;
	struct try_mutex tried;
	struct semaphore semaphore;
	struct condition condition;
	struct barrier barrier;
	struct once once;
	struct ending ending;
	struct word word;
	struct heap nodes, never_made;
	char memory[4096] __attribute__((aligned(HEAP_ALIGN)));
};

struct node {
	struct word next, value;
};

#define MESSAGE_BYTES 256

/* What came of thread 0 doing @misuse, while thread 1 does one step. */
struct met {
	bool faulted;
	uint32_t kind; /* of the first fault */
	char message[MESSAGE_BYTES];
};

/* Each machine has one of these. Memory is zero at first except for the
 * locks of machine.h and the heap. */
struct met misuse_run(void (*misuse)(struct misused *m, struct task *t));

static inline void misused_init(struct misused *m, const struct recorder *recorder)
{
	machine_init(&m->machine, recorder);
	spinlock_init(&m->spin, SPIN_TTAS);
	mutex_init(&m->mutex);
	heap_init(&m->nodes, sizeof(struct node), 3, 8, m->memory, sizeof(m->memory));
}

static inline void one_step(struct misused *m, struct task *t)
{
	point(t, POINT_RMW, &m->word, SITE("word++"));
	word_add(t, &m->word, 1);
}

#endif
