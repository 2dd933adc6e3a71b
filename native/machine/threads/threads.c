/* SPDX-License-Identifier: MIT */
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "machine.h"
#include "park.h"

#define DEFAULT_WATCHDOG_NS UINT64_C(1000000000)
#define MESSAGE_MAX 256
#define PERTURB_ONE_IN 8
#define PERTURB_SPINS_MAX 256
#define DELAYS_A_YIELD 16 /* so that threads without a CPU of their own get in between */
#define CLOCK_EVERY_TURNS 1024
#define PARK_NS UINT64_C(2000000)

_Static_assert(NOTE_COUNT <= 64, "notes_seen is one word");
_Static_assert(sizeof(void *) == 8, "a word holds a pointer");

void machine_init(struct machine *m, const struct recorder *recorder)
{
	m->recorder = *recorder;
	m->watchdog_ns = DEFAULT_WATCHDOG_NS;
	m->tasks = 0;
	atomic_init(&m->running, 0);
	atomic_init(&m->abandoned, false);
	for (unsigned int i = 0; i < TASKS_MAX; i++)
		m->task[i] = NULL;
}

void spinlock_init(struct spinlock *l, unsigned int kind)
{
	atomic_init(&l->holder.value, 0);
	l->kind = kind;
}

void rwsem_init(struct rwsem *l)
{
	atomic_init(&l->state.value, 0);
	atomic_init(&l->sleepers.value, 0);
}

void mutex_init(struct mutex *l)
{
	rwsem_init(&l->sem);
}

void task_init(struct task *t, struct machine *m, unsigned int cpu)
{
	if (cpu >= TASKS_MAX)
		machine_bug("task %u of at most %u", cpu, TASKS_MAX);
	t->common = (struct task_common){.machine = m, .cpu = cpu};
	atomic_init(&t->attention, false);
	atomic_init(&t->done, false);
	t->left = false;
	t->perturb = PERTURB_NONE;
	t->random = cpu + 1;
	t->notes_seen = 0;
	atomic_init(&t->waits.site, NULL);
	atomic_init(&t->waits.lock, NULL);
	atomic_init(&t->waits.since, 0);
	m->task[cpu] = t;
	if (cpu >= m->tasks)
		m->tasks = cpu + 1;
	atomic_fetch_add(&m->running, 1);
}

void machine_abandon(struct machine *m)
{
	atomic_store(&m->abandoned, true);
	for (unsigned int i = 0; i < m->tasks; i++)
		if (m->task[i])
			atomic_store_explicit(&m->task[i]->attention, true, memory_order_relaxed);
}

void task_leave(struct task *t)
{
	t->left = true;
	_longjmp(t->escape, 1);
}

static void record(struct task *t, enum fault_kind kind, const struct site *site,
		   const char *format, va_list arguments)
{
	struct machine *m = t->common.machine;
	char message[MESSAGE_MAX];
	struct fault_event event = {
		.kind = kind, .site = site, .message = message, .cpu = t->common.cpu};

	vsnprintf(message, sizeof(message), format, arguments);
	m->recorder.record(m->recorder.context, t, &event);
}

void machine_report(struct task *t, enum fault_kind kind, const struct site *site,
		    const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	record(t, kind, site, format, arguments);
	va_end(arguments);
	machine_abandon(t->common.machine);
}

void machine_fault(struct task *t, enum fault_kind kind, const struct site *site,
		   const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	record(t, kind, site, format, arguments);
	va_end(arguments);
	machine_abandon(t->common.machine);
	task_leave(t);
}

