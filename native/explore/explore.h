/* SPDX-License-Identifier: MIT */
/*
 * Explore: run a concurrent program under every interleaving, or under as many as there is time
 * for. The program is C on machine.h: what its threads share is in words, each access is a point.
 *
 * The model is sequentially consistent, unless the plan has another memory: then what accesses see
 * is part of the schedule, see memory/rc11.h and memory/tso.h. A program has to be deterministic
 * except for the schedule: no time, no randomness, no address in a decision.
 *
 *	static void add(void *memory, struct task *t)
 *	{
 *		struct word *counter = memory_counter(memory);
 *		uint64_t value;
 *
 *		value = word_read(t, counter, ORDER_RELAXED, SITE("counter"));
 *		word_write(t, counter, value + 1, ORDER_RELAXED, SITE("counter = value + 1"));
 *	}
 *
 * with that as model.thread, explore() finds the lost update that model.check looks for.
 *
 * Threads may begin others: model.begins of them begin, and fibers_spawn(t, cpu) has thread @cpu go
 * to its first point, as one step with what the caller does there. All that the caller did comes
 * before all that it does. What it is given may be anything that its parent has seen.
 *
 * What is illegal: words outside of the model's memory (explore() returns -EINVAL and
 * report->refused names the first, where accesses are announced: in the first execution, and in all
 * but those of random walks; a random walk that comes to one that the first execution did not has
 * no guard); a change of shared memory other than by word_ functions; a value read from a word that
 * decides what a thread does, and was not passed through observe() (searches that remember states
 * would take different states for one; plan.paranoid looks for the first such place); a loop
 * without points, which the engine cannot end, and only name (plan.hangs); a loop that waits for
 * another thread by reading a word again and again: it has to wait by await_change() (which returns
 * false where nobody ends the wait) or by what sync.h has (`deadlock`), since every turn of it is a
 * step, so that a search meets the limit of steps or grows without end (report->spin_site names
 * where it went round, explore_spin_text() says it).
 *
 * A thread that needs more than its stack ends the process by SIGSEGV, at a guard of 64 KiB below
 * it, and overwrites nothing; no single frame may be larger.
 */
#ifndef DMTORTURE_EXPLORE_H
#define DMTORTURE_EXPLORE_H

#include "fibers.h"

#define EXPLORE_THREADS_MAX (FIBERS_MAX - 1)
#define EXPLORE_FAULTS_MAX 32
#define EXPLORE_STACK_BYTES FIBER_STACK /* 64 KiB; 256 KiB with AddressSanitizer */
#define EXPLORE_DEPTH_MAX 64
/* Of a model and of each thread: accesses have 32 bits for the number of a word. */
#define EXPLORE_MEMORY_BYTES_MAX ((size_t)UINT32_MAX / 2 * sizeof(struct word))
/* Default budgets: of what samples, of dfs and dpor, and of stateful. */
#define EXPLORE_SAMPLES UINT64_C(1000000)
#define EXPLORE_EXECUTIONS UINT64_C(10000000)
#define EXPLORE_STATES (UINT64_C(1) << 24)

#define EXPLORE_HANG_MS 10000
#define EXPLORE_NOT_WATCHED UINT32_MAX /* as hang_ms: there is no thread that watches */

/* The model's own check failed. */
#define FAULT_CHECK FAULT_CHECK_FAILED

_Static_assert(FAULT_COUNT <= 32, "fault kinds are bits of a 32-bit mask");

