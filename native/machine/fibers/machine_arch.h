/* SPDX-License-Identifier: MIT */
/*
 * The machine as a model: every task is a fiber of one OS thread, every point a place where
 * another fiber may go on. See machine.h for what each function promises.
 *
 * A release (unlock) is not a scheduling point: it commutes with whatever others could do before
 * it, since they are disabled while the lock is held. It is recorded all the same.
 *
 * A world is put back by copying the lines of memory that any execution has stored to so far; where
 * a search goes back step by step, or wants to know values, every change is logged. See memory.c.
 */
#ifndef DMTORTURE_FIBERS_MACHINE_ARCH_H
#define DMTORTURE_FIBERS_MACHINE_ARCH_H

#include <string.h>

#define FIBERS_MAX (MODEL_THREADS + 1) /* tasks of one model, the closer's included */
#define FIBERS_LINE 64		       /* bytes: a model's memory is put back line by line */

struct word {
	uint64_t value;
};

enum spin_kind {
	SPIN_TTAS,   /* excludes; how it waits is of no interest to the model */
	SPIN_BROKEN, /* excludes nobody: the control that must be caught */
};

/* 0 when free, else the holder's cpu + 1. */
struct spinlock {
	struct word holder;
	unsigned int kind;
};

/* See sleeping.h. */
struct rwsem {
	struct word state;
};

struct mutex {
	struct rwsem sem;
};

/* What goes on after enum point_kind in the accesses of a trace. */
enum access_kind {
	ACCESS_LOCK_SHARED = POINT_STOP + 1, /* down_read() */
	ACCESS_UNLOCK_SHARED,
	ACCESS_GIVE_UP, /* an await that ended because nobody is left to change its word */
	ACCESS_ARRIVE,	/* down_write(), pending: it takes a lock that nobody holds, or queues */
	ACCESS_QUEUE,	/* ... executed: it queued, and readers do not pass it any more */
	ACCESS_FENCE, /* a seq_cst one, to no words; not in a model that is sequentially consistent
		       */
	ACCESS_KINDS
};

#define ACCESS_WORDS_BITS 24
#define ACCESS_WORDS_MAX ((1u << ACCESS_WORDS_BITS) - 1) /* of one access: 128 MiB */

/* One access, pending or executed. */
struct access {
	const struct site *site;
	uint32_t place; /* number of its first word in the model's memory */
	uint32_t words : ACCESS_WORDS_BITS;
	uint32_t kind : 4; /* enum point_kind or enum access_kind */
	uint32_t cpu : 4;
};

/* The closer's accesses are in no trace. */
_Static_assert(ACCESS_KINDS <= 16 && MODEL_THREADS <= 16, "an access has four bits for each");

struct undo {
	struct word *word;
	uint64_t value; /* before the change */
};

struct fibers;

struct fibers_listener;

/* Called for an access of one kind to @words words from @w on, when it is executed. */
typedef void (*fibers_listener_fn)(struct fibers_listener *listener, const struct word *w,
				   const struct site *site, size_t words);

/* Functions that are called for a task's accesses; the first member of what they need. */
struct fibers_listener {
	fibers_listener_fn executed[ACCESS_KINDS];
	/* The last read-modify-write wrote nothing. */
	void (*wrote_nothing)(struct fibers_listener *listener);
	/* Its task has begun @child's. */
	void (*spawned)(struct fibers_listener *listener, struct fibers_listener *child);
};

struct task {
	struct task_common common;
	struct fibers *fibers;
	struct fibers_listener *listener; /* NULL: nobody */
	size_t words;			  /* of its next access: 1, but in point_range() */
	enum word_order order;		  /* of its next access; see word_point() */
	uint64_t history;		  /* hash of everything this task has seen */
	/*
	 * What of that an outcome still reads when the task stops at a fault, as a hash that the
	 * model keeps; 0: it may read anything.
	 */
	uint64_t results;
};

struct machine {
	struct recorder recorder;
	struct fibers *fibers; /* set by the engine before the first task_init() */
};

/*
 * What @t does at an access to @w, or to t->words words from there on: it lets others go on first.
 * At a release, which comes after the store, it only notes which threads may go on again. Awaits
 * have none: see fibers_await().
 */
typedef void (*fibers_access_fn)(struct task *t, const struct word *w, const struct site *site);

