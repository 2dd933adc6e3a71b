/* SPDX-License-Identifier: MIT */
#include "sync.h"

#include "gates.h"

#define ONE (UINT64_C(1) << GATE_SHIFT)

static uint64_t as_it_is(uint64_t value, uint64_t by)
{
	(void)by;
	return value;
}

/* What only its init function makes is never 0. */
static void made(struct task *t, const struct word *w, const char *what, const struct site *site)
{
	if (unlikely(!word_peek(w)))
		oops(t, LOCK_MISUSE, site, "%s that was never made by its init function", what);
}

/* --- a mutex that can be tried --- */

static uint64_t hold(uint64_t value, uint64_t by)
{
	return value ? value : by;
}

static uint64_t set(uint64_t value, uint64_t by)
{
	(void)value;
	return by;
}

void try_mutex_init(struct task *t, struct try_mutex *m)
{
	word_store(t, &m->state, 0);
}

bool try_mutex_held(const struct task *t, const struct try_mutex *m)
{
	return word_peek(&m->state) == task_holder(t);
}

static void refuse_own(struct task *t, const struct try_mutex *m, const struct site *site)
{
	if (unlikely(try_mutex_held(t, m)))
		oops(t, LOCK_MISUSE, site, "cpu%u takes a lock that it holds", t->common.cpu + 1);
}

void try_mutex_lock_at(struct task *t, struct try_mutex *m, const struct site *site)
{
	might_sleep_at(t, site);
	refuse_own(t, m, site);
	gate_take(t, &m->state, hold, task_holder(t), site);
	t->common.sleep_depth++;
}

bool try_mutex_trylock_at(struct task *t, struct try_mutex *m, const struct site *site)
{
	bool free = !observe(t, gate_step(t, &m->state, hold, task_holder(t), site) != 0);

	t->common.sleep_depth += free;
	return free;
}

void try_mutex_unlock_at(struct task *t, struct try_mutex *m, const struct site *site)
{
	if (unlikely(!try_mutex_held(t, m)))
		oops(t, LOCK_MISUSE, site, "released by cpu%u, which does not hold it",
		     t->common.cpu + 1);
	t->common.sleep_depth--;
	gate_step(t, &m->state, set, 0, site);
}

/* --- semaphore and completion --- */

/* Of a completion that all may pass: the count stays. */
#define FOR_ALL (UINT64_C(1) << 62)

static uint64_t take_one(uint64_t value, uint64_t by)
{
	(void)by;
	if (value & (GATE_SHUT | FOR_ALL))
		return value;
	return value == ONE ? GATE_CLOSED : value - ONE;
}

static uint64_t give(uint64_t value, uint64_t by)
{
	return value & FOR_ALL ? value : (value & ~GATE_SHUT) + by;
}

void semaphore_init(struct task *t, struct semaphore *s, uint32_t count)
{
	word_store(t, &s->state, count ? count * ONE : GATE_CLOSED);
}

void semaphore_down_at(struct task *t, struct semaphore *s, const struct site *site)
{
	might_sleep_at(t, site);
	made(t, &s->state, "a semaphore", site);
	gate_take(t, &s->state, take_one, 0, site);
}

bool semaphore_trydown_at(struct task *t, struct semaphore *s, const struct site *site)
{
	made(t, &s->state, "a semaphore", site);
	return observe(t, !(gate_step(t, &s->state, take_one, 0, site) & GATE_SHUT));
}

void semaphore_up_at(struct task *t, struct semaphore *s, const struct site *site)
{
	made(t, &s->state, "a semaphore", site);
	gate_step(t, &s->state, give, ONE, site);
}

void completion_init(struct task *t, struct completion *c)
{
	semaphore_init(t, &c->done, 0);
}

void complete_at(struct task *t, struct completion *c, const struct site *site)
{
	made(t, &c->done.state, "a completion", site);
	gate_step(t, &c->done.state, give, ONE, site);
}

void complete_all_at(struct task *t, struct completion *c, const struct site *site)
{
	made(t, &c->done.state, "a completion", site);
	gate_step(t, &c->done.state, set, FOR_ALL, site);
}

