/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdio.h>

#include "misuse.h"

#define WATCHDOG_NS 3000000

typedef void (*misuse_fn)(struct misused *m, struct task *t);

static struct misused memory __attribute__((aligned(128)));
static struct task task[2] __attribute__((aligned(128)));
static misuse_fn misuse_now;

static void record(void *context, struct task *t, const struct fault_event *event)
{
	struct met *met = context;

	(void)t;
	if (met->faulted)
		return;
	met->faulted = true;
	met->kind = event->kind;
	snprintf(met->message, sizeof(met->message), "%s", event->message);
}

static void *run(void *argument)
{
	struct task *t = argument;

	if (!task_catch(t)) {
		one_step(&memory, t);
		if (!t->common.cpu)
			misuse_now(&memory, t);
	}
	task_done(t);
	return NULL;
}

struct met misuse_run(misuse_fn misuse)
{
	struct met met = {0};
	struct recorder recorder = {record, &met};
	pthread_t thread[2];

	memory = (struct misused){0};
	misused_init(&memory, &recorder);
	memory.machine.watchdog_ns = WATCHDOG_NS;
	misuse_now = misuse;
	for (uint32_t cpu = 0; cpu < 2; cpu++)
		task_init(&task[cpu], &memory.machine, cpu);
	for (uint32_t cpu = 0; cpu < 2; cpu++)
		if (pthread_create(&thread[cpu], NULL, run, &task[cpu]))
			return met;
	for (uint32_t cpu = 0; cpu < 2; cpu++)
		pthread_join(thread[cpu], NULL);
	return met;
}
