/* SPDX-License-Identifier: MIT */
/*
 * Verifying the locks of native/locks: the very source that is measured, under a memory model, with
 * @threads threads that each take the lock @rounds times. Looked for: exclusion and visibility (a
 * plain counter in the critical section: under RC11 a data race, else a wrong count at the end),
 * order of service where locks.def says that the lock has one, and liveness (nobody waits for
 * ever). A row without a fault that was exhausted holds for its threads and rounds, under its
 * model, and says no more.
 *
 * Those of native/rwlocks: @writers of the threads write two words, the others read them. Looked
 * for: writers exclude each other, a reader sees whole writes (plain words: a writer beside a
 * reader is a data race), liveness, and whether two readers can be in at once. An optimistic one
 * guards relaxed atomics: what a reader need not read again has to be whole.
 *
 * Those of native/refcounts: one thread ends @objects, one after the other, while the others get,
 * use and put in @rounds. Looked for: no use after the end, each object freed once, liveness, and
 * that all that was done with an object comes before its end (under RC11 a data race). A row is
 * verified with first references that were handed, and counted by the thread itself, and with some
 * that another thread drops.
 *
 * Barriers: the order of each site one step weaker (acq_rel: acquire, and release; acquire,
 * release: relaxed; seq_cst: acq_rel), the others as they are, under RC11. A weakening that breaks
 * the lock at one of the sizes is needed, and has a ticket; one that does not is not needed at
 * these sizes. A weaker order allows every execution of the stronger one, so what breaks alone
 * breaks in company. What does not break alone may in company: `relaxed` is one set of weakenings
 * that holds as a whole, made greedily in the order of sites.
 *
 * Sites are the accesses of a lock's source, those that are relaxed already included; waits and
 * system calls have no order of their own and are none. They are counted in the source, so a site
 * that no execution comes to is known.
 *
 * Plain C types, so that the addon can include it.
 */
#ifndef DMTORTURE_VERIFY_H
#define DMTORTURE_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "place.h"
#include "tables.h"
#include "trace.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VERIFY_THREADS_MIN 2
#define VERIFY_THREADS_MAX 8
#define VERIFY_ROUNDS_MAX 16
#define VERIFY_OBJECTS_MAX 4
#define VERIFY_MESSAGE_MAX 256

/* What is verified: whose table a number is of. */
enum verify_kind {
	VERIFY_LOCK,	 /* enum lock_id */
	VERIFY_RWLOCK,	 /* enum rwlock_id */
	VERIFY_REFCOUNT, /* enum refcount_id */
	VERIFY_KINDS
};

struct verify_size {
	uint32_t threads; /* all of them, VERIFY_THREADS_MIN..VERIFY_THREADS_MAX */
	uint32_t rounds;  /* 1..VERIFY_ROUNDS_MAX */
	uint32_t writers; /* of a reader-writer lock: 1..@threads of them; else 0 */
	uint32_t objects; /* of a reference count: 1..VERIFY_OBJECTS_MAX; else 0 */
};

/* Whether two readers of a reader-writer lock can be in at once. */
enum verify_sharing {
	VERIFY_NO_READERS, /* a row with fewer than two, or with a fault; not known */
	VERIFY_SHARED,
	VERIFY_NOT_SHARED,
};

enum verify_verdict {
	VERIFY_CLEAN, /* no fault, and there is no execution more */
	VERIFY_FAULT,
	VERIFY_UNFINISHED, /* no fault in what was seen; `limit` says what cut it off */
};

enum barrier_verdict {
	BARRIER_NEEDED,	     /* the lock breaks without it: `fault` */
	BARRIER_NOT_NEEDED,  /* all sizes were exhausted without a fault */
	BARRIER_NOT_REACHED, /* no execution of any size comes to the site */
	BARRIER_UNFINISHED,  /* no fault, and a limit cut it off */
};

/* A fault, with the schedule of its ticket. */
struct verify_fault {
	uint32_t kind;		 /* enum fault_kind; FAULT_COUNT: none */
	uint32_t cpu;		 /* == threads: found at the end */
	const struct site *site; /* NULL: none */
	uint32_t preemptions, steps;
	uint32_t options; /* steps that read an older value, or whose store lands before others */
	bool minimal;	  /* provably fewest options, then preemptions, then steps */
	char message[VERIFY_MESSAGE_MAX];
	char *ticket; /* owned by the report; NULL: none */
};

/* One subject under one model at one size. */
struct verify_row {
	uint32_t lock;	 /* as the input has it */
	uint32_t memory; /* enum model_id */
	struct verify_size size;
	enum verify_verdict verdict;
	uint32_t limit; /* enum end_id */
	bool exhausted;
	enum verify_sharing sharing;
	uint32_t sites;		/* of the lock's source */
	uint32_t sites_reached; /* of these */
	uint64_t states, executions, elapsed_ns;
	struct verify_fault fault;
};