void wait_for_completion_at(struct task *t, struct completion *c, const struct site *site)
{
	might_sleep_at(t, site);
	made(t, &c->done.state, "a completion", site);
	gate_take(t, &c->done.state, take_one, 0, site);
}

/* --- condition variable --- */

/*
 * A signal leaves a token. Only tasks that waited at that time may take it. A task that waited at
 * one token, and still waits, waited at all later ones, too: so one number a task, its oldest
 * token, says which tokens it may take. It takes the oldest of them, which leaves the other tasks
 * as much to choose from as possible.
 */

void condition_init(struct task *t, struct condition *c)
{
	word_store(t, &c->step, 0);
	word_store(t, &c->tokens, 0);
	word_store(t, &c->tasks, 0);
	for (uint32_t i = 0; i < SYNC_TASKS; i++) {
		word_store(t, &c->level[i], 0);
		word_store(t, &c->gate[i], 0);
	}
}

void condition_enter_at(struct task *t, struct condition *c, const struct site *site)
{
	uint32_t cpu = t->common.cpu;

	gates_begin(t, &c->step, site);
	if (word_peek(&c->tasks) <= cpu)
		word_store(t, &c->tasks, cpu + 1);
	word_store(t, &c->level[cpu], 1);
	gate_close(t, &c->gate[cpu]);
	gates_end(t, &c->step);
}

/* Take token @token: the later ones move up. Context: within a step. */
static void take_token(struct task *t, struct condition *c, uint64_t token)
{
	uint64_t left = word_peek(&c->tokens) - 1, tasks = word_peek(&c->tasks);

	word_store(t, &c->tokens, left);
	for (uint64_t i = 0; i < tasks; i++) {
		uint64_t level = word_peek(&c->level[i]);

		if (level > token + 1)
			word_store(t, &c->level[i], level - 1);
		else if (level == token + 1 && token > left)
			word_store(t, &c->level[i], 1);
	}
}

/* Returns whether there was a token for @t. Where not, another thread has it; @leaves: wait no
 * more.
 */
static bool woken(struct task *t, struct condition *c, bool leaves, const struct site *site)
{
	uint32_t cpu = t->common.cpu;
	uint64_t level;

	gates_begin(t, &c->step, site);
	level = word_peek(&c->level[cpu]);
	if (level > 1 || leaves)
		word_store(t, &c->level[cpu], 0);
	if (level > 1)
		take_token(t, c, level - 1);
	else if (!leaves)
		gate_close(t, &c->gate[cpu]);
	gates_end(t, &c->step);
	return observe(t, level > 1);
}

static void entered(struct task *t, const struct condition *c, const struct site *site)
{
	if (unlikely(!word_peek(&c->level[t->common.cpu])))
		oops(t, LOCK_MISUSE, site, "cpu%u sleeps without condition_enter()",
		     t->common.cpu + 1);
}

void condition_sleep_at(struct task *t, struct condition *c, const struct site *site)
{
	static const struct site takes = {.func = "condition_wait",
					  .text = "takes the signal, or waits on"};

	might_sleep_at(t, site);
	entered(t, c, site);
	do
		gate_take(t, &c->gate[t->common.cpu], as_it_is, 0, site);
	while (!woken(t, c, false, &takes));
}

bool condition_leave_at(struct task *t, struct condition *c, const struct site *site)
{
	entered(t, c, site);
	return woken(t, c, true, site);
}

static const struct site lets_go = {.func = "condition_wait", .text = "releases the mutex"};

void condition_wait_at(struct task *t, struct condition *c, struct mutex *m,
		       const struct site *site)
{
	if (unlikely(!mutex_held(t, m)))
		oops(t, LOCK_MISUSE, site, "cpu%u waits without the mutex", t->common.cpu + 1);
	condition_enter_at(t, c, site);
	mutex_unlock_at(t, m, &lets_go);
	condition_sleep_at(t, c, site);
	mutex_lock_at(t, m, site);
}

static uint64_t count_waiters(const struct condition *c)
{
	uint64_t tasks = word_peek(&c->tasks), waiters = 0;

	for (uint64_t i = 0; i < tasks; i++)
		waiters += word_peek(&c->level[i]) != 0;
	return waiters;
}

