/* SPDX-License-Identifier: MIT */
/*
 * Where a memory model that is weaker than sequential consistency stands in for the order of all
 * accesses. A word holds its newest value in place, so that checks, the log and the hash of memory
 * are as always. While a task does an access that reads an older value, that one stands in the
 * word, until the task has observed it or comes to its next point.
 *
 * An access is announced, waits until its task is chosen, and is performed: then an option decides
 * what it reads, or where what it writes lands. Some commute with all that others do, so that a
 * search may have them run at once, as steps of their own, without asking which thread goes on.
 */
#ifndef DMTORTURE_WEAK_H
#define DMTORTURE_WEAK_H

#include "machine.h"

struct weak;

/* Choices from this one on, one a CPU: a store goes from its buffer to memory. */
#define FLUSH_FIRST 8
#define FLUSH_THREADS 8	 /* the most that a model with buffers has */
#define FLUSH_ENTRIES 64 /* of one buffer */

/* What is known of an access before it is announced: what its caller said. */
enum weak_says {
	WEAK_EXPECTS = 1, /* a compare-and-swap that writes only over `expected` */
	WEAK_PARTLY = 2,
	WEAK_NEWEST = 4,
	WEAK_TURN = 8,	  /* an await that ends a turn of a spin loop */
	WEAK_SLEEPS = 16, /* futex_wait() */
	WEAK_WAKES = 32,  /* the read-modify-write of futex_wake() */
	WEAK_LANDS = 128, /* a write that no buffer holds back */
	WEAK_KERNEL = 64, /* its site belongs to the kernel, not to the program */
	WEAK_ROUND = 256, /* it waits where a loop goes round: no CPU does anything for that */
};

/* @w is a word, @write the number of a write to it. */
typedef void (*weak_see_fn)(void *context, const struct word *w, uint32_t write, bool is_newest);

struct weak_ops {
	/* An execution begins: memory is what it was at the beginning. */
	void (*begin)(struct weak *weak);
	/* @child's task begins where @parent's stands. */
	void (*spawned)(struct weak *weak, uint32_t parent, uint32_t child);
	/* Put the newest value back where an older one stands. */
	void (*settle)(struct weak *weak);
	/* @t is about to do @access to @w. Returns whether it may run at once. */
	bool (*announce)(struct weak *weak, struct task *t, const struct word *w,
			 const struct access *access);
	/* @t does what it announced, by the option of this step. Faults: data-race. */
	void (*perform)(struct weak *weak, struct task *t);
	/*
	 * @t stores @value. Returns whether it goes to memory now: it is the newest value. Context:
	 * any store, also of words that are not announced.
	 */
	bool (*store)(struct weak *weak, struct task *t, struct word *w, uint64_t value);
	/* The read-modify-write of @t failed, or wrote what it had read. */
	void (*wrote_nothing)(struct weak *weak, struct task *t);
	/* Writes what it has read. Returns false where it failed: then it was a read. */
	bool (*wrote_the_same)(struct weak *weak, struct task *t);
	/*
	 * *@w holds @value, of which no access has said anything. Where it has been accessed, all
	 * threads come after that.
	 */
	void (*fill)(struct weak *weak, struct task *t, struct word *w, uint64_t value);
	/*
	 * @t is going to read the same of *@w again, in vain: have it read on behind that. Returns
	 * false where nothing newer is there to be read.
	 */
	bool (*pass_over)(struct weak *weak, struct task *t, const struct word *w);
	/* A fence that is not seq_cst. */
	void (*fence)(struct weak *weak, struct task *t, enum word_order order,
		      const struct site *site);
	/* Whether the word that @cpu awaits has another value for it. */
	bool (*can_wake)(struct weak *weak, uint32_t cpu);
	/*
	 * @t has come round a loop. Returns whether the turn did nothing but read, so that it may
	 * be undone: then the caller gives up control, and does not come back.
	 */
	bool (*turned)(struct weak *weak, struct task *t);
	/*
	 * Whether @t has learned of other values than it knew of since it asked last. NULL: nothing
	 * of that is kept.
	 */
	bool (*has_news)(struct weak *weak, struct task *t);
	/*
	 * Call @see for each write that somebody can still read, of each word that is accessed, in
	 * an order that depends on the state alone; and for each word's newest with is_newest,
	 * which is 0 where nobody has written yet. NULL: the model has no such writes.
	 */
	void (*readable)(struct weak *weak, weak_see_fn see, void *context);
	/* The CPUs whose oldest store may go to memory, as bits of a choice of threads. */
	uint32_t (*flushes)(struct weak *weak);
	/* ... and the one of choice @chosen does. */
	void (*flush)(struct weak *weak, uint32_t chosen);
	/* Entry @at of @cpu's buffer, 0 being the oldest, is forgotten. NULL: no buffers. */
	void (*drop)(struct weak *weak, uint32_t cpu, uint32_t at);
};