/* What the inline functions need of struct fibers; it begins with this. */
struct fibers_hot {
	const char *memory; /* where the model's words begin */
	/*
	 * By address / FIBERS_LINE, 1: a store there needs nothing more, the line will be put back.
	 * An integer, since that of address 0 would lie outside of what is allocated.
	 */
	uintptr_t known;
	const fibers_access_fn *access; /* by kind, of this mode */
	uint8_t mode;			/* enum fibers_mode */
	union {
		struct {
			bool hashing;  /* keep memory_hash and histories */
			bool watching; /* keep the values read and written */
			bool weakly;   /* there is a `weak` */
			bool unused;
		};
		uint32_t noting; /* any of these */
	};
	bool logging; /* changes of words go to the log, and no line is known */
	bool run_on;  /* a fault stops its task only, or where a CPU would not notice it, nobody */
	struct undo *undo, *undo_end;
	struct undo *undo_stop; /* where no step may begin any more */
	struct weak *weak;	/* a memory model that is weaker; NULL: sequentially consistent */
	uint64_t memory_hash;	/* of the words that differ from the beginning */
	uint64_t memory_bytes;
};

enum fibers_mode {
	FIBERS_RECORD, /* every access is announced, and goes to the trace */
	FIBERS_WEAK,   /* the same, and `weak` says what it sees and where it lands */
	FIBERS_WALK,   /* a uniformly random walk: the next thread is drawn by luck alone */
	FIBERS_LISTEN, /* the same, and every task has a listener */
	FIBERS_ALONE,  /* no scheduling: setting up, closing */
	FIBERS_MODES
};

/* What does not fit inline, in points.c. */
bool fibers_await(struct task *t, const struct word *w, uint64_t old, const struct site *site);
void fibers_wrote_nothing(struct task *t);
/* A read-modify-write wrote what it had read: in a weak model that is a write. */
void fibers_wrote_the_same(struct task *t);
void fibers_saw_note(struct task *t, enum note_id id);
void fibers_note_read(struct task *t, uint64_t value);
/* Store where the line is not known, and do what else there is to do. */
void fibers_store(struct task *t, struct word *w, uint64_t value);
/*
 * Have @w hold @value, which it held all along: no sighting has it, and no hash. It is put back as
 * any store is.
 */
void fibers_settle(struct task *t, struct word *w, uint64_t value);
/* @t has arrived at a rwsem that is held: it queues, and returns when it is its turn. */
void fibers_queue(struct task *t, struct word *state, const struct site *site);
/* @t has taken a lock that excludes nobody. Faults: lock-misuse, if somebody else holds it. */
void fibers_intrude(struct task *t, const struct word *holder, const struct site *site);

static inline struct fibers_hot *fibers_hot(const struct task *t)
{
	return (struct fibers_hot *)t->fibers;
}

