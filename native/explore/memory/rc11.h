/* SPDX-License-Identifier: MIT */
/*
 * RC11 without load buffering, by messages and views: Kang, Hur, Lahav, Vafeiadis, Dreyer, A
 * Promising Semantics for Relaxed-Memory Concurrency (2017), without promises; and Lahav,
 * Vafeiadis, Kang, Hur, Dreyer, Repairing Sequential Consistency in C/C++11 (2017), for what
 * executions are.
 *
 * Every write is a message of its location; they are in modification order, by rank, and a new one
 * may land before older ones. A view holds the latest message of each location that its owner must
 * not read behind, and, for plain data, a vector clock. A message keeps the view that is acquired
 * with it; it never changes, so that going back needs a copy of the threads' own only.
 */
#ifndef DMTORTURE_RC11_H
#define DMTORTURE_RC11_H

#include "memory.h"

#define LOCATIONS_MAX 1024u
#define PLAINS_MAX 4096u
#define MESSAGES_MAX 60000u
#define TURN_READS_MAX 6
#define NO_CPU 255

/* What never changes of a message. Number 0 is none: what every location held at first. */
struct message {
	uint64_t value;
	uint16_t location;
	uint16_t name;	 /* of those of its location, by time; 0: the initial one */
	uint16_t number; /* of its thread's writes */
	uint16_t from;	 /* what the read-modify-write that made it read; 0: it is a store */
	uint16_t step, site;
	uint8_t cpu;   /* NO_CPU: it was there at the beginning */
	uint8_t order; /* ORDER_NONE: by no atomic access */
};

/* Where it stands in modification order. */
struct link {
	uint16_t rank;
	uint16_t next;	/* the read-modify-write that read it; 0: none */
	uint16_t after; /* the one that comes next; 0: it is the newest */
	/* Where it stands among those that count, while a state is hashed: see state.c. */
	uint16_t standing;
};

struct location {
	uint16_t first, last, count; /* of 0: no access has come to it yet */
	uint16_t sc;		     /* the last seq_cst write; 0: none */
	uint16_t names;
	bool is_lock; /* its last message alone counts, for what it releases */
};

/* A word of plain data: when it was accessed last. A time of 0: never. */
struct plain {
	uint32_t place;
	uint16_t write, write_site;
	uint8_t writer;
	bool plainly; /* in some execution an access to it was plain */
	uint16_t read[FIBERS_MAX], read_site[FIBERS_MAX];
	/* By atomic accesses, where the model is one that tracks them. */
	uint16_t loaded[FIBERS_MAX], stored[FIBERS_MAX];
};

/* Of one thread, and no view. */
struct own {
	uint16_t clock, writes;
	bool pure; /* the last access only read, or wrote back what it had read */
	uint8_t reads;
	uint16_t read[TURN_READS_MAX]; /* messages, since the last effect */
	uint64_t graph;		       /* hash of the messages it has read */
};

#define LOG_MAX TRACE_MAX

/* A read of a watched execution. */
struct log_entry {
	uint32_t step;
	uint16_t message, site;
	uint8_t cpu, order;
};

enum { VIEW_NOW, VIEW_ACQUIRED, VIEW_RELEASED, VIEWS };

struct rc11 {
	struct memory memory; /* must be first */
	uint32_t clocks;      /* of a view; a multiple of 4 */
	uint32_t locations_max, stride;
	/* By number of a word: its location or its plain data, + 1; 0: none yet. */
	uint16_t *location_at, *plain_at;
	uint32_t *place; /* of a location */
	uint32_t locations, plains;
	struct location *location;
	struct plain *plain;
	struct own own[FIBERS_MAX];
	uint16_t *views;    /* of threads, VIEWS each; then scv */
	uint16_t *released; /* c11_sequences: of each thread, its last release store by location */
	struct message *message;
	struct link *link;
	uint16_t *message_views;
	uint32_t messages, capacity;
	/* An older value stands in this word. */
	struct {
		struct word *word; /* NULL: nowhere */
		uint64_t newest;
	} lent;
	/* What the access that runs is about to write. */
	struct {
		struct word *word; /* NULL: nothing */
		uint16_t behind, from;
		uint32_t cpu;
		uint8_t order;
	} write;
	struct log_entry *log; /* of LOG_MAX */
	uint32_t logged;
	uint16_t *least; /* by location: the standing that no running thread can read behind */
	bool *is_loaded; /* by location: an access may read what was updated, in some execution */
};

static inline struct rc11 *rc11_of(struct memory *m)
{
	return (struct rc11 *)m;
}

static inline uint16_t *view_of(const struct rc11 *m, uint32_t cpu, uint32_t which)
{
	return m->views + (size_t)(cpu * VIEWS + which) * m->stride;
}

static inline uint16_t *scv_of(const struct rc11 *m)
{
	return view_of(m, m->memory.threads, 0);
}

