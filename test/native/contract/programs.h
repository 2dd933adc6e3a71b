/* SPDX-License-Identifier: MIT */
/*
 * Small programs that both machines run, compiled once for each: the model prints what can come of
 * them, and what comes of them on threads has to be among that. All accesses are atomic
 * read-modify-writes, or sequentially consistent, since the order of others is the hardware's on
 * threads.
 */
#ifndef DMTORTURE_CONTRACT_PROGRAMS_H
#define DMTORTURE_CONTRACT_PROGRAMS_H

#include "sync.h"

#define PLAIN_PROGRAMS 240 /* of machine.h alone; the others have what sync.h has, too */
#define PROGRAMS 400
#define THREADS_MAX 3
#define OPS_MAX 3
#define WORDS 2
#define DEADLOCKED UINT64_C(1) /* the outcome; others are larger */

enum op_kind {
	READ,
	ADD,
	CAS,
	SPIN,
	MUTEX,
	SHARED,
	SHARED_TWICE,
	ALONE,
	AWAIT,
	SET_UNHEARD,
	LOADED,
	STORED,
	PLAIN_KINDS,
	TRY = PLAIN_KINDS,
	TRIED, /* takes what others try, and adds */
	DOWN,
	UP,
	TRYDOWN,
	WAIT_SIGNAL,
	SIGNAL,
	BROADCAST,
	BARRIER, /* of two */
	ONCE,
	DONE,
	ALL_DONE,
	WAIT_DONE,
	JOIN, /* the thread after this one */
	KINDS
};

struct op {
	enum op_kind kind;
	uint32_t word, value;
};

struct program {
	uint32_t threads, length[THREADS_MAX];
	struct op op[THREADS_MAX][OPS_MAX];
	bool directed; /* all that can come of it has to come on threads */
};

struct memory {
	struct machine machine;
	uint32_t threads;
	struct word word[WORDS], digest[THREADS_MAX];
	struct spinlock spin;
	struct mutex mutex;
	struct rwsem sem;
	struct try_mutex tried;
	struct semaphore semaphore;
	struct condition condition;
	struct barrier barrier;
	struct once once;
	struct completion completion;
	struct ending ending[THREADS_MAX];
};

static inline void memory_init(struct memory *m, const struct recorder *recorder, uint32_t threads)
{
	m->threads = threads;
	machine_init(&m->machine, recorder);
	spinlock_init(&m->spin, SPIN_TTAS);
	mutex_init(&m->mutex);
	rwsem_init(&m->sem);
	try_mutex_init(NULL, &m->tried);
	semaphore_init(NULL, &m->semaphore, 1);
	condition_init(NULL, &m->condition);
	barrier_init(NULL, &m->barrier, 2);
	once_init(NULL, &m->once);
	completion_init(NULL, &m->completion);
	for (uint32_t i = 0; i < THREADS_MAX; i++)
		ending_init(NULL, &m->ending[i]);
}

static inline uint32_t draw(uint64_t *state, uint32_t below)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (uint32_t)((*state >> 32) * below >> 32);
}

static inline struct op random_op(uint64_t *state, bool plain)
{
	return (struct op){.kind = (enum op_kind)draw(state, plain ? PLAIN_KINDS : KINDS),
			   .word = draw(state, WORDS),
			   .value = 1 + draw(state, 2)};
}

