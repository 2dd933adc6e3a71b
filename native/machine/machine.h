/* SPDX-License-Identifier: MIT */
/*
 * The machine: everything the core may ask of what it runs on.
 *
 * The core is written once against this contract. The include path picks the machine that keeps it:
 * machine/threads runs on pthreads and C11 atomics, machine/fibers makes every point a
 * scheduling point of a model. Each directory has one "machine_arch.h" with the types and the
 * inline functions; a function missing or mistyped there does not compile, since this header
 * declares all of them first.
 *
 * Words. All state that two tasks can reach is made of `struct word`, 64 bits each. A word is
 * read and written by the word_ functions only, so that racing lines are found by searching.
 *
 * Points. point() says what the task is about to do to a word; the access follows it. On
 * threads it is where a task notices that its world was abandoned; in the model it is where
 * another task may run. Between a point and the next one a task runs undisturbed in the model:
 * the oracle's own look at a word belongs between the point and the access.
 *
 * Data that one lock always guards needs no point a word: declare one access for the whole
 * operation, then use the word_ functions bare.
 *
 * What a program that keeps to this does on threads, the model has among its executions. Three
 * things differ. Order: the model is sequentially consistent by default; on threads an access has
 * the order that it names, a bare word_load() acquires and word_store() releases, so that a load
 * may come before an earlier store of another word. Undisturbed stretches: what stands between two
 * points without a lock is one step in the model, and on threads others come in between. Time: a
 * deadlock is seen at once in the model, and on threads when every task has waited for watchdog_ns.
 */
#ifndef DMTORTURE_MACHINE_H
#define DMTORTURE_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "likely.h"
#include "place.h"
#include "tables.h"

/* Tasks of a world: the threads of a run, and the one that closes it. */
#define TASKS_MAX (PLAN_THREADS + 1)

/* A site that says what it touches: rows of a table that the model has; see place.h. */
#define SITE_OF(object_, field_, text_) SITE_WHOLE(object_, field_, ORDER_NONE, text_)
/* A site that says which order its access has. */
#define SITE_ORDERED(order_, text_) SITE_WHOLE(0, 0, order_, text_)
#define SITE_WHOLE(object_, field_, order_, text_)                                                 \
	__extension__({                                                                            \
		static const struct site site_ = SITE_HERE(object_, field_, order_, text_);        \
		&site_;                                                                            \
	})
/* The same as what a struct site is initialized with. */
#define SITE_HERE(object_, field_, order_, text_)                                                  \
	{                                                                                          \
		.func = __func__, .text = (text_), .line = __LINE__, .object = (object_),          \
		.field = (field_), .order = (order_), .file = __FILE__                             \
	}
/* This place, and what the code does here. */
#define SITE(text_) SITE_OF(0, 0, text_)

#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

/* What a task does at a point. Everything but READ, READ_PLAIN and AWAIT is a write. */
enum point_kind {
	POINT_READ,	   /* marked: READ_ONCE(), atomic_read(), test_bit() */
	POINT_READ_PLAIN,  /* what the kernel of 2006 read without marking: can be a data race */
	POINT_WRITE,	   /* marked */
	POINT_WRITE_PLAIN, /* can be a data race */
	POINT_RMW,	   /* an atomic read-modify-write that writes */
	POINT_LOCK,	   /* acquire; the task is disabled while another holds the lock */
	POINT_UNLOCK,	   /* release */
	POINT_AWAIT,	   /* the task is disabled until the word changes */
	POINT_FREE,	   /* the object ends; conflicts with every access to it */
	POINT_STOP,	   /* stop_machine(): conflicts with everything */
};

/* What becomes of a word that holds @value. Pure: it may be called more than once. */
typedef uint64_t (*word_change)(uint64_t value, uint64_t by);

struct word;	 /* 64 bits that tasks share */
struct spinlock; /* spins; what holds it must not sleep */
struct rwsem;	/* sleeps; many readers or one writer; a new reader lets waiting writers go first */
struct mutex;	/* sleeps */
struct machine; /* the machine's part of a world */
struct task;	/* one thread of a world: `current` */

/* A fault as the recorder gets it. @message is valid during the call only. */
struct fault_event {
	enum fault_kind kind;
	const struct site *site;
	const char *message;
	unsigned int cpu;
};

/* Where faults go. Called on the task that met the fault, at most once a task and world. */
struct recorder {
	void (*record)(void *context, struct task *t, const struct fault_event *event);
	void *context;
};

/*
 * --- words: accesses that are a point, too ---
 *
 * What a program uses, unless it has something to do between the point and the access. What they
 * return has been observed. @order: a read-modify-write that fails, or changes nothing, is a load
 * with what of @order there is for loads. On threads C11 atomics of that order; the model,
 * where it is sequentially consistent, only names it.
 */

static __always_inline uint64_t word_read(struct task *t, struct word *w, enum word_order order,
					  const struct site *site);
static __always_inline void word_write(struct task *t, struct word *w, uint64_t value,
				       enum word_order order, const struct site *site);
