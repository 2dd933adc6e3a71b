/* SPDX-License-Identifier: MIT */
/*
 * Own C: ordinary C11 and C++17 on pthreads, compiled with -fsanitize=thread, explored by the
 * strategies of native/explore. What the compiler calls at each access, and what the program calls
 * of its C library, is here; nothing of the program is changed.
 *
 * One process, one OS thread: the program is a shared object that the host has loaded, main() is
 * thread 0, each thread of it a fiber. What the explorer knows are mirror words: an atomic
 * location, a lock, whatever threads wait for has words in the model's memory (words.c), and its
 * accesses are points on them. The program's own memory holds the values. Plain accesses are
 * not points: they feed the detector of races and the heap's checks; one that races becomes a
 * point from then on.
 *
 * What a search has to know of the program before it begins is learned (learn.c): which plain
 * accesses are points, which mutexes are tried, which atomics overlap. Each piece of knowledge ends
 * the search, and the next begins with it. A ticket names all of it.
 */
#ifndef DMTORTURE_OWN_H
#define DMTORTURE_OWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explore.h"
#include "vector_clock.h"

#define OWN_EXPORT __attribute__((visibility("default")))
/* The program's address that called the function in which this stands; see own_outer(). */
#define OWN_RETURN() ((uintptr_t)__builtin_return_address(0))
#define OWN_PC() (own.of_headers ? own_outer(OWN_RETURN()) : OWN_RETURN())

#define OWN_STACK_BYTES ((size_t)256 << 10)
/* What is said of a thread that needs more, for printf. */
#define OWN_STACK_USED_UP                                                                          \
	"the stack is used up: %zu KiB; a recursion without end, or too large a local variable"
#define OWN_TEXT_BASE UINT64_C(0x200000000000) /* the program's object: -Ttext-segment */
/*
 * Where the program's other memory is, the same in every process: stacks, then blocks of
 * thread-local memory, then the heap. All of it lies in OWN_ARENA_BYTES from OWN_ARENA_BASE on.
 */
#define OWN_ARENA_BASE UINT64_C(0x180000000000)
#define OWN_ARENA_BYTES (UINT64_C(1) << 30)
#define OWN_STACKS_BASE OWN_ARENA_BASE
#define OWN_TLS_BASE (OWN_ARENA_BASE + (UINT64_C(16) << 20))
#define OWN_TLS_BYTES (UINT64_C(64) << 10) /* of one thread, at most; thread n's are the nth */
#define OWN_HEAP_BASE (OWN_ARENA_BASE + (UINT64_C(32) << 20))

/* What is asked for. Facts of a search and of a replay: a ticket has all of them. */
struct own_options {
	bool heap_reuse;      /* the block that was freed last is given first */
	bool orders_all;      /* every atomic orders plain accesses, whatever its memory_order */
	bool volatile_marked; /* a volatile access is a relaxed atomic, as READ_ONCE() is */
	bool main_waits;      /* when main() returns, the other threads go on */
	bool leaks;	      /* report blocks that nothing leads to at the end */
	uint32_t spurious;    /* each thread's waits for a signal may end N times from nowhere */
};
extern struct own_options own_options;

/* A thread of the program. */
struct own_thread {
	struct task *task;
	own_clock clock;      /* what it knows; its own lane is its epoch */
	own_clock released;   /* at its last release fence; see has_released */
	own_clock to_acquire; /* what relaxed loads read, for its next acquire fence */
	bool has_released;
	bool lives, detached, joined;
	bool in_signal;
	bool weakly; /* it is at an atomic of a weak memory model: clocks travel; own_weak.h */
	void *(*function)(void *);
	void *argument, *result;
	uintptr_t first_frame; /* its stack from here on is ours */
	void *handlers;	       /* of pthread_cleanup_push(), the innermost; leave.c */
	int cancel_state, cancel_type;
	char *tls;		  /* its block of the program's thread-local memory */
	int saved_errno;	  /* while another thread runs */
	uint64_t exceptions[2];	  /* __cxa_eh_globals, the same */
	uint64_t once[2];	  /* what std::call_once() is about to call, the same */
	uint64_t progress;	  /* changes of it that its stack does not show; see own_wrote() */
	struct own_loop {	  /* loops.c */
		uintptr_t parked; /* where it goes round and waits for a change; 0: it does not */
		uint32_t locks;	  /* that it holds */
		uint64_t stamp;	  /* its progress when it last looked */
	} loop;
	struct own_pending { /* a plain write at a point, whose value is there afterwards */
		struct word *word;
		uintptr_t address;
		unsigned int size;
	} pending;
	struct {
		uintptr_t address;
		unsigned int size; /* 0: not known */
	} told;			   /* what its next point touches: mirrors may stand for more */
	struct own_wait {	   /* what it waits for, for sentences; waits.c */
		const char *what;  /* "a mutex"; NULL: nothing */
		uintptr_t on;
		uintptr_t pc;
		uintptr_t by; /* the mutex of a wait for a condition variable; 0: of another wait */
	} wait;
};