/* A program to explore. Functions that may be NULL say so. */
struct explore_model {
	uint32_t threads;    /* 2..EXPLORE_THREADS_MAX, those that are spawned included */
	uint32_t begins;     /* this number begins; the others by fibers_spawn(); 0: all begin */
	size_t memory_bytes; /* more than there is, or EXPLORE_MEMORY_BYTES_MAX: -ENOMEM */
	size_t local_bytes;  /* of each thread, up to as much; 0: a struct task and nothing else */
	size_t stack_bytes;  /* of each thread, at least; 0: EXPLORE_STACK_BYTES */
	/*
	 * Where the first stack is, with nothing mapped; the others lie behind it, each in
	 * stack_bytes and some 130 KiB. NULL: anywhere, and in each process elsewhere.
	 */
	void *stacks_at;
	/*
	 * Where the choices of an execution are while it goes on: STEPS_MAX zeroes, which another
	 * process may see, choice_of() each, zeroes behind the last. NULL: the explorer's own.
	 */
	uint32_t *schedule;
	/* Faults, bit n: fault n, after which the execution goes on, if machine_report() met it. */
	uint32_t passes;
	/*
	 * Lay out @memory, which is zero. Returns the machine in it, on which it has called
	 * machine_init().
	 */
	struct machine *(*init)(void *context, void *memory);
	/*
	 * Make @local, which begins with a struct task, thread @cpu's (@cpu == threads: the
	 * closer's). NULL: task_init(). Called once a thread, after `before`; for the closer
	 * before each of its calls.
	 */
	void (*enter)(void *context, void *memory, struct task *local, uint32_t cpu);
	/* Once, undisturbed, on the closer's task. May be NULL. */
	void (*before)(void *context, void *memory, struct task *closer);
	/*
	 * What thread @cpu does. Returns a digest of its results: what of its past still tells
	 * two states apart when it has ended. 0 where its results are all in memory.
	 */
	uint64_t (*thread)(void *context, void *memory, struct task *t, uint32_t cpu);
	/*
	 * At the end of every execution without a fault, undisturbed, on the closer's task.
	 * Returns NULL, or the site that says what is wrong. May be NULL.
	 */
	const struct site *(*check)(void *context, void *memory, struct task *closer);
	/*
	 * Whether @memory is such that `check` finds nothing; cheap. Sound while it says so of no
	 * other. May be NULL.
	 */
	bool (*settled)(void *context, const void *memory);
	/*
	 * `check` looks at the memory alone and changes nothing else: it is called once for each
	 * different end, told apart by a 64-bit hash.
	 */
	bool check_is_pure;
	/*
	 * Put back what the model has of its own, outside of its words: before every execution,
	 * and it has to be as it was after `before`. A portfolio ends with dpor then, and stateful
	 * needs `state`; check_is_pure and settled are -EINVAL. May be NULL.
	 */
	void (*put_back)(void *context);
	/*
	 * For stateful, which runs each execution from the beginning then: a hash of all that tells
	 * apart what can follow. Called between steps, on the stack of the thread that took the
	 * last one. May be NULL.
	 */
	uint64_t (*state)(void *context, const struct fibers *f);
	void (*look)(void *context, bool begins); /* `state` will be called, or not; or NULL */
	/*
	 * At the end of every execution, faulty or not: note its outcome. May be NULL. Complete
	 * searches show it every different one. Of a thread that stopped at a fault it may read
	 * what the thread has in its local memory; where that is less than all it has seen, a
	 * model says so in task.results, and searches that remember states have fewer of them.
	 */
	void (*outcome)(void *context, struct fibers *f, bool faulted);
	/*
	 * Nobody can go on: have @fault be what that is. Returns false where it is none. Context:
	 * it is a deadlock of the first thread that has not ended, unless this says otherwise. May
	 * be NULL.
	 */
	bool (*stuck)(void *context, const struct fibers *f, struct fiber_fault *fault);
	/* What thread @cpu is called at the head of its column in diagrams. May be NULL. */
	const char *(*title)(void *context, uint32_t cpu);
	void *context;
};

/* The strategies of strategies.def: EXPLORE_PORTFOLIO, EXPLORE_RANDOM, ... */
enum explore_strategy {
#define STRATEGY(id, name, samples, says) EXPLORE_##id,
#include "strategies.def"
#undef STRATEGY
	EXPLORE_STRATEGIES
};

/* The memory models of models.def: EXPLORE_SC, EXPLORE_TSO, EXPLORE_RC11. */
enum explore_memory {
#define MODEL(id, name, called, says) EXPLORE_##id,
#include "models.def"
#undef MODEL
	EXPLORE_MEMORIES
};

/* An order that a plan puts in the place of a site's own. */
struct site_order {
	const struct site *site;
	enum word_order order;
};

/* How an exploration ended, by ends.def: LIMIT_NONE (exhausted), LIMIT_FAULT, ... */
enum explore_limit {
#define END(id, name, says) LIMIT_##id,
#include "ends.def"
#undef END
	LIMITS
};

/*
 * What to look at, and where to stop. A plan of zeroes is the default of every strategy: it bounds
 * nothing but by the default budgets above. A limit ends the search where it says, and
 * report->limit names it; UINT64_MAX is a budget without an end. What only one strategy reads has
 * to be 0 for the others: see explore_plan_fits().
 */
