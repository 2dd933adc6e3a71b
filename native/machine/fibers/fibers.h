/* SPDX-License-Identifier: MIT */
/*
 * The engine's side of the fibers machine: what runs, what it is about to do, what it did, and
 * the one upward call, `choose`, which picks the thread that goes on.
 *
 * The choice is made on the fiber's own stack: to pick the same fiber again costs no switch.
 */
#ifndef DMTORTURE_FIBERS_H
#define DMTORTURE_FIBERS_H

#include "machine.h"
#include "switch.h"
#include "weak.h"

#define STEPS_MAX 4096		       /* choices of one execution */
#define TRACE_MAX (2 * STEPS_MAX + 64) /* accesses of one execution, releases included */
#define UNDO_MAX (1 << 18)	       /* changes of words */
#define UNDO_RESERVE (1 << 16)	       /* of these one step, or a closer, makes at most */
#define NOBODY (-1)
#define ALONE_POINTS_MAX (1u << 20) /* of a `before`, a check */

#ifdef DMTORTURE_ASAN
#define FIBER_STACK (256u << 10)
#else
#define FIBER_STACK (64u << 10)
#endif

/* A write, by its step, from 1, and its CPU; step 0: what was there at the beginning. */
struct sighted_write {
	uint16_t step;
	uint8_t cpu;
};

/* Values that an access read and wrote, for traces; see `watching`. */
struct sighting {
	uint64_t read, was, wrote;
	bool has_read, has_written;
	uint64_t notes; /* bit n: note n was passed after the access */
	/*
	 * In a weak memory model, if is_weak: which write it read; the newest one, if that is
	 * another; the next one in modification order, where its own did not land last. `lacks`:
	 * the site whose order would have forbidden the last two, and that order; NULL: none. If
	 * not is_weak, `missed` is a store that waits in a buffer.
	 */
	bool is_weak;
	struct sighted_write from, missed, before;
	const struct site *lacks;
	const char *lacks_order;
};

struct fiber {
	struct stack stack;
	char *local;	/* the model's own memory for this task, above the stack */
	char *pristine; /* what local holds when an execution begins */
	size_t local_bytes;
	struct fibers *fibers;
	uint64_t await_old; /* what it waits to see changed */
};

/* One step of a schedule: the chosen thread, and a mask of those that could have been. */
static inline uint32_t choice_of(uint32_t could, uint32_t chosen)
{
	return could << 8 | chosen;
}

static inline uint32_t choice_chosen(uint32_t choice)
{
	return (uint8_t)choice;
}

static inline uint32_t choice_could(uint32_t choice)
{
	return choice >> 8;
}

/* The task that a fiber is: its local memory begins with it. */
static inline struct task *fiber_task(const struct fiber *fiber)
{
	return (struct task *)fiber->local;
}

/* A fault of this execution. */
struct fiber_fault {
	uint32_t kind; /* enum fault_kind, or what the engine adds to it */
	const struct site *site;
	uint32_t cpu;
	uint32_t step; /* choices made before */
};

#define EXECUTION_FAULTS_MAX 32
#define FIBERS_PLANS 1024
#define FIBERS_LOCAL_LEAST 128 /* bytes of local memory, and what it is aligned to */
#define REFUSED_MAX 256