/* Not symmetric: the order of the two must show. */
static inline uint64_t fibers_mix(uint64_t hash, uint64_t value)
{
	hash += UINT64_C(0xd6e8feb86659fd93);
	hash = ((hash << 25 | hash >> 39) ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

/* Hash of one word's value; xor of these over all words is the hash of a memory (Zobrist). */
static inline uint64_t fibers_zobrist(uint64_t place, uint64_t value)
{
	uint64_t hash = (value + 1) * UINT64_C(0x9e3779b97f4a7c15) +
			(place + 1) * UINT64_C(0xd6e8feb86659fd93);

	hash = (hash ^ hash >> 32) * UINT64_C(0xd6e8feb86659fd93);
	return hash ^ hash >> 32;
}

/* @value, or where it is a pointer into the model's memory, what it is in any process. */
static inline uint64_t fibers_anywhere(const struct fibers_hot *f, uint64_t value)
{
	const uint64_t address = (UINT64_C(1) << 48) - 1;
	uint64_t offset = (value & address) - (uintptr_t)f->memory;

	return offset < f->memory_bytes ? (value & ~address) ^ ~offset : value;
}

#include "weak_words.h"

#include "bare_words.h"

static inline uint64_t observe(struct task *t, uint64_t value)
{
	if (unlikely(fibers_hot(t)->noting))
		fibers_note_read(t, value);
	return value;
}

static inline void point(struct task *t, enum point_kind kind, const struct word *w,
			 const struct site *site)
{
	fibers_hot(t)->access[kind](t, w, site);
}

static inline void point_range(struct task *t, enum point_kind kind, const struct word *w,
			       size_t words, const struct site *site)
{
	t->words = words;
	point(t, kind, w, site);
	t->words = 1;
}

static inline void point_wrote_nothing(struct task *t)
{
	if (fibers_hot(t)->mode <= FIBERS_WEAK || t->listener)
		fibers_wrote_nothing(t);
}

static inline void word_point(struct task *t, enum point_kind kind, const struct word *w,
			      enum word_order order, const struct site *site)
{
	t->order = order;
	point(t, kind, w, site);
}

#include "ordered_words.h"

static inline uint64_t task_holder(const struct task *t)
{
	return t->common.cpu + 1;
}

static inline void spin_lock_at(struct task *t, struct spinlock *l, const struct site *site)
{
	if (unlikely(l->kind == SPIN_TTAS && word_peek(&l->holder) == task_holder(t)))
		oops(t, LOCK_MISUSE, site, "cpu%u takes a lock that it holds", t->common.cpu + 1);
	point(t, l->kind == SPIN_TTAS ? POINT_LOCK : POINT_RMW, &l->holder, site);
	if (unlikely(l->kind != SPIN_TTAS))
		fibers_intrude(t, &l->holder, site);
	t->common.spin_depth++;
	word_store(t, &l->holder, task_holder(t));
}

static inline void spin_unlock_at(struct task *t, struct spinlock *l, const struct site *site)
{
	if (unlikely(word_peek(&l->holder) != task_holder(t)))
		oops(t, LOCK_MISUSE, site, "released by cpu%u, which does not hold it",
		     t->common.cpu + 1);
	/* Of a lock that excludes nobody the release is a write like any other. */
	if (unlikely(l->kind != SPIN_TTAS))
		point(t, POINT_WRITE, &l->holder, site);
	t->common.spin_depth--;
	word_store(t, &l->holder, 0);
	if (likely(l->kind == SPIN_TTAS))
		point(t, POINT_UNLOCK, &l->holder, site);
}

static inline bool spin_held(const struct task *t, const struct spinlock *l)
{
	return word_peek(&l->holder) == task_holder(t);
}

static inline struct word *spin_word(struct spinlock *l)
{
	return &l->holder;
}

#include "sleeping.h"

static inline void rwsem_check_recursion(struct task *t, const struct rwsem *l,
					 const struct site *site)
{
	if (unlikely((word_peek(&l->state) & RWSEM_WRITER) == rwsem_writer(t)))
		oops(t, LOCK_MISUSE, site, "cpu%u takes a lock that it holds", t->common.cpu + 1);
}

static inline void access_shared(struct task *t, enum access_kind kind, const struct rwsem *l,
				 const struct site *site)
{
	fibers_hot(t)->access[kind](t, &l->state, site);
}

static inline void down_read_at(struct task *t, struct rwsem *l, const struct site *site)
{
	might_sleep_at(t, site);
	rwsem_check_recursion(t, l, site);
	access_shared(t, ACCESS_LOCK_SHARED, l, site);
	t->common.read_depth++;
	word_add(t, &l->state, 1);
}

static inline void up_read_at(struct task *t, struct rwsem *l, const struct site *site)
{
	if (unlikely(!t->common.read_depth || !(word_peek(&l->state) & RWSEM_READERS)))
		oops(t, LOCK_MISUSE, site, "cpu%u releases what it did not take for reading",
		     t->common.cpu + 1);
	t->common.read_depth--;
	word_add(t, &l->state, -(uint64_t)1);
	access_shared(t, ACCESS_UNLOCK_SHARED, l, site);
}

static inline void down_write_at(struct task *t, struct rwsem *l, const struct site *site)
{
	might_sleep_at(t, site);
	rwsem_check_recursion(t, l, site);
	fibers_hot(t)->access[ACCESS_ARRIVE](t, &l->state, site);
	if (unlikely(word_peek(&l->state) & (RWSEM_READERS | RWSEM_WRITER)))
		fibers_queue(t, &l->state, site);
	t->common.sleep_depth++;
	word_add(t, &l->state, rwsem_writer(t));
}

/* Nobody reads a mutex, so nobody can see whether a task that waits for it has queued. */
static inline void mutex_lock_at(struct task *t, struct mutex *l, const struct site *site)
{
	might_sleep_at(t, site);
	rwsem_check_recursion(t, &l->sem, site);
	point(t, POINT_LOCK, &l->sem.state, site);
	t->common.sleep_depth++;
	word_store(t, &l->sem.state, rwsem_writer(t));
}

static inline void up_write_at(struct task *t, struct rwsem *l, const struct site *site)
{
	if (unlikely((word_peek(&l->state) & RWSEM_WRITER) != rwsem_writer(t)))
		oops(t, LOCK_MISUSE, site, "released by cpu%u, which does not hold it",
		     t->common.cpu + 1);
	t->common.sleep_depth--;
	word_add(t, &l->state, -rwsem_writer(t));
	point(t, POINT_UNLOCK, &l->state, site);
}

static inline bool await_change_at(struct task *t, const struct word *w, uint64_t old,
				   const struct site *site)
{
	return fibers_await(t, w, old, site);
}

static inline bool machine_runs_on(const struct task *t)
{
	return fibers_hot(t)->run_on;
}

static inline void note_at(struct task *t, enum note_id id)
{
	if (unlikely(fibers_hot(t)->watching))
		fibers_saw_note(t, id);
}

#endif