struct explore_plan {
	enum explore_strategy strategy;
	/*
	 * Not EXPLORE_SC: stateful, dfs, random and pct alone, a portfolio hunts with random and
	 * ends with stateful. Data races are looked for under EXPLORE_RC11, always; EXPLORE_TSO
	 * finds none.
	 */
	enum explore_memory memory;
	/* Sites that have another order than they name; the caller's. EXPLORE_RC11 alone. */
	const struct site_order *orders;
	uint32_t order_count;
	/* EXPLORE_RC11: release sequences as C11 and C17 have them; false: as C++20. */
	bool c11_sequences;
	uint64_t seed;
	/*
	 * 0: EXPLORE_SAMPLES; of dfs, dpor and a portfolio with races EXPLORE_EXECUTIONS; with a
	 * time limit none.
	 */
	uint64_t executions_max;
	uint64_t time_ms_max;	  /* 0: no limit */
	uint64_t states_max;	  /* stateful, portfolio without races; 0: EXPLORE_STATES */
	uint32_t steps_max;	  /* of one execution, up to STEPS_MAX; 0: STEPS_MAX */
	uint32_t preemptions_max; /* DFS, by rising bounds; 0, UINT32_MAX: no bound, one pass */
	uint32_t depth;		  /* PCT, portfolio; up to EXPLORE_DEPTH_MAX; 0: 3 */
	uint32_t part, parts;	  /* DFS, DPOR: this part, from 0, of the search; parts < 2: all */
	bool bounded;		  /* DFS: preemptions_max counts even where it is 0 */
	bool leave_time;	  /* after a fault stop at 9/10 of the time: it is minimised */
	bool all_faults;	  /* go on after the first fault */
	uint32_t passes;	  /* ... after faults of these kinds, bit n: fault n */
	const struct site *at;	  /* of explore_minimise(): where it was met; NULL: anywhere */
	const struct schedule *from; /* ... what has the fault; NULL: none is known */
	bool run_on;		     /* after a fault the rest runs on; see machine_slip() */
	bool races;		     /* look for data races */
	bool collect;		     /* count different traces and final states */
	bool every_step;	     /* stateful: also those that another order has shown */
	/*
	 * Observe everything: states are told apart by the whole memory at every step of every
	 * thread, so that no forgotten observe() can hide one, and report->unobserved names the
	 * site of the first that was forgotten, as soon as two orders show it. With stateful and
	 * dfs, which try all of them; for small programs, since there are far more states.
	 */
	bool paranoid;
	/*
	 * After this time without a point or an end of one of the model's functions, `hangs` is
	 * called with a sentence that names the function, once a hang, on another thread; NULL: the
	 * sentence goes to stderr. Nothing ends the search then, but `hangs` may end the process.
	 * `before`, `thread` and `check` are watched. 0: EXPLORE_HANG_MS.
	 */
	uint32_t hang_ms;
	void (*hangs)(void *context, const char *text);
	void *hangs_context;
	const volatile bool *stop;
	void (*progress)(void *context, uint64_t executions, uint64_t states);
	void *progress_context;
};

/*
 * One deviation from the default schedule: at step @step, @cpu. Of a memory model that is not
 * EXPLORE_SC, @option says what the access does: 0, the default, reads the newest value, or places
 * its own last; n > 0 reads the nth message before the newest, or is placed before the last n.
 * Under EXPLORE_TSO 1 is a store that goes to the buffer (0: to memory, at once), and
 * OPTION_FLUSH the step in which the oldest entry of @cpu's buffer goes to memory.
 */
#define OPTION_FLUSH 255
struct deviation {
	uint32_t step;
	uint32_t cpu;
	uint32_t option;
};

/*
 * A schedule as what it has of its own. The default: stay on the current thread, else go to the
 * lowest that can.
 */
struct schedule {
	uint32_t count;
	struct deviation *deviation; /* owned; free with schedule_free() */
};

struct explore_fault {
	uint32_t kind; /* enum fault_kind */
	const struct site *site;
	uint32_t cpu;
	uint64_t count;	      /* executions it was seen in */
	uint64_t execution;   /* the first of them, from 1 */
	uint32_t preemptions; /* of the schedule */
	uint32_t steps;	      /* before the fault */
	struct schedule schedule;
};

#define EXPLORE_DIFFERS_MAX 400

struct explore_report {
	uint64_t executions;  /* begun */
	uint64_t blocked;     /* of these, cut off as redundant */
	uint64_t states;      /* different ones; stateful search */
	uint64_t steps;	      /* taken between states; stateful search */
	uint64_t points;      /* executed steps */
	uint64_t traces;      /* different ones; collect */
	uint64_t finals;      /* different final states; collect */
	uint64_t finals_hash; /* of the set of final states */
	uint64_t elapsed_ns;
	uint64_t longest_at; /* the last execution that was longer than all before it, from 1 */
	uint32_t steps_longest;
	uint32_t bound; /* DFS: preemptions of the last pass that was completed */
	bool exhausted;
	enum explore_limit limit;
	enum explore_strategy found_by; /* of the first fault */
	/*
	 * Of the first execution that met the limit of steps: where the thread that was busiest
	 * went round, how often of its last steps. NULL: none met it.
	 */
	const struct site *spin_site;
	uint32_t spin_cpu, spin_times;
	/*
	 * Not EXPLORE_SC: the sites with an order that some execution came to, each once, in the
	 * order of their first access. Owned.
	 */
	const struct site **sites;
	uint32_t site_count;
	const struct site *unobserved; /* paranoid: what was read here was not observed; or NULL */
	uint32_t fault_kinds;
	uint32_t fault_count;
	struct explore_fault fault[EXPLORE_FAULTS_MAX];
	/* -ESTALE: the first event that one schedule did not do the same twice, as a text. */
	char differs[EXPLORE_DIFFERS_MAX];
	/* -EINVAL, -ENODATA: what of the model or the plan is illegal or missing, a sentence. */
	char refused[EXPLORE_DIFFERS_MAX];
};