uint32_t condition_waiting(const struct condition *c)
{
	return (uint32_t)(count_waiters(c) - word_peek(&c->tokens));
}

/* Have as many tokens as there are waiters, or @most more than there are now. */
uint32_t condition_wake_at(struct task *t, struct condition *c, uint32_t most,
			   const struct site *site)
{
	uint64_t tokens;
	uint32_t more;

	gates_begin(t, &c->step, site);
	tokens = word_peek(&c->tokens);
	more = condition_waiting(c);
	if (more > most)
		more = most;
	if (more) {
		uint64_t tasks = word_peek(&c->tasks);

		word_store(t, &c->tokens, tokens + more);
		for (uint64_t i = 0; i < tasks; i++) {
			if (word_peek(&c->level[i]) != 1)
				continue;
			word_store(t, &c->level[i], tokens + 2);
			/* Where another took the signal that opened it, it may be open still. */
			if (word_peek(&c->gate[i]))
				gate_open(t, &c->gate[i], 0);
		}
	}
	gates_end(t, &c->step);
	return more;
}

void condition_signal_at(struct task *t, struct condition *c, const struct site *site)
{
	condition_wake_at(t, c, 1, site);
}

void condition_broadcast_at(struct task *t, struct condition *c, const struct site *site)
{
	condition_wake_at(t, c, SYNC_TASKS, site);
}

/* --- barrier --- */

void barrier_init(struct task *t, struct barrier *b, uint32_t parties)
{
	word_store(t, &b->step, 0);
	word_store(t, &b->parties, parties);
	word_store(t, &b->arrived, 0);
	for (uint32_t i = 0; i < SYNC_TASKS; i++)
		word_store(t, &b->gate[i], 0);
}

bool barrier_wait_at(struct task *t, struct barrier *b, const struct site *site)
{
	uint32_t cpu = t->common.cpu;
	uint64_t arrived;
	bool last;

	might_sleep_at(t, site);
	made(t, &b->parties, "a barrier", site);
	gates_begin(t, &b->step, site);
	arrived = word_peek(&b->arrived) + 1;
	last = arrived >= word_peek(&b->parties);
	word_store(t, &b->arrived, last ? 0 : arrived);
	for (uint32_t i = 0; last && i < SYNC_TASKS; i++)
		if (word_peek(&b->gate[i]))
			gate_open(t, &b->gate[i], 0);
	if (!last)
		gate_close(t, &b->gate[cpu]);
	gates_end(t, &b->step);
	if (!observe(t, last))
		gate_take(t, &b->gate[cpu], as_it_is, 0, site);
	return last;
}

/* --- once --- */

static uint64_t begin_once(uint64_t value, uint64_t by)
{
	(void)by;
	return value ? value : GATE_CLOSED;
}

void once_init(struct task *t, struct once *o)
{
	word_store(t, &o->state, 0);
}

bool once_begin_at(struct task *t, struct once *o, const struct site *site)
{
	might_sleep_at(t, site);
	return observe(t, !gate_take(t, &o->state, begin_once, 0, site));
}

void once_end_at(struct task *t, struct once *o, const struct site *site)
{
	if (unlikely(word_peek(&o->state) != GATE_CLOSED))
		oops(t, LOCK_MISUSE, site, "cpu%u ends what nobody has begun", t->common.cpu + 1);
	gate_step(t, &o->state, set, ONE, site);
}

/* --- join --- */

#define ENDED ONE
#define JOINED (2 * ONE)

void ending_init(struct task *t, struct ending *e)
{
	word_store(t, &e->state, GATE_CLOSED);
}

void thread_ends_at(struct task *t, struct ending *e, const struct site *site)
{
	made(t, &e->state, "an ending", site);
	if (unlikely(word_peek(&e->state) != GATE_CLOSED))
		oops(t, LOCK_MISUSE, site, "a thread ends twice");
	gate_open(t, &e->state, ENDED);
}

void thread_join_at(struct task *t, struct ending *e, const struct site *site)
{
	might_sleep_at(t, site);
	made(t, &e->state, "an ending", site);
	if (unlikely(gate_take(t, &e->state, set, JOINED, site) == JOINED))
		oops(t, LOCK_MISUSE, site, "a thread is joined twice");
}