/* Have @w hold @change of what it holds. Returns the value before. */
static __always_inline uint64_t word_update(struct task *t, struct word *w, word_change change,
					    uint64_t by, enum word_order order,
					    const struct site *site);
/* Store @new_value if the value is @old. Returns the value before. */
static __always_inline uint64_t word_cas(struct task *t, struct word *w, uint64_t old,
					 uint64_t new_value, enum word_order order,
					 const struct site *site);
/*
 * atomic_thread_fence(). Not a point: where all accesses are in one order it has nothing to add. In
 * a model that is not sequentially consistent one with ORDER_SEQ_CST is a point.
 */
static inline void fence(struct task *t, enum word_order order, const struct site *site);

/*
 * --- words: bare accesses, behind a point ---
 *
 * For an oracle that looks between the two, and for what the calls above have not: the point of
 * such an access is word_point(), and one access to that word follows it. On threads loads acquire,
 * stores release, and read-modify-writes are sequentially consistent.
 */

/* What the protocol reads behind its point. */
static inline uint64_t word_load(const struct task *t, const struct word *w);
/*
 * The newest value, without a point: for the oracle, for a check, and for words that one lock
 * always guards.
 */
static inline uint64_t word_peek(const struct word *w);
static inline void word_store(struct task *t, struct word *w, uint64_t value);
/* Store 0 to each of @words words from @first on. */
static inline void words_clear(struct task *t, struct word *first, size_t words);
/* Add @delta. Returns the value before. */
static inline uint64_t word_add(struct task *t, struct word *w, uint64_t delta);
/* Add @delta unless the value is @unless. Returns the value before. */
static inline uint64_t word_add_unless(struct task *t, struct word *w, uint64_t delta,
				       uint64_t unless);
/* Set the bits of @bits. Returns the value before. */
static inline uint64_t word_or(struct task *t, struct word *w, uint64_t bits);
/* Store @new_value if the value is @old. Returns the value before. */
static inline uint64_t word_replace(struct task *t, struct word *w, uint64_t old,
				    uint64_t new_value);
/* Store @change of the value. Returns the value before. */
static __always_inline uint64_t word_map(struct task *t, struct word *w, word_change change,
					 uint64_t by);
/* Say that the task's future depends on @value, which it read from shared state. */
static inline uint64_t observe(struct task *t, uint64_t value);

/* --- points --- */

static inline void point(struct task *t, enum point_kind kind, const struct word *w,
			 const struct site *site);
/* The same, and the access that follows has @order. */
static inline void word_point(struct task *t, enum point_kind kind, const struct word *w,
			      enum word_order order, const struct site *site);
/* The same for @words words from @w on: an object that ends, or is cleared as a whole. */
static inline void point_range(struct task *t, enum point_kind kind, const struct word *w,
			       size_t words, const struct site *site);

/*
 * The write of the next point is in memory when it is done, also in a model where stores wait in
 * buffers: a mark that the oracle sets beside it is for all to see from then on.
 */
static inline void point_lands_at_once(struct task *t);

/* The read-modify-write of the last point found that it had nothing to write: it was a read. */
static inline void point_wrote_nothing(struct task *t);

/*
 * --- locks: each call is a point. @site names the lock in traces. ---
 *
 * No lock is handed on: a waiting task may take it next, or one that comes just then. A reader
 * waits while a writer holds a rwsem or waits for it, so that a reader that takes it again behind a
 * waiting writer deadlocks, as in the kernel. Nobody can see whether a reader waits.
 */

/* Context: any; takes the lock. Faults: lock-misuse (recursion), deadlock. */
static inline void spin_lock_at(struct task *t, struct spinlock *l, const struct site *site);
/* Context: caller holds the lock. Faults: lock-misuse (somebody else's lock). */
static inline void spin_unlock_at(struct task *t, struct spinlock *l, const struct site *site);
/* Context: may sleep. Faults: sleep-in-atomic, lock-misuse, deadlock. */
static inline void mutex_lock_at(struct task *t, struct mutex *l, const struct site *site);
static inline void mutex_unlock_at(struct task *t, struct mutex *l, const struct site *site);
static inline void down_read_at(struct task *t, struct rwsem *l, const struct site *site);
static inline void up_read_at(struct task *t, struct rwsem *l, const struct site *site);
static inline void down_write_at(struct task *t, struct rwsem *l, const struct site *site);
static inline void up_write_at(struct task *t, struct rwsem *l, const struct site *site);
/* Whether @t holds the lock; for a rwsem, in either way. Not a point. */
static inline bool spin_held(const struct task *t, const struct spinlock *l);
static inline bool mutex_held(const struct task *t, const struct mutex *l);
static inline bool rwsem_held(const struct task *t, const struct rwsem *l);
/* The lock's word, for declaring accesses to what it guards. */
static inline struct word *spin_word(struct spinlock *l);