/* One order of one site, a step weaker. */
struct verify_barrier {
	uint32_t lock;
	const struct site *site;
	uint32_t number; /* of the site in its lock, in the order of lines, from 0 */
	uint32_t order;	 /* enum word_order: what the source says */
	uint32_t weaker; /* what was tried */
	enum barrier_verdict verdict;
	struct verify_size size; /* where it broke, else the last that was tried */
	uint64_t states;	 /* of all sizes that were tried */
	struct verify_fault fault;
};

/* A site of the relaxed set whose order is weaker there than in the source. */
struct verify_relaxed {
	uint32_t lock;
	const struct site *site;
	uint32_t number;
	uint32_t order, weaker;
};

struct verify_progress {
	uint64_t elapsed_ns, states;
	size_t done, all; /* rows, weakenings and relaxed sets; `all` grows as more become known */
};

struct verify_input {
	enum verify_kind kind; /* of all of them */
	const uint32_t *locks; /* by number in the table of @kind; none that is the system's */
	size_t lock_count;
	uint32_t memories; /* bit n: enum model_id n */
	const struct verify_size *sizes;
	size_t size_count;
	bool barriers;		   /* MODEL_RC11 has to be among the models */
	bool c11_sequences;	   /* release sequences as C11 and C17 have them, not as C++20 */
	bool as_found;		   /* do not minimise */
	uint32_t workers;	   /* pthreads that share the work; 0: 2 */
	uint64_t states_max;	   /* of each row and weakening; 0: as explore() */
	uint64_t time_ms_max;	   /* of it all; 0: no limit */
	const volatile bool *stop; /* may be NULL */
	/* Called now and then, one thread at a time; non-zero stops. May be NULL. */
	int (*progress)(void *context, const struct verify_progress *progress);
	void *context;
};

/* Rows stand by lock, then model, then size, as the input has them. */
struct verify_report {
	struct verify_row *rows;
	size_t row_count;
	/* Of locks whose rows under RC11 are all clean, by lock and site. */
	struct verify_barrier *barriers;
	size_t barrier_count;
	struct verify_relaxed *relaxed;
	size_t relaxed_count;
	bool stopped; /* by `stop` or `progress`: what was not begun is unfinished */
	uint64_t elapsed_ns;
};

/*
 * Verify what @input names. Returns 0 with *@report set, to be freed; -EINVAL (a lock, a size or a
 * model that there is not, barriers without RC11), -ENOMEM; what explore() returns. Context: any
 * thread; several at once share nothing.
 */
int verify(const struct verify_input *input, struct verify_report *report);
void verify_report_free(struct verify_report *report);

/* --- tickets --- */

/*
 * A ticket of a lock begins with "dmt3.", as those of scenarios under a memory model do; the
 * number in front of everything else is VERIFY_TICKET_SUBJECT where theirs is 3. Then: the lock's
 * name (length, bytes), threads, rounds, the model, 1 for C11's release sequences, the fault and
 * its site, the orders that differ from the source (count; number of the site, its digest, the
 * order), the schedule with its options. One of another kind begins with VERIFY_TICKET_OTHER, and
 * has between rounds and the model: the kind, writers, objects, the way that references are had.
 */
#define VERIFY_TICKET_PREFIX "dmt3."
#define VERIFY_TICKET_SUBJECT 67
#define VERIFY_TICKET_OTHER 68

enum verify_ticket_error {
	VERIFY_TICKET_FINE,
	VERIFY_TICKET_FOREIGN,	   /* not the ticket of a lock */
	VERIFY_TICKET_DAMAGED,	   /* characters, length or checksum are wrong */
	VERIFY_TICKET_CHANGED,	   /* of a lock or a site that this version does not have */
	VERIFY_TICKET_MEANINGLESS, /* intact, and says something impossible */
	VERIFY_TICKET_NO_MEMORY,
};

/* Of a ticket: one site whose order differs from the source. */
struct verify_override {
	const struct site *site;
	uint32_t number, order; /* enum word_order */
};

#define VERIFY_OVERRIDES_MAX 64

/* What a ticket said, and what its schedule did. */
struct verify_replayed {
	enum verify_kind kind;
	uint32_t lock, memory;
	struct verify_size size;
	bool c11_sequences;
	uint32_t fault; /* kind expected */
	struct verify_override override[VERIFY_OVERRIDES_MAX];
	uint32_t override_count;
	struct trace trace;
};

/*
 * Replay @text. Returns 0 with *@replayed set, to be freed; -EBADMSG with *@error set; what
 * explore() returns.
 */
int verify_replay(const char *text, struct verify_replayed *replayed,
		  enum verify_ticket_error *error);
/* Whether @text is the ticket of a lock, even where it is damaged or cannot be replayed. */
bool verify_is_ticket(const char *text);
void verify_replayed_free(struct verify_replayed *replayed);
/* Why a ticket is refused, as a sentence. Static. */
const char *verify_ticket_error_text(enum verify_ticket_error error);

#ifdef __cplusplus
}
#endif
#endif