/* What a fault is about, beside its kind and place. Zeroes: nothing. */
struct own_about {
	uintptr_t address; /* of @size bytes */
	size_t size;
	uintptr_t other;     /* code address: the other access of a race, the first free() of two */
	const char *outcome; /* that is forbidden, `r1=0 r2=1`, for as long as the process lives */
};
/*
 * Set own.next_about before own_fault() and own_report(): they keep it beside the fault, as
 * own.about[its number in this execution], and have own.next_about be zeroes. A race is a fault at
 * own_site_of_pair(@pc, other).
 */

/* The process: one program, one execution at a time. */
struct own {
	struct own_thread thread[OWN_THREADS];
	uint32_t current;      /* the thread that runs; own_runs() */
	struct own_thread *me; /* the same */
	uint32_t count;	       /* threads begun in this execution */
	bool inside;	       /* the program's code runs, as part of an execution */
	bool loading;	       /* constructors run */
	bool telling;	       /* a replay: printf() is kept for the story */
	uint32_t memory;       /* enum explore_memory, of the executions */
	bool freed;	       /* some execution freed a block that another could be given */
	bool noting;	       /* states are looked at: where threads stop is noted; noted.h */
	bool wipes;	       /* it leaves zeroes below the stack of the program; noted.h */
	uint32_t execution;    /* number of it, never 0: what bears another is of an earlier one */
	uint64_t writes;       /* that changed something, by anybody, in this execution */
	uint64_t callbacks;    /* of the compiler, ever */
	uint32_t quiet;	       /* plain accesses since the last point, and... */
	uint32_t quiet_from;   /* ... what that begins with: see plain.c */
	uintptr_t text_low, text_end, data_low, data_end;
	struct own_about next_about, about[EXECUTION_FAULTS_MAX];
	uint8_t *hot;	     /* by code address - text_low, 1: a plain access that is a point */
	uint8_t *of_headers; /* by the same: code of a header of the system; NULL: there is none */
};
extern struct own own;

static inline struct own_thread *own_me(void)
{
	return own.me;
}

static inline void own_runs(uint32_t thread)
{
	own.current = thread;
	own.me = &own.thread[thread];
}

/* Whether @pc is code of the program. */
static inline bool own_is_code(uintptr_t pc)
{
	return pc - own.text_low < own.text_end - own.text_low;
}

/*
 * Whether the program's own memory has @address. What is elsewhere is of a library, is not put
 * back, and has to stay as the library knows it: its locks and its onces are none of an execution.
 */
static inline bool own_is_put_back(const void *address)
{
	return (uintptr_t)address - own.data_low < own.data_end - own.data_low ||
	       (uintptr_t)address - OWN_ARENA_BASE < OWN_ARENA_BYTES;
}

#include "code.h"

/*
 * The site of code address @pc: one struct for each address, for as long as the process lives. Its
 * text is the offset in the object, "+0x1234": lines and names come from DWARF, later, in
 * TypeScript.
 */
static inline const struct site *own_site(uintptr_t pc)
{
	const struct site *known = likely(own_is_code(pc)) ? own_sites[pc - own.text_low] : NULL;

	return likely(known != NULL) ? known : own_new_site(pc);
}

#include "words.h"

/* The current thread comes to a point on @size bytes at @address, for a story. */
static inline void own_tell_where(uintptr_t address, unsigned int size)
{
	if (likely(!own.telling))
		return;
	own_me()->told.address = address;
	own_me()->told.size = size;
}

/* --- points: the current thread is about to do what others can see --- */

/* What a thread has for itself and the C library keeps once: errno, exceptions in flight. */
struct own_library {
	int *errno_at;
	uint64_t *exceptions; /* __cxa_get_globals(); NULL: no exceptions are thrown */
	uint64_t *once[2];    /* of libstdc++'s thread-local memory; NULL: not used */
};
extern struct own_library own_library;

#include "noted.h"
#include "step.h"

/* Have mirror @w hold @value without a trace of it: what an atomic holds that no execution wrote.
 */
void own_settle(struct word *w, uint64_t value);
/*
 * The current thread changed what @w holds: threads that went round by it look again. Context:
 * within the step. In loops.c.
 */
void own_changed(struct word *w);
/* A store to @w has left the buffer of a thread, which need not be the current one. */
void own_landed(const struct word *w);

/* --- faults --- */