void machine_bug(const char *format, ...)
{
	va_list arguments;

	fputs("dmtorture bug: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	abort();
}

void task_done(struct task *t)
{
	struct task_common *c = &t->common;

	if (!t->left && (c->spin_depth || c->sleep_depth || c->read_depth))
		machine_report(t, FAULT_LOCK_MISUSE, SITE("end of the program"),
			       "cpu%u ends with %u locks held", c->cpu + 1,
			       c->spin_depth + c->sleep_depth + c->read_depth);
	atomic_store(&t->done, true);
	atomic_fetch_sub(&c->machine->running, 1);
}

void task_perturb(struct task *t)
{
	uint64_t x = t->random;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	t->random = x;
	if ((x >> 32) % PERTURB_ONE_IN)
		return;
	if (t->perturb == PERTURB_YIELD || (x >> 56) % DELAYS_A_YIELD == 0) {
		sched_yield();
		return;
	}
	for (unsigned int i = (unsigned int)(x >> 40) % PERTURB_SPINS_MAX; i; i--)
		__asm__ volatile("" ::: "memory");
}

/* --- waiting, and the watchdog that names who waits for whom --- */

/* One wait of one task: when it began and when its chain is looked at next. */
struct wait {
	struct task *task;
	unsigned int turn;
	uint64_t began_ns;
	uint64_t check_ns;
};

static void wait_begin(struct wait *wait, struct task *t, const struct word *lock,
		       const struct site *site)
{
	*wait = (struct wait){.task = t};
	atomic_store_explicit(&t->waits.lock, lock, memory_order_relaxed);
	atomic_fetch_add_explicit(&t->waits.since, 1, memory_order_relaxed);
	atomic_store_explicit(&t->waits.site, site, memory_order_release);
}

static void wait_end(struct wait *wait)
{
	atomic_store_explicit(&wait->task->waits.site, NULL, memory_order_release);
}

/* Whether every task of @m is done or waits; @stamp sums up which waits those are. */
static bool all_wait(const struct machine *m, uint64_t *stamp)
{
	*stamp = 0;
	for (unsigned int i = 0; i < m->tasks; i++) {
		const struct task *t = m->task[i];

		if (!t || atomic_load(&t->done))
			continue;
		if (!atomic_load(&t->waits.site))
			return false;
		*stamp += atomic_load(&t->waits.since) << i % 8;
	}
	return true;
}

static void report_deadlock(struct task *t, const struct site *site)
{
	const struct machine *m = t->common.machine;
	char chain[MESSAGE_MAX] = "";
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

/* Wait a little, by spinning first and sleeping later. Leaves when the world is abandoned. */
static void wait_turn(struct wait *wait, const struct word *w, uint32_t value, bool may_park)
{
	struct task *t = wait->task;
	const struct machine *m = t->common.machine;
	uint64_t first, second, now;

	if (unlikely(atomic_load_explicit(&t->attention, memory_order_relaxed)))
		task_leave(t);
	if (may_park && wait->turn >= CLOCK_EVERY_TURNS)
		park(w, value, PARK_NS);
	else
		spin_turn(wait->turn);
	wait->turn++;
	if (wait->turn % CLOCK_EVERY_TURNS && !(may_park && wait->turn > CLOCK_EVERY_TURNS))
		return;
	now = clock_ns();
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
	park(w, (uint32_t)word_load(w), PARK_NS);
	if (all_wait(m, &second) && first == second && word_load(w) != 0 &&
	    !atomic_load_explicit(&t->attention, memory_order_relaxed))
		report_deadlock(t, atomic_load(&t->waits.site));
}

void spin_lock_slow(struct task *t, struct spinlock *l, const struct site *site)
{
	struct wait wait;

	if (word_load(&l->holder) == task_holder(t))
		oops(t, LOCK_MISUSE, site, "cpu%u takes a lock that it holds", t->common.cpu + 1);
	wait_begin(&wait, t, &l->holder, site);
	do {
		while (word_load(&l->holder))
			wait_turn(&wait, &l->holder, 0, false);
	} while (word_cas(t, &l->holder, 0, task_holder(t)) != 0);
	wait_end(&wait);
}

void spin_lock_none(struct task *t, struct spinlock *l, const struct site *site)
{
	uint64_t holder = atomic_exchange(&l->holder.value, task_holder(t));

	if (holder)
		oops(t, LOCK_MISUSE, site, "cpu%u and cpu%u hold one lock", (unsigned int)holder,
		      t->common.cpu + 1);
}

void rwsem_wake(struct rwsem *l)
{
	unpark_all(&l->state);
}

static void sleep_begin(struct wait *wait, struct task *t, struct rwsem *l, const struct site *site)
{
	if ((word_load(&l->state) & RWSEM_WRITER) == rwsem_writer(t))
		oops(t, LOCK_MISUSE, site, "cpu%u takes a lock that it holds", t->common.cpu + 1);
	wait_begin(wait, t, &l->state, site);
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

	sleep_begin(&wait, t, l, site);
	for (;;) {
		state = word_load(&l->state);
		if (state <= RWSEM_READERS &&
		    word_cas(t, &l->state, state, state + RWSEM_READER) == state)
			break;
		if (state > RWSEM_READERS)
			wait_turn(&wait, &l->state, (uint32_t)state, true);
	}
	sleep_end(&wait, l);
}

void rwsem_write_slow(struct task *t, struct rwsem *l, const struct site *site)
{
	struct wait wait;
	uint64_t state;

	sleep_begin(&wait, t, l, site);
	word_add(t, &l->state, RWSEM_WAITING);
	for (;;) {
		state = word_load(&l->state);
		if (!(state & (RWSEM_READERS | RWSEM_WRITER))) {
			if (word_cas(t, &l->state, state,
				     state - RWSEM_WAITING + rwsem_writer(t)) == state)
				break;
			continue;
		}
		wait_turn(&wait, &l->state, (uint32_t)state, true);
	}
	sleep_end(&wait, l);
}

bool await_slow(struct task *t, const struct word *w, uint64_t old, const struct site *site)
{
	struct machine *m = t->common.machine;
	struct wait wait;
	bool changed;

	/* The watchdog of whoever waits for a lock that @t holds has to see it waiting, too. */
	wait_begin(&wait, t, w, site);
	atomic_fetch_sub(&m->running, 1);
	for (unsigned int turn = 0;; turn++) {
		bool nobody = atomic_load(&m->running) == 0;

		/* First of all, since the others may be gone because the world was abandoned. */
		if (atomic_load_explicit(&t->attention, memory_order_relaxed)) {
			atomic_fetch_add(&m->running, 1);
			task_leave(t);
		}
		changed = word_load(w) != old;
		if (changed || nobody)
			break;
		spin_turn(turn);
	}
	atomic_fetch_add(&m->running, 1);
	wait_end(&wait);
	return changed;
}
