/* SPDX-License-Identifier: MIT */
/*
 * The host around own.h: what it was asked for, what it found, and how a process that may die at
 * any instruction of the program still reports. A parent prints; its child loads the program and
 * works. What the child finds is in memory that both see, so that a death loses nothing but the
 * execution that went on, and of that the parent has the schedule.
 */
#ifndef DMTORTURE_OWN_HOST_H
#define DMTORTURE_OWN_HOST_H

#include "orders.h"
#include "own.h"

#define HOST_FACTS_MAX 8192
#define HOST_FAULTS_MAX 64
#define HOST_TEXT_MAX 512
#define HOST_MESSAGE_MAX 256
#define HOST_VALUE_MAX 32
#define HOST_WAIT_MAX 128
#define HOST_EVENTS_EVERY 16 /* events of an execution have one hash */
#define HOST_EVENTS_MAX (TRACE_MAX / HOST_EVENTS_EVERY + 1)
#define HOST_OUTCOMES_MAX 4096
#define HOST_RECORDS_MAX 16 /* names that one execution records */
#define HOST_NAMES_MAX 256  /* of a program */
#define HOST_NAME_MAX 64
#define HOST_FORBIDDEN_MAX 64 /* outcomes */
#define HOST_PRINTS_MAX 1024
#define HOST_PRINTED_MAX ((size_t)256 << 10)
#define HOST_HEAPS 2

struct host_fact {
	uint32_t fact; /* enum own_fact */
	uint64_t value;
};

enum host_heap { HOST_FRESH, HOST_REUSE, HOST_BOTH };

/* The command line. */
struct host_options {
	bool replay;
	const char *object;
	enum explore_strategy strategy;
	uint32_t memory; /* enum explore_memory */
	uint64_t seed, executions, time_ms;
	uint32_t preemptions, depth, steps, part, parts;
	bool bounded, all_faults, as_found;
	enum host_heap heap;
	uint32_t passes; /* kinds of faults, a mask */
	uint32_t facts;
	/* Of a replay. */
	uint32_t kind;	    /* EXPLORE_ANY_FAULT: any */
	uint64_t at, other; /* offsets; 0: anywhere, and no race */
	uint32_t deviations;
	struct host_fact fact[HOST_FACTS_MAX];
	struct deviation deviation[STEPS_MAX];
};

/* A place of own.h, in offsets. */
struct host_place {
	uint32_t region; /* as in struct own_place */
	uint32_t thread, block;
	uint64_t offset, size, made, call, freed;
};

/* What a thread waited for at the end of an execution. */
struct host_wait {
	char what[HOST_VALUE_MAX];
	char text[HOST_WAIT_MAX]; /* the same as a sentence */
	struct host_place on;
	uint64_t at;
};

struct host_fault {
	uint32_t kind, cpu, preemptions, steps;
	uint64_t at, other; /* offsets; 0: none */
	uint64_t count, execution;
	uint32_t facts; /* this number of what was learned first was known */
	bool minimal, reuse, has_place;
	enum explore_limit minimise_limit; /* what cut it off that it was made shorter */
	const char *outcome; /* of the command line, which both processes have; NULL: none */
	char message[HOST_MESSAGE_MAX];
	struct host_place place;
	uint32_t waiting; /* mask of threads */
	struct host_wait wait[OWN_THREADS];
	uint32_t events;
	uint32_t event[HOST_EVENTS_MAX];
	uint32_t deviations;
	struct deviation deviation[STEPS_MAX];
};

struct host_outcome {
	uint64_t hash; /* 0: free */
	uint64_t count;
	bool serial, faulted;
	uint32_t records;
	uint32_t name[HOST_RECORDS_MAX];
	int64_t value[HOST_RECORDS_MAX];
};

/* The search that ended last with one heap; learning may have begun it several times. */
struct host_search {
	uint64_t executions, blocked, states; /* states: where the strategy remembers them */
	bool begun, exhausted;
	bool by_states; /* it remembers them */
	enum explore_limit limit;
};

/* One line of a story. */
struct host_line {
	uint32_t step, cpu, kind;
	uint32_t from_step, from_cpu;
	/* Of a weak memory model, see struct trace_line. */
	uint32_t option, missed_step, missed_cpu, before_step, before_cpu;
	bool missed_waits;
	uint64_t lacks;	      /* an offset; 0: none */
	char lacks_order[16]; /* its name in C11 */
	uint64_t at;
	bool has_place, has_read, has_written, key, faulted;
	uint32_t mirror; /* enum own_mirror */
	uint64_t address;
	uint32_t size; /* bytes that it touches; 0: all that its mirror stands for */
	struct host_place place;
	char read[HOST_VALUE_MAX], was[HOST_VALUE_MAX], wrote[HOST_VALUE_MAX];
};

struct host_print {
	uint32_t step, cpu;
	size_t from, length; /* of `printed` */
	bool is_note;	     /* not the program's: what a story says of it */
};

struct host_story {
	bool reproduced, met, faulted;
	uint32_t threads, steps, preemptions;
	uint32_t lines, prints;
	size_t printed;
	struct host_fault fault;
	uint64_t begins[OWN_THREADS]; /* offset of the function of each; 0: not known, or main() */
	struct host_line line[TRACE_MAX];
	struct host_print print[HOST_PRINTS_MAX];
	char text[HOST_PRINTED_MAX];
};

enum host_phase { HOST_LOADING, HOST_RUNNING, HOST_REFUSED, HOST_DONE };

