/* SPDX-License-Identifier: MIT */
/*
 * A memory model that is weaker than sequential consistency, as searches see it: what the thread
 * that is chosen may read, or where what it writes may land; how two states differ; and what
 * is kept to come back to one. See weak.h for what the machine sees of it.
 */
#ifndef DMTORTURE_MEMORY_H
#define DMTORTURE_MEMORY_H

#include "explore.h"
#include "weak.h"

#define MEMORY_OPTIONS_MAX 255 /* of one access: the oldest that no schedule can name */
#define MEMORY_NAMES 64	       /* messages of a location that can sleep */

/* What an access of a weak memory model does. */
enum op_kind {
	OP_NONE,
	OP_LOAD,
	OP_STORE,
	OP_RMW,
	OP_FENCE,  /* seq_cst */
	OP_SLEEP,  /* futex_wait(): see fibers_sleep() */
	OP_AWAIT,  /* a load of another value than the one that was seen */
	OP_TURN,   /* waits for the same, and reads nothing */
	OP_LOCK,   /* acquires what is released before */
	OP_UNLOCK, /* releases */
	OP_GATE,   /* both */
	OP_STOP,   /* orders everything */
	OP_PLAIN_READ,
	OP_PLAIN_WRITE,
};

/* What a thread is about to do. */
struct op {
	uint8_t kind;
	uint8_t order;	 /* enum word_order, the plan's own put in */
	uint8_t failure; /* the same where it fails; ORDER_NONE: what `order` has for loads */
	bool expects;	 /* `value` is what it writes over, alone */
	bool partly;
	bool wakes;
	bool lands;
	bool joined; /* what is read has been acquired */
	uint16_t location, sleepers;
	uint16_t site; /* number of it in the table of sites */
	uint32_t place, words;
	uint64_t value;
};

static inline bool order_acquires(unsigned int order)
{
	return order == ORDER_ACQUIRE || order >= ORDER_ACQ_REL;
}

static inline bool order_releases(unsigned int order)
{
	return order >= ORDER_RELEASE;
}

/* Whether it takes part in the one order of all seq_cst fences. */
static inline bool has_fence(const struct op *op)
{
	return (op->kind == OP_FENCE && op->order == ORDER_SEQ_CST) || op->kind == OP_SLEEP ||
	       op->order == ORDER_FULL;
}

/* Sites that a search has come to: open addressing by address. */
struct site_row {
	const struct site *site;
	enum word_order order; /* the plan's; ORDER_NONE: its own */
	bool has_order;	       /* an access there said which */
};

/* An order of a plan by the digest of its site, for a site that is not known yet. */
struct digest_order {
	uint32_t digest; /* site_digest() */
	enum word_order order;
};

struct sites {
	const struct digest_order *orders; /* the caller's */
	uint32_t order_count;
	struct site_row *row;
	uint32_t *slot; /* row + 1; 0: free */
	uint32_t count, capacity, slots;
};

struct memory;

struct memory_ops {
	/*
	 * What @cpu may do now: for an access that reads, the messages; for one that writes, those
	 * that it may be placed behind; else one 0. The default first: the newest. Returns how
	 * many, MEMORY_OPTIONS_MAX at most.
	 */
	uint32_t (*options)(struct memory *m, uint32_t cpu, uint16_t *option);
	/* The number of @option in a schedule. */
	uint32_t (*number)(const struct memory *m, uint32_t cpu, uint16_t option);
	/* A name of @option that never changes, below MEMORY_NAMES, or MEMORY_NAMES: none. */
	uint32_t (*name)(const struct memory *m, uint16_t option);
	/* Whether @cpu's access may run at once, before those of all other threads. */
	bool (*runs_at_once)(struct memory *m, uint32_t cpu);
	/* Whether what @a and @b are about to do may not commute. */
	bool (*dependent)(const struct memory *m, uint32_t a, uint32_t b);
	/* Whether @cpu only spins: all it may read of use is in @vain, a mask of names. */
	bool (*spins)(struct memory *m, uint32_t cpu, uint64_t vain);
	uint64_t (*hash)(struct memory *m);
	/* The same for executions that read the same from the same writes, in one order of these.
	 */
	uint64_t (*graph)(const struct memory *m);
	size_t (*bytes)(const struct memory *m);
	void (*save)(const struct memory *m, void *to);
	void (*restore)(struct memory *m, const void *from);
	void (*free)(struct memory *m);
};

/* The part that all models have. */
struct memory {
	struct weak weak; /* must be first */
	const struct memory_ops *ops;
	struct fibers *fibers;
	uint32_t threads;
	struct sites sites;
	/* A search says what the next step does: `choice`, of options(). */
	bool is_told;
	uint16_t choice;
	/* Of the accesses so far, of all executions; and what of that is kept now. */
	struct memory_needs {
		bool collects; /* a fence acquires what relaxed loads have read */
		bool mixes;    /* there are seq_cst accesses and seq_cst fences */
		bool sc, sc_fence;
		bool tracks; /* an object ends, or is accessed both ways */
		bool loads;  /* any location may be loaded, not only those that were */
	} met, uses;
	struct op op[FIBERS_MAX]; /* pending */
	/* Threads, by bit: what ran at once in this step may race with their pending access. */
	uint32_t woken;
};

/* NULL: no memory. */
struct memory *memory_new(struct fibers *f, const struct explore_plan *plan);
void memory_free(struct memory *m);
/* Keep all that any program may need. */
void memory_uses_all(struct memory *m);
/* Fill report->sites. Returns 0 or -ENOMEM. */
int memory_report(const struct memory *m, struct explore_report *report);
/* Have sites with these digests have other orders. Context: before the first access. */
void memory_set_orders(struct memory *m, const struct digest_order *orders, uint32_t count);
/* The model of @f, which has one. */
static inline struct memory *memory_of(const struct fibers *f)
{
	return (struct memory *)f->hot.weak;
}

/*
 * The option of @cpu, of options(), that is @number in a schedule. Returns false where there is
 * none.
 */
bool memory_index(struct memory *m, uint32_t cpu, uint32_t number, uint32_t *index);
/* What @access of @t does, by what was said of it. The number of its site is set. */
struct op memory_op(struct memory *m, const struct task *t, const struct access *access);
/* The option of @cpu's step, of options(); it goes to the schedule. */
uint16_t memory_choose(struct memory *m, uint32_t cpu);

/* --- sites.c --- */

void sites_free(struct sites *sites);
/* The number of @site, noted where it is new. Returns UINT16_MAX where there are too many. */
uint16_t sites_number(struct sites *sites, const struct site *site);

/* --- rc11_search.c --- */

/* @c11_sequences: see explore.h. NULL: no memory. */
struct memory *rc11_new(struct fibers *f, bool c11_sequences);

/* --- tso_search.c --- */

/* NULL: no memory. */
struct memory *tso_new(struct fibers *f);

#endif