/* Known ones first, random ones after. */
static inline struct program program_of(uint32_t number)
{
	static const struct program known[] = {
		{2, {1, 1}, {{{ADD, 0, 1}}, {{READ, 0, 0}}}, true},
		{2,
		 {2, 2},
		 {{{STORED, 0, 1}, {LOADED, 1, 0}}, {{STORED, 1, 1}, {LOADED, 0, 0}}},
		 false},
		{2, {1, 1}, {{{SHARED_TWICE, 0, 0}}, {{ALONE, 0, 1}}}, true},
		{2, {1, 1}, {{{SET_UNHEARD, 0, 1}}, {{SET_UNHEARD, 1, 1}}}, true},
		{3, {1, 1, 1}, {{{SHARED, 0, 0}}, {{ALONE, 0, 1}}, {{MUTEX, 1, 1}}}, true},
		{2, {2, 1}, {{{SPIN, 0, 1}, {AWAIT, 1, 0}}, {{SPIN, 1, 1}}}, true},
	};
	static const struct program known_sync[] = {
		{2, {1, 1}, {{{TRIED, 0, 1}}, {{TRY, 0, 1}}}, true},
		{2, {2, 1}, {{{DOWN, 0, 0}, {UP, 0, 0}}, {{TRYDOWN, 0, 0}}}, true},
		{3, {1, 1, 1}, {{{DOWN, 0, 0}}, {{DOWN, 0, 0}}, {{UP, 0, 0}}}, true},
		{2, {1, 1}, {{{WAIT_SIGNAL, 0, 0}}, {{SIGNAL, 0, 0}}}, true},
		{3,
		 {1, 1, 1},
		 {{{WAIT_SIGNAL, 0, 0}}, {{WAIT_SIGNAL, 0, 0}}, {{SIGNAL, 0, 0}}},
		 true},
		{3,
		 {1, 1, 1},
		 {{{WAIT_SIGNAL, 0, 0}}, {{WAIT_SIGNAL, 1, 0}}, {{BROADCAST, 0, 0}}},
		 true},
		{2,
		 {2, 2},
		 {{{ADD, 0, 1}, {BARRIER, 0, 0}}, {{BARRIER, 0, 0}, {READ, 0, 0}}},
		 true},
		{2, {1, 2}, {{{ONCE, 0, 1}}, {{ONCE, 0, 1}, {READ, 0, 0}}}, true},
		{2, {2, 1}, {{{ADD, 0, 1}, {DONE, 0, 0}}, {{WAIT_DONE, 0, 0}}}, true},
		{3,
		 {1, 1, 1},
		 {{{ALL_DONE, 0, 0}}, {{WAIT_DONE, 0, 0}}, {{WAIT_DONE, 0, 0}}},
		 true},
		{2, {2, 1}, {{{JOIN, 0, 0}, {READ, 0, 0}}, {{ADD, 0, 1}}}, true},
		{2, {1, 1}, {{{JOIN, 0, 0}}, {{JOIN, 0, 0}}}, true},
	};
	bool plain = number < PLAIN_PROGRAMS;
	uint64_t state = UINT64_C(0x9e3779b97f4a7c15) * (number + 1);
	struct program p = {0};

	if (number < sizeof(known) / sizeof(known[0]))
		return known[number];
	if (!plain && number - PLAIN_PROGRAMS < sizeof(known_sync) / sizeof(known_sync[0]))
		return known_sync[number - PLAIN_PROGRAMS];
	p.threads = 2 + draw(&state, 2);
	for (uint32_t t = 0; t < p.threads; t++) {
		p.length[t] = 1 + draw(&state, OPS_MAX);
		for (uint32_t i = 0; i < p.length[t]; i++)
			p.op[t][i] = random_op(&state, plain);
		/* A thread is joined once, and the last that it does is to end. */
		for (uint32_t i = 1; i < p.length[t]; i++)
			for (uint32_t k = 0; k < i; k++)
				if (p.op[t][i].kind == JOIN && p.op[t][k].kind == JOIN)
					p.op[t][i].kind = READ;
	}
	return p;
}

static inline uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	return (hash ^ hash >> 29) | 2;
}

/* Called beside each access; NULL: nothing is. */
static void (*between)(uint32_t cpu);

static inline uint64_t plus(uint64_t value, uint64_t by)
{
	return value + by;
}

static inline uint64_t add(struct task *t, struct word *w, uint64_t delta)
{
	uint64_t seen = word_update(t, w, plus, delta, ORDER_ACQ_REL, SITE("word += delta"));

	if (between)
		between(t->common.cpu);
	return seen;
}

static inline uint64_t run_wait(struct memory *m, struct task *t, const struct op *op)
{
	uint64_t seen;

	if (op->kind == WAIT_DONE) {
		wait_for_completion(t, &m->completion);
		return add(t, &m->word[op->word], 0);
	}
	mutex_lock(t, &m->mutex);
	condition_wait(t, &m->condition, &m->mutex);
	seen = add(t, &m->word[op->word], 1);
	mutex_unlock(t, &m->mutex);
	return seen;
}

