/* SPDX-License-Identifier: MIT */
/*
 * Oops mode: the core with real memory, on real threads, in a child process, until it dies. The
 * parent waits for that and prints what the child wrote into memory that both share.
 */
#ifndef DMTORTURE_OOPS_H
#define DMTORTURE_OOPS_H

#include <pthread.h>
#include <signal.h>

#include "ledger.h"
#include "pages.h"
#include "program.h"

#define FRAMES_MAX 32
#define MESSAGE_BYTES 256

/* What killed it. */
enum death_by {
	DEATH_NONE,
	DEATH_FREED,	   /* SIGSEGV: memory that was freed */
	DEATH_WILD,	   /* SIGSEGV: NULL, or what no allocation ever returned */
	DEATH_UNLOADED,	   /* SIGSEGV: the text of a module that is gone */
	DEATH_BUG,	   /* SIGABRT: the kernel's own BUG() */
	DEATH_DOUBLE_FREE, /* SIGABRT: free() of what is free, or was never allocated */
	DEATH_STRAY,	   /* SIGSEGV or another signal outside a program's thread: our own bug */
};

/* What a thread does, for the report. */
struct doing {
	uint32_t cpu; /* from 0 */
	uint32_t op, minor;
};

/* The last words of a child. Addresses are those of the parent, too: it was forked. */
struct death {
	_Atomic uint32_t end; /* enum death_by; the first thread that dies writes */
	int signal, code;     /* of the signal, as siginfo_t has it */
	uint64_t address;     /* that the processor could not reach */
	bool has_address;     /* it says which: one that is none, it does not */
	bool writes, says_writes;
	uint64_t at_ns, round;
	struct doing doing;
	struct touch touch;	/* the access that it came to */
	uint32_t class;		/* DEATH_FREED: of the object */
	uint64_t offset;	/* DEATH_FREED: from its beginning */
	struct page_note freed; /* DEATH_FREED, and a double free of an object */
	bool knows_freed;
	uint32_t kind;		 /* DEATH_BUG, DEATH_DOUBLE_FREE, DEATH_UNLOADED: enum fault_kind */
	const struct site *site; /* the same */
	char message[MESSAGE_BYTES]; /* the same */
	uint32_t frames;
	uintptr_t frame[FRAMES_MAX];
};

/* What parent and child share. */
struct shared {
	_Atomic uint64_t rounds;
	_Atomic uint64_t
		lived[FAULT_COUNT]; /* faults of the model that no machine dies of, by kind */
	_Atomic uint32_t stopping;  /* the parent asks the child to end */
	_Atomic int error;	    /* -errno: it could not begin */
	uint64_t began_ns;
	struct death death;
};

/* What is run, as the command line has it. */
struct plan_of_oops {
	uint64_t patches, seed, time_ms, watchdog_ms, perturb, batch;
	struct program_set programs;
};

extern struct shared *shared;

/* What the thread that calls runs; NULL: none of a program. */
extern _Thread_local struct player *own_player;

/* walk.c. The stack of the calling thread is known from then on. Context: each thread, first. */
void walk_begin(void);
/* Where code is, the innermost first: @pc, its caller by @frame, and so on. Context: any signal. */
uint32_t walk_from(uintptr_t pc, uintptr_t frame, uintptr_t *out, uint32_t frames);
/* The same of the caller. */
uint32_t walk_here(uintptr_t *out, uint32_t frames);
/* Where the host's code begins, which frames are counted from. */
uintptr_t walk_base(void);

/* death.c. From then on a signal writes down what there is, and then kills. Context: the child. */
int death_watch(void);
/* The calling thread has a stack for its signal handler. Context: each thread, first. */
int death_stack(void);
/* The recorder of every world. */
void death_record(void *context, struct task *t, const struct fault_event *event);

/* rounds.c. Run until the time is up; returns 0 or -errno. Context: the child. */
int rounds_run(const struct plan_of_oops *plan);
/* The slab that @address is in the memory of; NULL: none. Context: any signal. */
const struct slab *rounds_slab(uintptr_t address);

/* Which round @p plays in, from 1; of the main thread the last that it closed. Context: any signal.
 */
uint64_t rounds_number(const struct player *p);

/* last_words.c. Print what the child left, one line of JSON. @status: of waitpid(). */
void print_end(int status, bool killed);
void print_progress(void);

#endif