/*
 * What travels with writes beside what the model needs: a clock of somebody else's. He keeps what
 * he wants by the number of the write, which is below 65536, from 1, and is given out again in the
 * next execution; 0 stands for what was there at the beginning. Called under RC11, each after the
 * model has done its own; orders are those that count, with what a plan put in. Set
 * fibers.carrier to one before the first execution.
 *
 * What @cpu acquires is what the write released: `made` keeps the task's clock for @write where
 * @order releases, else what it was at its last release fence, and in both cases what @from has,
 * the write that a read-modify-write read (0: none). `read` joins that to the task's where @order
 * acquires, and else keeps it for its next acquire fence. `fence`: of acquire order takes what is
 * kept, of release order keeps the clock for relaxed writes to come; ORDER_ACQ_REL and
 * ORDER_SEQ_CST do both. Locks, gates and awaits come as a read and a write.
 *
 * Under x86-TSO, and there alone: `waits` where a store of @cpu to @w goes into the buffer,
 * `landed` where the oldest of them has come to memory. A store that goes to memory at once calls
 * neither.
 */
struct weak_carrier {
	void (*made)(void *context, uint32_t cpu, uint32_t write, uint32_t from,
		     enum word_order order);
	void (*read)(void *context, uint32_t cpu, uint32_t write, enum word_order order);
	void (*fence)(void *context, uint32_t cpu, enum word_order order);
	void (*waits)(void *context, uint32_t cpu, struct word *w, uint64_t value);
	void (*landed)(void *context, uint32_t cpu, struct word *w, uint64_t value);
	void *context;
};

/* The part of a memory model that the machine sees. */
struct weak {
	const struct weak_ops *ops;
	struct fibers *fibers;
	/* Of the next access of the task that runs. */
	uint32_t says; /* enum weak_says */
	uint64_t expected;
	/* Of a compare-and-swap that fails; ORDER_NONE: what its order has for loads. */
	enum word_order failure;
	uint32_t news; /* of tasks, by bit: see has_news */
	bool at_once;  /* a search runs, and what may runs at once */
	bool undoes;   /* ... and turns of loops that only read are undone */
	bool undone;   /* the turn that ran last is to be */
};

/*
 * futex_wait(): sleep if @w is @seen, by setting @bit of @sleepers, the word behind it. Returns
 * whether @t sleeps. One step: under the lock of the kernel's queue, behind a full fence. Context:
 * there is a weak memory model.
 */
bool fibers_sleep(struct task *t, struct word *w, struct word *sleepers, uint64_t seen,
		  uint64_t bit, const struct site *site);
/*
 * A turn of a loop that saw @seen in *@w: wait until it is something else. Returns false when
 * nobody is left that could change it. A search may undo the turn in place of waiting, where it
 * only read: then this does not return.
 */
bool fibers_turn(struct task *t, const struct word *w, uint64_t seen, const struct site *site);
/*
 * Nothing is left of what @t has seen but @digest: it begins another round. Two states that differ
 * in more than that are not told apart from then on. Context: a thread, not within a step that goes
 * on; all that its local variables hold follows from @digest.
 */
void fibers_new_round(struct task *t, uint64_t digest);

#endif