/*
 * Whether every number of @plan is in its range, and its strategy can do what it asks for. Where
 * not, @text, of @bytes, says why; it may be NULL.
 */
bool explore_plan_fits(const struct explore_plan *plan, char *text, size_t bytes);
/*
 * Explore @model as @plan says. Returns 0; -EINVAL: the model or the plan does what it may not, and
 * report->refused says what; -ENODATA: fewer than two threads came to a point, so there was
 * nothing to interleave, and report->refused says so; -EFAULT: `before` met a fault
 * (report->fault[0]); -ESTALE: the program did not do the same when a schedule was run again
 * (report->differs says where): some schedules are during the search and at its end, see twice.h,
 * and that of every fault is; -ENOMEM. On 0 and -EFAULT free *@report with explore_report_free().
 */
int explore(const struct explore_model *model, const struct explore_plan *plan,
	    struct explore_report *report);
void explore_report_free(struct explore_report *report);
void schedule_free(struct schedule *schedule);

/* The name of a strategy, of a memory model, of a limit, of a fault kind. Static. */
const char *explore_strategy_name(enum explore_strategy strategy);
const char *explore_memory_name(enum explore_memory memory);
const char *explore_limit_name(enum explore_limit limit);
const char *explore_fault_name(uint32_t kind);

/* A sentence about report->spin_site. Returns false, with @text as it was, where there is none. */
bool explore_spin_text(const struct explore_report *report, char *text, size_t size);

#define EXPLORE_ANY_FAULT UINT32_MAX
/*
 * Find a schedule for @kind (or EXPLORE_ANY_FAULT) with the fewest preemptions, and of those the
 * fewest steps; under a weak memory model the fewest options before that. Provably, except where a
 * limit or the stop of @plan ended it (under such a model states_max counts the steps of all
 * passes): then *@proven is false, and plan->from made shorter may be less. Returns 0 with *@fault
 * set (free its schedule), -ENOENT when there is none, -errno.
 */
int explore_minimise(const struct explore_model *model, const struct explore_plan *plan,
		     uint32_t kind, struct explore_fault *fault, bool *proven);

/* --- a fault that can be had again --- */

/*
 * A ticket of @fault, which explore() or explore_minimise() found with @plan: a line of text that
 * explore_model_replay() turns into the same execution, in any process. It begins with "dmm1." and
 * holds: the name of the model, which is yours to give (1..200 bytes); the kind of the fault, and a
 * digest of its site; run_on and races of the plan; the schedule; a checksum. It does not hold the
 * model: a replay needs the same source. If that has changed, the replay says that the fault did
 * not come back.
 *
 * Returns the text, to be freed; NULL without memory, or for a name that is empty or too long.
 */
char *explore_model_ticket(const char *name, const struct explore_plan *plan,
			   const struct explore_fault *fault);

/* How a diagram is drawn. Zeroes are the defaults. */
struct explore_view {
	uint32_t width; /* of a thread's column, 8..400 characters; 0: 44 */
	bool all;	/* every step; else, of more than 40, those that the story needs */
};

#define EXPLORE_TEXT_MAX 256

/* What came of a ticket. Free with explore_replayed_free(). */
struct explore_replayed {
	bool reproduced; /* every choice of the schedule could be made */
	bool met;	 /* the fault of the ticket came, and at its site */
	/* Of that fault, else of the first that came. */
	bool faulted;
	uint32_t kind;		      /* enum fault_kind; see explore_fault_name() */
	uint32_t cpu;		      /* == model->threads: `check` found it */
	char where[EXPLORE_TEXT_MAX]; /* "function: text of the site" */
	char message[EXPLORE_TEXT_MAX];
	uint32_t steps, preemptions;
	char *diagram; /* time runs down, one column a thread; NULL on an error */
	/* -EBADMSG, -EINVAL: why, as a sentence. */
	char refused[EXPLORE_DIFFERS_MAX];
};

/*
 * Run the execution of @ticket on @model, which is called @name, and draw it. @view may be NULL.
 * White space around @ticket is let pass. Returns 0, also where the fault did not come back
 * (replayed->met says so); -EBADMSG: not a ticket, a damaged one, or one of another model; -EINVAL,
 * -ENOMEM as explore() does. Context: any thread, but not from within a model's functions.
 */
int explore_model_replay(const struct explore_model *model, const char *name, const char *ticket,
			 const struct explore_view *view, struct explore_replayed *replayed);
void explore_replayed_free(struct explore_replayed *replayed);

#endif
