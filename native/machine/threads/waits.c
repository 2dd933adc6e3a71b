/* SPDX-License-Identifier: MIT */
/* Waiting for locks and events on threads, and the watchdog that names the tasks of a deadlock. */
#include "gates.h"
#include "park.h"

#include <stdio.h>

#define CHAIN_MAX 256
#define CLOCK_EVERY_TURNS 1024
#define PARK_NS UINT64_C(2000000)
#define CAME_BACK 256u /* see running in struct machine */

_Static_assert(TASKS_MAX < CAME_BACK, "running counts tasks in eight bits");

/* One wait of one task: for what, when it began and when its chain is looked at next. */
struct wait {
	struct task *task;
	const struct word *on;
	const struct site *site;
	unsigned int turn;
	uint64_t began_ns;
	uint64_t check_ns;
};

/* @mask and @old as in struct wait_state. */
static void wait_begin(struct wait *wait, struct task *t, const struct word *on, uint64_t mask,
		       uint64_t old, const struct site *site)
{
	*wait = (struct wait){.task = t, .on = on, .site = site};
	atomic_store_explicit(&t->waits.on, on, memory_order_relaxed);
	atomic_store_explicit(&t->waits.mask, mask, memory_order_relaxed);
	atomic_store_explicit(&t->waits.old, old, memory_order_relaxed);
	atomic_fetch_add_explicit(&t->waits.since, 1, memory_order_relaxed);
	atomic_store_explicit(&t->waits.site, site, memory_order_release);
}

static void wait_end(struct wait *wait)
{
	atomic_store_explicit(&wait->task->waits.site, NULL, memory_order_release);
}

/* Whether @t could go on with its wait: it may have no CPU. */
static bool can_have_it(const struct task *t)
{
	uint64_t value = word_peek(atomic_load(&t->waits.on)), mask = atomic_load(&t->waits.mask);

	return mask ? !(value & mask) : value != atomic_load(&t->waits.old);
}

/*
 * Whether every task of @m is done or waits for what it cannot have; @stamp sums up which waits
 * those are.
 */
static bool all_wait(const struct machine *m, uint64_t *stamp)
{
	*stamp = 0;
	for (unsigned int i = 0; i < m->tasks; i++) {
		const struct task *t = m->task[i];

		if (!t || atomic_load(&t->done))
			continue;
		if (!atomic_load(&t->waits.site) || can_have_it(t))
			return false;
		*stamp += atomic_load(&t->waits.since) << i % 8;
	}
	return true;
}

static void report_deadlock(struct task *t, const struct site *site)
{
	const struct machine *m = t->common.machine;
	char chain[CHAIN_MAX] = "";
	size_t used = 0;

	for (unsigned int i = 0; i < m->tasks; i++) {
		const struct task *other = m->task[i];
		const struct site *where = other ? atomic_load(&other->waits.site) : NULL;

		if (!where || used >= sizeof(chain) - 1)
			continue;
		used += (size_t)snprintf(chain + used, sizeof(chain) - used, "%scpu%u in %s: %s",
					 used ? "; " : "", i + 1, where->func, where->text);
	}
	wait_end(&(struct wait){.task = t});
	oops(t, DEADLOCK, site, "no thread can go on: %s", chain);
}

/* Look at the clock, and when it is time for that, at the other tasks that wait. */
static void wait_look(struct wait *wait)
{
	struct task *t = wait->task;
	const struct machine *m = t->common.machine;
	uint64_t first, second, now = clock_ns();

	if (!wait->began_ns) {
		wait->began_ns = now;
		wait->check_ns = now + m->watchdog_ns;
	}
	if (now < wait->check_ns)
		return;
	wait->check_ns = now + m->watchdog_ns;
	if (!all_wait(m, &first))
		return;
	/* Two looks: a lock may be on its way from one to the next. */
	park(wait->on, (uint32_t)word_peek(wait->on), PARK_NS);
	if (all_wait(m, &second) && first == second &&
	    !atomic_load_explicit(&t->attention, memory_order_relaxed))
		report_deadlock(t, atomic_load(&t->waits.site));
}

