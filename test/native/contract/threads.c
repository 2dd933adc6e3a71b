/* SPDX-License-Identifier: MIT */
/*
 * Runs each program on threads, many times. What comes of it has to be among what the model
 * printed, which is read from standard input; of the known programs all of that has to come.
 */
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "programs.h"

#define OUTCOMES_MAX 4096
#define ROUNDS 40
#define DIRECTED_ROUNDS 20000
#define WATCHDOG_NS 3000000

static struct memory memory __attribute__((aligned(128)));
static struct task tasks[THREADS_MAX] __attribute__((aligned(128)));
static struct program program;
static _Atomic uint32_t ready, faults;
static uint64_t noise[THREADS_MAX];

static void record(void *context, struct task *t, const struct fault_event *event)
{
	(void)context;
	(void)t;
	atomic_fetch_or(&faults, 1u << event->kind);
}

/* Sometimes nothing, sometimes somebody else's turn, sometimes long enough for all of it. */
static void perturb(uint32_t cpu)
{
	switch (draw(&noise[cpu], 6)) {
	case 0:
		sched_yield();
		break;
	case 1:
		usleep(draw(&noise[cpu], 120));
		break;
	default:
		for (volatile uint32_t i = draw(&noise[cpu], 300); i; i--)
			;
	}
}

static void *run(void *argument)
{
	struct task *t = argument;

	atomic_fetch_add(&ready, 1);
	while (atomic_load(&ready) < program.threads)
		sched_yield();
	if (!task_catch(t))
		run_thread(&memory, t, &program, t->common.cpu);
	task_done(t);
	return NULL;
}

static uint64_t run_once(void)
{
	static const struct recorder recorder = {record, NULL};
	pthread_t thread[THREADS_MAX];

	memory = (struct memory){0};
	memory_init(&memory, &recorder, program.threads);
	memory.machine.watchdog_ns = WATCHDOG_NS;
	atomic_store(&ready, 0);
	atomic_store(&faults, 0);
	for (uint32_t cpu = 0; cpu < program.threads; cpu++)
		task_init(&tasks[cpu], &memory.machine, cpu);
	for (uint32_t cpu = 0; cpu < program.threads; cpu++)
		if (pthread_create(&thread[cpu], NULL, run, &tasks[cpu]))
			return 0;
	for (uint32_t cpu = 0; cpu < program.threads; cpu++)
		pthread_join(thread[cpu], NULL);
	if (atomic_load(&faults) & ~(1u << FAULT_DEADLOCK))
		return 0;
	return atomic_load(&faults) ? DEADLOCKED : outcome_of(&memory);
}

/* Returns whether all that came is possible, and for a known program all that is possible came. */
static bool judge(uint32_t number, const uint64_t *possible, uint32_t count)
{
	static bool came[OUTCOMES_MAX];
	uint32_t rounds = program.directed ? DIRECTED_ROUNDS : ROUNDS, missing = count;

	for (uint32_t i = 0; i < count; i++)
		came[i] = false;
	for (uint32_t round = 0; round < rounds && missing; round++) {
		uint64_t outcome = run_once();
		uint32_t at = 0;

		while (at < count && possible[at] != outcome)
			at++;
		if (at == count) {
			printf("program %u: %" PRIx64
			       " came on threads, and the model has it not\n",
			       number, outcome);
			return false;
		}
		missing -= !came[at];
		came[at] = true;
	}
	if (program.directed && missing)
		printf("program %u: %u of %u outcomes never came on threads\n", number, missing,
		       count);
	return !program.directed || !missing;
}

int main(void)
{
	static uint64_t possible[OUTCOMES_MAX];
	uint32_t wrong = 0, count;

	between = perturb;
	for (uint32_t cpu = 0; cpu < THREADS_MAX; cpu++)
		noise[cpu] = cpu + 1;
	for (uint32_t number = 0; number < PROGRAMS; number++) {
		if (scanf("%u", &count) != 1 || count > OUTCOMES_MAX)
			return 3;
		for (uint32_t i = 0; i < count; i++)
			if (scanf("%" SCNx64, &possible[i]) != 1)
				return 3;
		program = program_of(number);
		wrong += !judge(number, possible, count);
	}
	printf("%u programs on both machines, %u of them differ\n", PROGRAMS, wrong);
	return wrong != 0;
}