static inline uint64_t run_tried(struct memory *m, struct task *t, const struct op *op)
{
	uint64_t seen;

	if (op->kind == TRY) {
		if (!try_mutex_trylock(t, &m->tried))
			return 99;
	} else {
		try_mutex_lock(t, &m->tried);
	}
	seen = add(t, &m->word[op->word], op->value);
	try_mutex_unlock(t, &m->tried);
	return seen;
}

static inline uint64_t run_sync(struct memory *m, struct task *t, const struct op *op)
{
	switch (op->kind) {
	case TRY:
	case TRIED:
		return run_tried(m, t, op);
	case DOWN:
		semaphore_down(t, &m->semaphore);
		return add(t, &m->word[op->word], 1);
	case UP:
		semaphore_up(t, &m->semaphore);
		return 0;
	case TRYDOWN:
		return semaphore_trydown(t, &m->semaphore);
	case SIGNAL:
		condition_signal(t, &m->condition);
		return 0;
	case BROADCAST:
		condition_broadcast(t, &m->condition);
		return 0;
	case BARRIER:
		return barrier_wait(t, &m->barrier);
	case ONCE:
		if (!once_begin(t, &m->once))
			return add(t, &m->word[op->word], 0);
		add(t, &m->word[op->word], op->value);
		once_end(t, &m->once);
		return 1;
	case DONE:
		complete(t, &m->completion);
		return 0;
	case ALL_DONE:
		complete_all(t, &m->completion);
		return 0;
	case JOIN:
		thread_join(t, &m->ending[(t->common.cpu + 1) % m->threads]);
		return 0;
	default:
		return run_wait(m, t, op);
	}
}

static inline uint64_t run_op(struct memory *m, struct task *t, const struct op *op)
{
	struct word *w = &m->word[op->word];
	uint64_t seen = 0;

	switch (op->kind) {
	case READ:
		return add(t, w, 0);
	case ADD:
		return add(t, w, op->value);
	case CAS:
		return word_cas(t, w, op->value, op->value + 1, ORDER_ACQ_REL, SITE("cas"));
	case LOADED:
		return word_read(t, w, ORDER_SEQ_CST, SITE("word"));
	case STORED:
		fence(t, ORDER_SEQ_CST, SITE("a fence"));
		word_write(t, w, op->value, ORDER_SEQ_CST, SITE("word = value"));
		return 0;
	case SPIN:
		spin_lock(t, &m->spin);
		seen = add(t, w, op->value);
		spin_unlock(t, &m->spin);
		return seen;
	case MUTEX:
		mutex_lock(t, &m->mutex);
		seen = add(t, w, op->value);
		mutex_unlock(t, &m->mutex);
		return seen;
	case SHARED:
	case SHARED_TWICE:
		down_read(t, &m->sem);
		seen = add(t, w, 0);
		if (op->kind == SHARED_TWICE) {
			down_read(t, &m->sem);
			up_read(t, &m->sem);
		}
		up_read(t, &m->sem);
		return seen;
	case ALONE:
		down_write(t, &m->sem);
		seen = add(t, w, op->value);
		up_write(t, &m->sem);
		return seen;
	case SET_UNHEARD: /* a thread that gives up waiting for one word changes the other */
		seen = await_change(t, w, 0);
		if (!seen)
			add(t, &m->word[1 - op->word], 1);
		return seen;
	case AWAIT:
		return await_change(t, w, 0);
	default:
		return run_sync(m, t, op);
	}
}

static inline void run_thread(struct memory *m, struct task *t, const struct program *p,
			      uint32_t cpu)
{
	uint64_t digest = 2;

	for (uint32_t i = 0; i < p->length[cpu]; i++) {
		if (between)
			between(cpu);
		digest = mix(digest, run_op(m, t, &p->op[cpu][i]));
	}
	word_store(t, &m->digest[cpu], digest);
	thread_ends(t, &m->ending[cpu]);
}

static inline uint64_t outcome_of(const struct memory *m)
{
	uint64_t hash = 2;

	for (uint32_t i = 0; i < WORDS; i++)
		hash = mix(hash, word_peek(&m->word[i]));
	for (uint32_t i = 0; i < THREADS_MAX; i++)
		hash = mix(hash, word_peek(&m->digest[i]));
	return hash;
}

#endif
