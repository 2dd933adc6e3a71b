/* SPDX-License-Identifier: MIT */
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "machine.h"

#define DEFAULT_WATCHDOG_NS UINT64_C(1000000000)
#define MESSAGE_MAX 256
#define PERTURB_ONE_IN 8
#define PERTURB_SPINS_MAX 256
/* Of a task that lingers: one preemption at the right point is all that a race needs. */
#define LONG_ONE_IN 8
#define LONG_SPINS_MAX 16384u
#define DELAYS_A_YIELD 16 /* so that threads without a CPU of their own get in between */

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
	l->made = NULL;
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
	t->lingers = false;
	t->random = cpu + 1;
	t->notes_seen = 0;
	atomic_init(&t->waits.site, NULL);
	atomic_init(&t->waits.on, NULL);
	atomic_init(&t->waits.mask, 0);
	atomic_init(&t->waits.old, 0);
	atomic_init(&t->waits.since, 0);
	t->wait = NULL;
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

/* There is no setting up here that anybody else could report. */
void machine_refuse(const char *format, ...)
{
	(void)format;
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

/* Threads never run on after a fault: the world is abandoned. */
void machine_slip(struct task *t, enum fault_kind kind, const struct site *site, const char *format,
		  ...)
{
	va_list arguments;

	va_start(arguments, format);
	record(t, kind, site, format, arguments);
	va_end(arguments);
	machine_abandon(t->common.machine);
	task_leave(t);
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
	unsigned int most;

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
	most = t->lingers && (x >> 24 & 0xff) % LONG_ONE_IN == 0 ? LONG_SPINS_MAX
								 : PERTURB_SPINS_MAX;
	for (unsigned int i = (unsigned int)(x >> 40) % most; i; i--)
		__asm__ volatile("" ::: "memory");
}