/* The current thread meets a fault at @pc. Does not return: the execution is over. */
_Noreturn void own_fault(enum fault_kind kind, uintptr_t pc, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same, and the thread goes on. */
void own_report(enum fault_kind kind, uintptr_t pc, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/*
 * The program does what is not supported: the host says so and ends with status 2. No fault. In
 * host.c, as own_died() is.
 */
_Noreturn void own_refuse(uintptr_t pc, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/*
 * Signal @signal came at @pc, and own.inside says that the program does not run, or it cannot go
 * on: the host's parent reports the death, with the schedule so far. @stack_used_up: it came since
 * the program left no stack for what it called. Context: a signal handler.
 */
_Noreturn void own_died(int signal, uintptr_t pc, bool stack_used_up);

/* --- learn.c --- */

enum own_fact {
	OWN_FACT_POINT,	  /* value: pc - own.text_low of a plain access that is a point */
	OWN_FACT_TRIED,	  /* value: address of a mutex that somebody tries */
	OWN_FACT_OVERLAP, /* value: where atomics overlap; words.c */
	OWN_FACT_ORDER,	  /* value: of an atomic, and what counts in its place; orders.c */
	OWN_FACTS
};

/*
 * What a search learns, the next one knows: it begins to know it where its model is set up, so that
 * all executions of one search know the same.
 */
/* Whether it is known. */
bool own_knows(enum own_fact fact, uint64_t value);
/* Learn it: the execution ends here, and the search begins again with it. Returns if it is known.
 */
void own_learn(enum own_fact fact, uint64_t value);
/* Something was learned: a plan's `stop`. The host sets it back. */
extern volatile bool own_learned;
/* The host knows it from the beginning. */
void own_know(enum own_fact fact, uint64_t value);
/* Nothing is known any more. Context: no execution goes on. */
void own_forget(void);
/* What is known, in the order of learning; @at: from 0. */
uint32_t own_facts(void);
uint64_t own_fact_at(uint32_t at, enum own_fact *fact);

/* --- threads.c --- */

/* Have a new thread run @function(@argument) to its first point. Returns its number. */
uint32_t own_spawn(void *(*function)(void *), void *argument, uintptr_t pc);
/* The current thread ends: destructors, then the thread that joins it. */
_Noreturn void own_thread_exit(void *result);
/* The process ends: exit(), or main() returned. A point that conflicts with everything. */
_Noreturn void own_exit_process(int status, uintptr_t pc);
void own_threads_reset(void); /* an execution begins */

#include "sync_clocks.h"

/* --- loops.c --- */

/*
 * The current thread has read @value of @w, at @pc, and may be going round: an atomic load, a
 * read-modify-write that changed nothing, a try that failed. Where it comes to the same place in
 * the same state, and no word that it read on its way round has changed, it waits until one does.
 * Returns true after such a wait: read again. @w may be NULL: nothing was read (it gave way).
 */
bool own_goes_round(struct word *w, uintptr_t pc, uint64_t value);
void own_loops_reset(void);

/* Whether @address is on the current thread's stack, which ends at its task. */
static __always_inline bool own_is_on_stack(uintptr_t address)
{
	uintptr_t frame = (uintptr_t)__builtin_frame_address(0);

	return address - frame < (uintptr_t)own_me()->task - frame;
}

void own_wrote_stack(uintptr_t address, size_t size); /* own_wrote(), while it holds a lock */
/*
 * The current thread is about to change @size bytes of plain memory at @address, or something of
 * its process (@size 0). Every such change has to call this; what only reads must not.
 */
static inline void own_wrote(uintptr_t address, size_t size)
{
	struct own_thread *me = own_me();

	/* What it writes on its own stack the stack shows. */
	if (!size || !own_is_on_stack(address))
		me->progress++;
	else if (me->loop.locks)
		own_wrote_stack(address, size);
}

#include "own_memory.h"

/* --- waiting.c --- */

const char *own_name(uint32_t thread); /* "thread 1"; static */

/* --- libc.c: what a program may ask of its process --- */

void own_libc_reset(void);
/* The current thread sleeps for @ns nanoseconds: clocks move. */
void own_time_passes(uint64_t ns);

/* --- cxx.c --- */

/* An exception that nobody catches is a fault. @program: of dlopen(). */
void own_cxx_begin(void *program);

/* --- tell.c --- */

/* The current thread printed @text, of @length bytes, not ended by a zero. Context: a replay. */
void own_printed(const char *text, size_t length);
/* What a story says where the current thread is. Context: a replay. */
void own_noted(const char *text);
/* Where the story is: the next step that the current thread has will stand there, or behind. */
uint32_t own_story_at(void);
/* That step, of those from @from on, made @now of what was @was. Context: a replay. */
void own_tell_change(uint32_t from, uint32_t was, uint32_t now);
/* Standard output, at @pc: outcomes may be in it. printed.c */
void own_print_outcomes(const char *text, size_t length, uintptr_t pc);
/* The program ends: lines that have no end yet are whole. */
void own_end_lines(void);
/* record() of <dmtorture.h>. In outcomes.c, as the next two are. */
OWN_EXPORT void dmtorture_record(const char *name, long long value);
/* The same, at @pc. */
void own_record(const char *name, long long value, uintptr_t pc);
/*
 * The program ends: what it has recorded may be forbidden. Does not return then, as own_fault()
 * does not.
 */
void own_look_at_outcome(void);
/* The plain access at the point that was last read @value. Context: a replay. */
void own_read_plainly(uint64_t value);

/* --- load.c --- */

/* Load the object, run its constructors, keep what its memory holds. NULL: fine; or a sentence. */
const char *own_load(const char *path);
/* Put the program's data, TLS and heap back to that. */
void own_put_back(void);
int own_call_main(void);

/* --- model.c --- */

/* The program as a model of explore.h. */
extern const struct explore_model own_model;

#endif