static void leave_abandoned(struct task *t)
{
	if (unlikely(atomic_load_explicit(&t->attention, memory_order_relaxed)))
		task_leave(t);
}

/* Wait a little, by spinning first and sleeping later. Leaves when the world is abandoned. */
static void wait_turn(struct wait *wait, uint32_t value, bool may_park)
{
	leave_abandoned(wait->task);
	if (may_park && wait->turn >= CLOCK_EVERY_TURNS)
		park(wait->on, value, PARK_NS);
	else
		spin_turn(wait->turn);
	wait->turn++;
	if (wait->turn % CLOCK_EVERY_TURNS == 0 || (may_park && wait->turn > CLOCK_EVERY_TURNS))
		wait_look(wait);
}

/* --- spinlocks --- */

static void refuse_own(struct task *t, const struct spinlock *l, const struct site *site)
{
	if (spin_held(t, l))
		oops(t, LOCK_MISUSE, site, "cpu%u takes a lock that it holds", t->common.cpu + 1);
}

static void refuse_held(struct task *t, uint64_t holder, const struct site *site)
{
	if (unlikely(holder))
		oops(t, LOCK_MISUSE, site, "cpu%u and cpu%u hold one lock",
		     (unsigned int)(holder & SPIN_HOLDER), t->common.cpu + 1);
}

void spin_lock_slow(struct task *t, struct spinlock *l, const struct site *site)
{
	struct wait wait;

	refuse_own(t, l, site);
	wait_begin(&wait, t, &l->holder, SPIN_HOLDER, 0, site);
	do {
		while (word_peek(&l->holder))
			wait_turn(&wait, 0, false);
	} while (word_replace(t, &l->holder, 0, task_holder(t)) != 0);
	wait_end(&wait);
}

/* The locks that the machine has not itself, and the one that is none. */
void spin_lock_other(struct task *t, struct spinlock *l, const struct site *site)
{
	struct wait wait = {.task = t, .on = &l->holder, .site = site};

	if (l->kind == SPIN_BROKEN) {
		refuse_held(t, atomic_exchange(&l->holder.value, task_holder(t)), site);
		return;
	}
	refuse_own(t, l, site);
	t->wait = &wait;
	l->made->acquire(l->made, t);
	if (wait.turn)
		wait_end(&wait);
	refuse_held(t, word_peek(&l->holder), site);
	word_store(t, &l->holder, task_holder(t) | SPIN_HELD_MADE);
}

void spin_unlock_other(struct task *t, struct spinlock *l, const struct site *site)
{
	struct wait wait = {.task = t, .on = &l->holder, .site = site};

	if (l->kind != SPIN_MADE || word_peek(&l->holder) != (task_holder(t) | SPIN_HELD_MADE))
		oops(t, LOCK_MISUSE, site, "released by cpu%u, which does not hold it",
		     t->common.cpu + 1);
	t->wait = &wait;
	word_store(t, &l->holder, 0);
	l->made->release(l->made, t);
	if (wait.turn)
		wait_end(&wait);
}

/* The first turn shows the watchdog that the task waits. */
static struct wait *made_wait(struct task *t)
{
	struct wait *wait = t->wait;

	leave_abandoned(t);
	if (!wait->turn)
		wait_begin(wait, t, wait->on, SPIN_HOLDER, 0, wait->site);
	return wait;
}

void task_turn(struct task *t, unsigned int turns)
{
	struct wait *wait = made_wait(t);
	unsigned int before = wait->turn;

	wait->turn += turns;
	if (wait->turn / CLOCK_EVERY_TURNS != before / CLOCK_EVERY_TURNS)
		wait_look(wait);
}

void task_sleep(struct task *t, const _Atomic uint32_t *address, uint32_t seen)
{
	struct wait *wait = made_wait(t);

	wait->turn++;
	park_on(address, seen, PARK_NS);
	wait_look(wait);
}

/* --- locks that sleep, and events --- */