struct fibers {
	struct fibers_hot hot; /* must be first */
	uint32_t cpus;
	uint32_t current;
	uint32_t running; /* bit n: fiber n has not come to its end */
	uint32_t blocked; /* bit n: its next access may be disabled: a lock or an await */
	uint32_t waiting; /* bit n: its next access takes a lock; FIBERS_WALK only */
	uint32_t awaits;  /* bit n: its next access is an await */
	uint32_t dead;	  /* bit n: it stopped at a fault */
	uint32_t born;	  /* bit n: it has begun in this execution */
	uint32_t first;	  /* bit n: it did so with the execution; the others by fibers_spawn() */
	/* If any of these is set, the choice of the next thread takes more than a look at masks. */
	union {
		struct {
			uint16_t starting; /* fibers still to be run to their first point */
			bool stepwise;	   /* every point leads back to the engine */
			bool asks_always;  /* `choose` is asked even where there is one choice */
			bool ended;	   /* nothing more is to run */
			bool alone;	   /* one fiber runs, undisturbed */
			uint8_t spawner; /* 1 + the CPU that waits for its child's first point; or 0
					  */
			bool weak_choice; /* a step may be a store that leaves its buffer */
		};
		uint64_t special;
	};
	bool uniform;	   /* all choices are random: `dice` says, `choose` is not asked */
	bool stuck;	   /* steps, trace or undo log used up: the execution was cut off */
	bool reporting;	   /* faults go to the recorder, with a message */
	bool has_outcomes; /* ends are told apart by results, those of faults too */
	/*
	 * Where a sentence goes, of REFUSED_MAX, on what the model does and may not; "" before the
	 * first. NULL: nobody wants it, and such a model is a bug of ours.
	 */
	char *refused;
	uint32_t steps, steps_max;
	uint32_t alone_points; /* of the task that runs alone, so far */
	uint64_t dice;
	/* On a uniform walk: below this step the next thread is just drawn from `candidate`. */
	uint32_t plain_until;
	uint32_t candidates;
	const uint32_t *candidate; /* choices, as in `schedule` */
	struct fibers_plan {
		uint32_t enabled, candidates, candidate[FIBERS_MAX];
	} plan[FIBERS_PLANS]; /* by mask of what can go on, those that were made last */
	uint32_t length;      /* of the trace */
	uint32_t fault_count;
	uint32_t fault_kinds; /* bit n: fault n */
	uint32_t passes;      /* bit n: what reports fault n does not end the execution */
	struct access next[FIBERS_MAX];
	const struct word *next_word[FIBERS_MAX];
	int (*choose)(void *strategy, uint32_t enabled);
	void *strategy;
	bool listened; /* every task but the closer's is */
	/* Called for every recorded access when it is executed; may be NULL. */
	void (*executed)(void *context, const struct access *access);
	struct doubt *doubt; /* NULL: nobody doubts; see doubt.h */
	void *executed_context;
	struct stack engine; /* where the engine stopped */
	struct fiber fiber[FIBERS_MAX];
	struct stack_memory stack_memory[FIBERS_MAX];
	/* Of spawned threads: the length of the trace at the spawn, and the parent. */
	struct {
		uint32_t length, parent;
	} birth[FIBERS_MAX];
	struct fiber_fault fault[EXECUTION_FAULTS_MAX];
	/* How memory is put back, see memory.c. */
	struct undo *undo_first;
	uint64_t lines;	  /* of memory */
	uint8_t *known;	  /* by line, 1: it is in the list below */
	char *pristine;	  /* known lines, as they were at the beginning, each at its place */
	size_t *known_at; /* where they are, bytes from the beginning of memory */
	uint32_t known_lines;
	uint32_t forgotten; /* how often they were forgotten */
	bool marks;	    /* a search goes back to marks in the log */
	struct access *trace;
	struct sighting *sighting;	    /* one an access, or NULL */
	uint32_t *schedule;		    /* choices, by step */
	const struct weak_carrier *carrier; /* NULL: nothing travels; see weak.h */
	bool schedule_is_lent; /* by the model: behind the last choice it holds zeroes */
	uint8_t *option;       /* of each step; NULL: sequentially consistent */
	/* What a step does of @count options, 0 the default. Where it is NULL, all do that. */
	uint32_t (*choose_option)(void *strategy, uint32_t cpu, uint32_t count);
	/* What every fiber does. Returns what of its history still matters after its end. */
	uint64_t (*body)(void *context, uint32_t cpu);
	void *body_context;
};

/*
 * Allocate for @cpus tasks with @local_bytes, and a stack, each. @stacks_at: the address of the
 * first stack, where nothing is mapped, the others behind it; NULL: anywhere. Returns NULL without
 * memory.
 */
struct fibers *fibers_new(uint32_t cpus, size_t local_bytes, size_t stack_bytes, void *stacks_at);
/*
 * Keep the choices of every execution in @schedule, the caller's, of STEPS_MAX zeroes: what
 * somebody else sees there are the choices so far. None of them is 0.
 */
void fibers_lend_schedule(struct fibers *f, uint32_t *schedule);
void fibers_free(struct fibers *f);
/* What @cpu's local memory holds now is what it holds when an execution begins. */
void fibers_keep_local(struct fibers *f, uint32_t cpu);
/*
 * From the next execution on @listener, the caller's, is called for every access of @cpu. Context:
 * its local memory is as it is when an execution begins.
 */
void fibers_listen(struct fibers *f, uint32_t cpu, struct fibers_listener *listener);
/*
 * Run @body(@context), which sets a model up, on the engine's own stack. Returns whether it came to
 * its end: a model that did there what it may not has left.
 */
bool fibers_set_up(struct fibers *f, void (*body)(void *context), void *context);
/* Whether that is going on: no task may fault there. */
bool fibers_setting_up(void);
/*
 * The model did what it may not: keep the sentence, the first one, and end the execution. @t is the
 * task that did it; NULL while the model is set up.
 */