/* What parent and child see. Zeroes at the beginning. */
struct host_shared {
	volatile enum host_phase phase;
	volatile uint64_t beat;		  /* rises while the child comes on */
	uint32_t schedule[STEPS_MAX + 1]; /* of the execution that goes on; see choice_of() */
	uint32_t cut_at; /* a replay stops there, having died behind it before; 0: nowhere */
	struct host_fault death;     /* of the replay, that time */
	volatile int signal;	     /* that the child died of, where it could say so */
	volatile uint64_t signal_at; /* offset; 0: elsewhere */
	volatile bool stack_used_up; /* of a thread, which is why */
	uint64_t refused_at;
	char refused[HOST_TEXT_MAX];
	/* What is known, the --know of the command line first. */
	uint32_t facts;
	struct host_fact fact[HOST_FACTS_MAX];
	bool reuse;			/* the heap of the search that goes on */
	enum explore_strategy strategy; /* of that search */
	volatile uint64_t running;	/* its executions so far, about */
	volatile uint64_t states;	/* that it remembers */
	volatile uint32_t finishing;	/* 1 + the fault that is minimised, or filled in; or 0 */
	volatile bool stopping;		/* it was asked to end: it reports what there is */
	uint64_t deadline_ns;		/* of all; UINT64_MAX: none */
	/* What was found. */
	int error;
	char differs[EXPLORE_DIFFERS_MAX];
	bool exhausted;
	enum explore_limit limit;
	enum explore_strategy found_by;
	uint32_t bound, steps_longest, threads;
	uint32_t ordered; /* calls that were come to under a weak memory model */
	struct own_ordered order[OWN_ORDERED_MAX];
	uint64_t executions, blocked, points, longest_at, elapsed_ns;
	struct host_search search[HOST_HEAPS];
	bool spins;
	uint64_t spin_at;
	uint32_t spin_cpu, spin_times;
	/* Knuth's estimate, from random descents of the last round. */
	uint64_t descents;
	double descent_largest, descent_sum; /* log2 of the largest; sum of products / 2^largest */
	uint32_t faults;
	uint32_t names, outcomes;
	uint64_t outcomes_lost; /* executions whose outcome found no room */
	bool serial_whole;	/* every execution without a preemption was seen */
	bool freed; /* as own.freed: else a heap that reuses blocks is one that does not */
	char name[HOST_NAMES_MAX][HOST_NAME_MAX];
	struct host_fault fault[HOST_FAULTS_MAX];
	struct host_outcome outcome[HOST_OUTCOMES_MAX];
	struct host_story story;
};

extern struct host_options host_options;
extern struct host_shared *host;

/* --- options.c --- */

/* Read the command line. Returns 0, or 2 after a sentence on stderr. */
int host_read_options(int argc, char **argv);
/* The name of a fact in --know: "point". */
extern const char *const host_fact_name[OWN_FACTS];

/* --- death.c --- */

/* Run @work in a child and print what comes of it. Returns the status to end with. */
int host_supervise(void (*work)(void));
/* The child is at its end. */
_Noreturn void host_end_child(void);

/* --- search.c --- */

/* Search as host_options say. Context: the child, the program is loaded. */
void host_search(void);
/* A child died of finishing a fault: finish those behind it. */
void host_search_on(void);
/* own_model with what the host adds to it: outcomes, the shared schedule. */
extern struct explore_model host_model;
void host_model_init(void);
/* The plan of a search by @strategy that ends at @end_ns (UINT64_MAX: has no such end). */
struct explore_plan host_plan(enum explore_strategy strategy, uint64_t executions, uint64_t end_ns);
/* Have the parent see what learn.c knows. */
void host_share_facts(void);
/* Have what is known be the first @facts of it. */
void host_know(uint32_t facts);

/* --- results.c --- */

/* Add what @report found to what was found before. */
void host_take_report(const struct explore_report *report);
/* Have @to be what @found says, and @to's count and execution stay as they are. */
void host_take_fault(struct host_fault *to, const struct explore_fault *found);
/* Have @fault have the schedule that the child followed, as deviations. */
void host_take_schedule(struct host_fault *fault);
struct host_place host_place_of(uintptr_t address);
/* The offset of the call that returns to @pc; 0: that is not code of the program. */
uint64_t host_offset(uintptr_t pc);

/* --- faults.c --- */

/* Minimise faults @from and those behind it, until @end_ns, and fill them in. */
void host_finish_faults(uint32_t from, uint64_t end_ns);
/* The site at offset @at, of a pair with @other; NULL: @at is 0. */
const struct site *host_site_of(uint64_t at, uint64_t other);

/* --- outcomes.c --- */

/*
 * An execution with the outcome @text, `r1=0 r2=1`, has a fault. @text stays as it is. Returns
 * whether it is an outcome, and there is room for it.
 */
bool host_forbid(const char *text);
void host_outcome_begin(void);
/* What was recorded so far, as a hash. */
uint64_t host_outcome_state(void);
/* The execution on @f has ended. */
void host_outcome_end(const struct fibers *f, bool faulted);

/* --- tell.c --- */

/* Run the schedule of @fault and fill in what only an execution shows. Returns 0 or -errno. */
int host_fill_fault(struct host_fault *fault);
/* Replay as host_options say. */
void host_replay(void);

/* --- keys.c --- */

/* Mark the writes of @story that it needs, and name those that its lines read. */
void host_keep_writes(struct host_story *story);

/* --- events.c --- */

struct trace;
/* @fault's hashes of @trace, whose places are in the story's lines. */
void host_take_events(struct host_fault *fault, const struct trace *trace);

/* --- lines.c --- */

void host_print_progress(uint64_t elapsed_ns);
void host_print_death(const struct host_fault *fault, int signal, int status);
void host_print_refused(const char *message, uint64_t at);
void host_print_finished(void);
void host_print_replayed(void);

#endif
