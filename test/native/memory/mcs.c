/* SPDX-License-Identifier: MIT */
/* Queue locks as they were shipped, with the order that was missing. */
#include "twins.h"

/*
 * The MCS lock. DPDK's had two orders too weak: the store that links a node to the one before it
 * (until 2020), and the load of the link when the lock is handed on (until October 2025). The first
 * store of `locked` may then come behind the one that ends the wait.
 */
void mcs(struct shared *p, struct task *t, uint32_t cpu)
{
	uint64_t before, after;

	word_write(t, &p->next[cpu], 0, AT(ORDER_RELAXED, "me->next = NULL"));
	word_write(t, &p->flag[cpu], 1, AT(ORDER_RELAXED, "me->locked = 1"));
	before = word_update(t, &p->x, exchanged, cpu + 1, AT(ORDER_ACQ_REL, "swap(tail, me)"));
	if (before) {
		word_write(t, &p->next[before - 1], cpu + 1, AT(ORDER_RELEASE, "prev->next = me"));
		while (word_read(t, &p->flag[cpu], AT(ORDER_ACQUIRE, "me->locked")))
			WAIT(&p->flag[cpu], 1);
	}
	count(p, t, cpu);
	after = word_read(t, &p->next[cpu], AT(ORDER_ACQUIRE, "me->next"));
	if (!after) {
		if (word_cas(t, &p->x, cpu + 1, 0, AT(ORDER_RELEASE, "cas(tail, me, NULL)")) ==
		    cpu + 1)
			return;
		while (!(after = word_read(t, &p->next[cpu], AT(ORDER_ACQUIRE, "me->next again"))))
			WAIT(&p->next[cpu], 0);
	}
	word_write(t, &p->flag[after - 1], 0, AT(ORDER_RELEASE, "next->locked = 0"));
}

/*
 * Linux's qspinlock in small, before 95bcade33a8a: the queue orders nothing but its nodes, and the
 * word is taken with acquire.
 */
void qspinlock(struct shared *p, struct task *t, uint32_t cpu)
{
	uint64_t before, after;

	word_write(t, &p->next[cpu], 0, AT(ORDER_RELAXED, "node->next = NULL"));
	word_write(t, &p->flag[cpu], 1, AT(ORDER_RELAXED, "node->locked = 0"));
	before = word_update(t, &p->x, exchanged, cpu + 1, AT(ORDER_ACQ_REL, "xchg_tail"));
	if (before) {
		word_write(t, &p->next[before - 1], cpu + 1,
			   AT(ORDER_RELEASE, "prev->next = node"));
		while (word_read(t, &p->flag[cpu], AT(ORDER_ACQUIRE, "node->locked")))
			WAIT(&p->flag[cpu], 1);
	}
	while (word_cas(t, &p->y, 0, 1, AT(ORDER_ACQUIRE, "cas(word, 0, LOCKED)")))
		WAIT(&p->y, 1);
	if (word_cas(t, &p->x, cpu + 1, 0, AT(ORDER_RELAXED, "cas(tail, me, 0)")) != cpu + 1) {
		while (!(after = word_read(t, &p->next[cpu], AT(ORDER_ACQUIRE, "node->next"))))
			WAIT(&p->next[cpu], 0);
		word_write(t, &p->flag[after - 1], 0, AT(ORDER_RELEASE, "next->locked = 1"));
	}
	count(p, t, cpu);
	word_write(t, &p->y, 0, AT(ORDER_RELEASE, "word = 0"));
}