#define spin_lock(t, l) spin_lock_at((t), (l), SITE("spin_lock(" #l ")"))
#define spin_unlock(t, l) spin_unlock_at((t), (l), SITE("spin_unlock(" #l ")"))
#define mutex_lock(t, l) mutex_lock_at((t), (l), SITE("mutex_lock(" #l ")"))
#define mutex_unlock(t, l) mutex_unlock_at((t), (l), SITE("mutex_unlock(" #l ")"))
#define down_read(t, l) down_read_at((t), (l), SITE("down_read(" #l ")"))
#define up_read(t, l) up_read_at((t), (l), SITE("up_read(" #l ")"))
#define down_write(t, l) down_write_at((t), (l), SITE("down_write(" #l ")"))
#define up_write(t, l) up_write_at((t), (l), SITE("up_write(" #l ")"))

/* --- sleeping --- */

/* Say that what follows may sleep. Faults: sleep-in-atomic when @t holds a spinlock. */
static inline void might_sleep_at(struct task *t, const struct site *site);
#define might_sleep(t, what) might_sleep_at((t), SITE(what))

/*
 * Sleep until *@w differs from @old. A point.
 * Returns false when no task is left that could change it: all others are done or sleep here, too,
 * for words that have not changed. One task gives up at a time: the others sleep on until it is
 * done or sleeps again. A task that waits for a lock is not counted as asleep: with such a task it
 * is a deadlock.
 */
static inline bool await_change_at(struct task *t, const struct word *w, uint64_t old,
				   const struct site *site);
#define await_change(t, w, old) await_change_at((t), (w), (old), SITE("wait for " #w))

/* --- notes and faults --- */

/* A named point of the protocol: comment, trace text, coverage mark, place to perturb. */
static inline void note_at(struct task *t, enum note_id note);
#define note(t, id) note_at((t), NOTE_##id)

/*
 * Report a fault and stop the task here: oops semantics, its locks stay held. On threads every
 * other task of the world leaves at its next point. Does not return.
 */
__cold _Noreturn void machine_fault(struct task *t, enum fault_kind kind, const struct site *site,
				    const char *format, ...) __attribute__((format(printf, 4, 5)));
/*
 * The same for a fault that a CPU does not notice, since what is in memory looks valid. In an
 * execution that runs on it returns, and the task goes on with what is there.
 */
__cold void machine_slip(struct task *t, enum fault_kind kind, const struct site *site,
			 const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Whether machine_slip() returns. Then memory of a freed object is read, and matters. */
static inline bool machine_runs_on(const struct task *t);
/* Report a fault found after the fact (a leak); the task goes on. */
__cold void machine_report(struct task *t, enum fault_kind kind, const struct site *site,
			   const char *format, ...) __attribute__((format(printf, 4, 5)));
#define oops(t, kind, site, ...) machine_fault((t), FAULT_##kind, (site), __VA_ARGS__)
#define slip(t, kind, site, ...) machine_slip((t), FAULT_##kind, (site), __VA_ARGS__)
/*
 * An assertion of a model: where @condition is false, `check-failed`, with the message of the
 * arguments after it, a format first. The task stops there.
 */
#define explore_assert(t, condition, ...)                                                          \
	do {                                                                                       \
		if (unlikely(!(condition)))                                                        \
			machine_fault((t), FAULT_CHECK_FAILED,                                     \
				      SITE("explore_assert(" #condition ")"), __VA_ARGS__);        \
	} while (0)

/*
 * Refuse what a model's `init` or `enter` does: explore() returns -EINVAL, with the sentence in
 * report->refused. Does not return there; anywhere else, and on threads, it returns, and its caller
 * says so to its own.
 */
__cold void machine_refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* An inconsistency of the tool itself: print "dmtorture bug: ..." and abort. */
__cold _Noreturn void machine_bug(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* --- life cycle; engines call these, the core does not --- */

/* Start a world's machine. */
void machine_init(struct machine *m, const struct recorder *recorder);
/* Make @l free. @kind: one of the machine's own, 0 its default. */
void spinlock_init(struct spinlock *l, unsigned int kind);
void mutex_init(struct mutex *l);
void rwsem_init(struct rwsem *l);
/* Make @t task @cpu of @m. */
void task_init(struct task *t, struct machine *m, unsigned int cpu);
/*
 * The task has run its program. Faults: lock-misuse when it still holds a lock; that is
 * reported, not thrown.
 */
void task_done(struct task *t);

/* Makes spinlocks of kinds that the machine has not itself. An engine hands it to its worlds. */
struct lock_maker {
	/* Bytes of a lock of @kind that @cpus tasks use; 0: spinlock_init() makes that kind. */
	size_t (*bytes)(unsigned int kind, unsigned int cpus);
	/* Make @l free. @memory: that number of bytes, aligned to 128; the lock's from then on. */
	void (*make)(struct spinlock *l, unsigned int kind, unsigned int cpus, void *memory);
};

/* What both machines keep for a task. */
struct task_common {
	struct machine *machine;
	unsigned int cpu;
	unsigned int spin_depth;  /* spinlocks held */
	unsigned int sleep_depth; /* mutexes held, rwsems held for writing */
	unsigned int read_depth;  /* rwsems held for reading */
	bool in_uevent;		  /* is handling an ADD uevent */
};

#include "machine_arch.h"

#endif