void rwsem_wake(struct rwsem *l)
{
	unpark_all(&l->state);
}

static void sleep_begin(struct wait *wait, struct task *t, struct rwsem *l, uint64_t mask,
			const struct site *site)
{
	if ((word_peek(&l->state) & RWSEM_WRITER) == rwsem_writer(t))
		oops(t, LOCK_MISUSE, site, "cpu%u takes a lock that it holds", t->common.cpu + 1);
	wait_begin(wait, t, &l->state, mask, 0, site);
	word_add(t, &l->sleepers, 1);
}

static void sleep_end(struct wait *wait, struct rwsem *l)
{
	word_add(wait->task, &l->sleepers, -(uint64_t)1);
	wait_end(wait);
}

void rwsem_read_slow(struct task *t, struct rwsem *l, const struct site *site)
{
	struct wait wait;
	uint64_t state;

	sleep_begin(&wait, t, l, ~(uint64_t)RWSEM_READERS, site);
	for (;;) {
		state = word_peek(&l->state);
		if (state <= RWSEM_READERS &&
		    word_replace(t, &l->state, state, state + RWSEM_READER) == state)
			break;
		if (state > RWSEM_READERS)
			wait_turn(&wait, (uint32_t)state, true);
	}
	sleep_end(&wait, l);
}

void rwsem_write_slow(struct task *t, struct rwsem *l, const struct site *site)
{
	struct wait wait;
	uint64_t state;

	sleep_begin(&wait, t, l, RWSEM_READERS | RWSEM_WRITER, site);
	word_add(t, &l->state, RWSEM_WAITING);
	for (;;) {
		state = word_peek(&l->state);
		if (!(state & (RWSEM_READERS | RWSEM_WRITER))) {
			if (word_replace(t, &l->state, state,
					 state - RWSEM_WAITING + rwsem_writer(t)) == state)
				break;
			continue;
		}
		wait_turn(&wait, (uint32_t)state, true);
	}
	sleep_end(&wait, l);
}

uint64_t gate_take(struct task *t, struct word *w, word_change change, uint64_t by,
		   const struct site *site)
{
	struct wait wait;
	uint64_t value;

	point(t, POINT_LOCK, w, site);
	wait_begin(&wait, t, w, GATE_SHUT, 0, site);
	for (;;) {
		value = word_peek(w);
		if (value & GATE_SHUT)
			wait_turn(&wait, (uint32_t)value, true);
		else if (word_replace(t, w, value, change(value, by)) == value)
			break;
	}
	wait_end(&wait);
	return value;
}

/* Back from await_change(). The count shows other tasks that this one came back meanwhile. */
static void come_back(struct machine *m)
{
	atomic_fetch_add(&m->running, CAME_BACK + 1);
}

/*
 * Whether @t may give up: all other tasks are done or sleep for a word that has not changed. One at
 * a time, since a task that gave up may change the word that another sleeps for.
 */
static bool gives_up(struct machine *m)
{
	unsigned int running = atomic_load(&m->running);
	uint64_t stamp;

	return !(running % CAME_BACK) && all_wait(m, &stamp) &&
	       atomic_compare_exchange_strong(&m->running, &running, running + CAME_BACK + 1);
}

bool await_slow(struct task *t, const struct word *w, uint64_t old, const struct site *site)
{
	struct machine *m = t->common.machine;
	struct wait wait;
	bool changed;

	/* The watchdog of a task that waits for a lock of @t has to see that @t waits, too. */
	wait_begin(&wait, t, w, 0, old, site);
	atomic_fetch_sub(&m->running, 1);
	for (unsigned int turn = 0;; turn++) {
		/* First of all, since the others may be gone because the world was abandoned. */
		if (atomic_load_explicit(&t->attention, memory_order_relaxed)) {
			come_back(m);
			task_leave(t);
		}
		changed = word_peek(w) != old;
		if (changed)
			come_back(m);
		if (changed || gives_up(m))
			break;
		spin_turn(turn);
	}
	wait_end(&wait);
	return changed;
}