static inline uint16_t *view_of_message(const struct rc11 *m, uint16_t message)
{
	return m->message_views + (size_t)message * m->stride;
}

/* Of a view: behind its clocks. */
static inline uint16_t *at_of(const struct rc11 *m, uint16_t *view)
{
	return view + m->clocks;
}

/* The last write that happens before. */
static inline uint16_t *hw_of(const struct rc11 *m, uint16_t *view)
{
	return view + m->clocks + m->locations_max;
}

/*
 * What an execution graph calls @message. A plain write is as the first value is: where no access
 * races, what happens before says which of the two is read, and a location that is not met before
 * that write knows of one alone.
 */
static inline uint32_t event_of(const struct message *message)
{
	if (message->order == ORDER_NONE)
		return (uint32_t)NO_CPU << 16;
	return (uint32_t)message->cpu << 16 | message->number;
}

static inline uint16_t later(const struct rc11 *m, uint16_t a, uint16_t b)
{
	return m->link[a].rank >= m->link[b].rank ? a : b;
}

static inline uint16_t newest_of(const struct rc11 *m, uint16_t location)
{
	return m->location[location].last;
}

static inline const struct word *word_at(const struct rc11 *m, uint32_t place)
{
	return (const struct word *)(const void *)m->memory.fibers->hot.memory + place;
}

extern const struct weak_ops rc11_weak_ops;
/* @t does what it announced, by the option of this step. Faults: data-race. */
void perform_access(struct rc11 *m, struct task *t);

/* --- views.c --- */

void view_copy(const struct rc11 *m, uint16_t *to, const uint16_t *from);
void view_join(const struct rc11 *m, uint16_t *to, const uint16_t *from);
/* The same without what happens before: the order of fences is none. */
void view_join_order(const struct rc11 *m, uint16_t *to, const uint16_t *from);

/* --- messages.c --- */

/* The location of word @place, born with what is in memory. */
uint16_t location_of(struct rc11 *m, struct task *t, uint32_t place);
/* Make a message of @value directly behind @behind. Returns its number. */
uint16_t publish(struct rc11 *m, struct task *t, uint16_t behind, uint64_t value,
		 enum word_order order, uint16_t from);
/* @cpu has read @message with @order. */
void read_message(struct rc11 *m, uint32_t cpu, uint16_t message, enum word_order order);
void seq_cst_fence(struct rc11 *m, uint32_t cpu);
void weaker_fence(struct rc11 *m, uint32_t cpu, enum word_order order);
/* A turn that saw the same again would be in vain again: it reads on behind that. */
void pass_over(struct rc11 *m, uint32_t cpu, const struct op *op);
/* What @cpu's access must not read behind. */
uint16_t floor_of(const struct rc11 *m, uint32_t cpu, const struct op *op);
uint32_t rc11_options(struct memory *memory, uint32_t cpu, uint16_t *option);

/* --- news.c: what a loop has to know; only where something is carried, see weak.h --- */

void news_before(struct rc11 *m, uint32_t cpu);
/* What @cpu knows now of writes is not what it knew then. */
void news_behind(struct rc11 *m, uint32_t cpu);
/* perform_access(), with that. */
void rc11_perform(struct weak *weak, struct task *t);
bool rc11_has_news(struct weak *weak, struct task *t);

/* --- missed.c --- */

/* @cpu reads @message, as @op says. Context: before what it learns by that. */
void note_read(struct rc11 *m, uint32_t cpu, uint16_t message, const struct op *op);
/* @cpu's new @message has landed. */
void note_landed(struct rc11 *m, uint32_t cpu, uint16_t message);

/* --- plain.c --- */

static inline void plain_forget(struct plain *p)
{
	*p = (struct plain){.place = p->place, .plainly = p->plainly};
}

void plain_access(struct rc11 *m, struct task *t, const struct op *op);
/* An atomic access to a word that is accessed both ways, or ends. */
void plain_track(struct rc11 *m, struct task *t, const struct op *op, bool writes);

/* --- unsaid.c: see struct weak_ops --- */

void rc11_fill(struct weak *weak, struct task *t, struct word *w, uint64_t value);
bool rc11_pass_over(struct weak *weak, struct task *t, const struct word *w);

/* --- state.c --- */

/* @op is pending: if it loads, its location is one that is loaded. */
void note_load(struct rc11 *m, const struct op *op);
uint64_t rc11_hash(struct memory *memory);
void rc11_readable(struct weak *weak, weak_see_fn see, void *context);
size_t rc11_bytes(const struct memory *memory);
void rc11_save(const struct memory *memory, void *to);
void rc11_restore(struct memory *memory, const void *from);
/* A hash of the execution graph: what was read from where, and modification order. */
uint64_t rc11_graph(const struct memory *memory);

#endif