__cold _Noreturn void fibers_refuse(struct task *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Run @cpu's body undisturbed, until it ends. Returns whether it met no fault. */
bool fibers_run_alone(struct fibers *f, uint32_t cpu);
/*
 * @memory, of @bytes, is where all words are; the caller's, in lines of its own. Returns whether
 * there was memory for what is kept about it. What it holds when fibers_begin_here() is called is
 * what every execution begins with.
 */
bool fibers_attach(struct fibers *f, void *memory, size_t bytes);
void fibers_begin_here(struct fibers *f);
/* Put everything back to the beginning. */
void fibers_put_back(struct fibers *f);
/* Put every word back to what it was when the log stood at @mark. Context: `marks`. */
void fibers_undo(struct fibers *f, struct undo *mark);
/*
 * Begin an execution of the fibers in @cpus (a mask): each runs to its first point, then the
 * strategy is asked until nobody can or may go on; stepwise, it returns with all at their first
 * points.
 */
void fibers_run(struct fibers *f, uint32_t cpus);
/*
 * Have thread @cpu begin: it goes to its first point, then @t goes on without a choice. All that
 * @t did comes before all that it does. Returns 0; -EINVAL: no such thread, or @t runs alone;
 * -EBUSY: it has begun in this execution. Context: a thread of the execution, between its points.
 */
int fibers_spawn(struct task *t, uint32_t cpu);
/* The step of @chosen, a choice of weak.h, of @enabled: a store goes from its buffer to memory. */
void fibers_flush(struct fibers *f, uint32_t enabled, uint32_t chosen);
/* Whether step @step, from 1, was one. */
static inline bool fibers_is_flush(const struct fibers *f, uint32_t step)
{
	return f->weak_choice && step && choice_chosen(f->schedule[step - 1]) >= FLUSH_FIRST;
}
/* Run @cpu, one of @enabled, to its next point. Context: stepwise. */
void fibers_step(struct fibers *f, uint32_t enabled, uint32_t cpu);
/* The threads that can go on. */
uint32_t fibers_enabled(const struct fibers *f);
/* Whether somebody waits for a lock, and nobody can go on, and no fault explains it. */
bool fibers_deadlocked(const struct fibers *f);
/* The threads that can go on have changed, or whether to draw one is enough. Context: any. */
void fibers_replan(struct fibers *f);
/*
 * @t has taken or released a lock, or opened or shut a gate, in a step that is not one of points.c:
 * those that wait may or may not go on. Context: within that step.
 */
void fibers_look_again(struct task *t);
/* @cpu will not go on. Context: @cpu's own stack. */
_Noreturn void fibers_leave(struct fibers *f, uint32_t cpu);
/* @t has come to its end, in the middle of what it does, with @result. Context: @t's own stack. */
_Noreturn void fibers_quit(struct task *t, uint64_t result);
/* No thread goes on: the execution has come to its end, without a fault. Context: the same. */
_Noreturn void fibers_end(struct task *t);
/* What a watched execution sees. */
void fibers_watch_read(struct task *t, uint64_t value);
void fibers_watch_write(struct task *t, const struct word *w, uint64_t old, uint64_t value);
/* A hash of the faults of this execution, whatever order they came in; 0: none. */
uint64_t fibers_hash_of_faults(const struct fibers *f);

static inline uint64_t fibers_faults_hash(const struct fibers *f)
{
	return likely(!f->fault_count) ? 0 : fibers_hash_of_faults(f);
}

/* Whether the execution met a fault that ends it. */
static inline bool fibers_faulted(const struct fibers *f)
{
	return f->fault_count && f->fault_kinds & ~f->passes;
}

/* Note a fault that no task met: a deadlock, a failed check. */
void fibers_note_fault(struct fibers *f, uint32_t kind, const struct site *site, uint32_t cpu);

/*
 * A random one of @candidates: 0 .. @candidates - 1. Knuth's MMIX, of which the high bits are good.
 * What is drawn was rolled before, so that no branch on it has to wait for the multiplication.
 */
static inline uint32_t fibers_draw(uint64_t *dice, uint32_t candidates)
{
	uint64_t rolled = *dice;

	*dice = rolled * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((rolled >> 32) * candidates >> 32);
}

/* A random one of @enabled, a mask that is not empty. Rolls once, whatever there is to choose. */
static inline uint32_t fibers_pick(uint64_t *dice, uint32_t enabled)
{
	uint32_t candidates = 0, skip;

	for (uint32_t left = enabled; left; left &= left - 1)
		candidates++;
	for (skip = fibers_draw(dice, candidates); skip; skip--)
		enabled &= enabled - 1;
	return (uint32_t)__builtin_ctz(enabled);
}

extern const fibers_access_fn fibers_accesses[FIBERS_MODES][ACCESS_KINDS];

static inline void fibers_set_mode(struct fibers *f, enum fibers_mode mode)
{
	f->hot.mode = (uint8_t)mode;
	f->hot.access = fibers_accesses[mode];
}

static inline bool access_writes(const struct access *a)
{
	return a->kind != POINT_READ && a->kind != POINT_READ_PLAIN && a->kind != POINT_AWAIT &&
	       a->kind != ACCESS_LOCK_SHARED;
}

#endif
