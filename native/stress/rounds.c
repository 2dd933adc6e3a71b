/* SPDX-License-Identifier: MIT */
/*
 * Scenario rounds: the programs of cpu1..cpuN meet on a fresh world each. A batch of worlds is
 * prepared at once, so that preparing is not what the threads wait for; a round then costs them a
 * start line, a random offset and their program. The thread that finishes a world last closes it.
 * After the batches of litmus7 (Alglave, Maranget et al.).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "arrays.h"
#include "park.h"
#include "worker.h"
#include "world_memory.h"

_Static_assert((int)PLAN_MAX_batch < INT32_MAX, "struct rounds counts a batch in 32 bits");

#define OFFSET_SCALES 4 /* a round's start offset is up to 0, 32, 256 or 2048 turns */

struct round {
	struct world *world;
	struct player *players; /* one a cpu */
	int32_t *results;	/* of every step, cpu1's first; then what was left, if asked for */
	_Atomic uint32_t arrived, finished;
	bool dead; /* `before` met a fault: nobody runs */
} __attribute__((aligned(128)));

struct rounds {
	struct world_config config;
	struct world_memory worlds;
	size_t stride; /* bytes from one world to the next */
	struct round *round;
	struct player *players;
	int32_t *results;
	uint32_t batch; /* rounds of the batch that runs */
	uint64_t done;	/* rounds prepared so far */
	bool crowded;	/* more threads than CPUs */
	bool serial_done, ended;
};

int rounds_new(struct run *run)
{
	struct rounds *rounds = calloc(1, sizeof(*rounds));
	size_t batch = run->plan.batch, cpus = run->threads;

	if (!rounds)
		return -ENOMEM;
	run->rounds = rounds;
	rounds->config = run_world_config(run, run->threads + 1);
	/* A program cannot have more devices than steps. */
	rounds->config.minors = run->programs.steps + run->programs.before.length;
	rounds->stride = world_stride(world_bytes(&rounds->config));
	rounds->crowded = (long)run->threads > sysconf(_SC_NPROCESSORS_ONLN);
	rounds->round = array_aligned(WORLD_ALIGN, batch, sizeof(*rounds->round));
	rounds->players = array_new(batch, cpus, sizeof(*rounds->players));
	rounds->results = array_new(batch, run->outcome_width, sizeof(*rounds->results));
	if (!world_memory_get(&rounds->worlds, batch, rounds->stride) || !rounds->round ||
	    !rounds->players || !rounds->results)
		return -ENOMEM;
	for (size_t i = 0; i < batch; i++) {
		rounds->round[i].players = rounds->players + i * cpus;
		rounds->round[i].results = rounds->results + i * run->outcome_width;
	}
	return 0;
}

void rounds_free(struct run *run)
{
	struct rounds *rounds = run->rounds;

	if (!rounds)
		return;
	world_memory_put(&rounds->worlds);
	free(rounds->round);
	free(rounds->players);
	free(rounds->results);
	free(rounds);
	run->rounds = NULL;
}

/* --- programs --- */

/* Run @program without counting. Context: under task_catch(). */
static void run_through(struct player *p, const struct program *program)
{
	for (uint32_t i = 0; i < program->length; i++)
		player_step(p, &program->steps[i]);
	player_put_back(p);
}

/* Run a program of a cpu. Context: under task_catch(). @results stay -EINTR where not reached. */
static void run_program(struct worker *worker, struct player *p, const struct program *program,
			int32_t *results)
{
	for (uint32_t i = 0; i < program->length; i++) {
		results[i] = (int32_t)worker_step(worker, p, &program->steps[i]);
	}
	p->op = NO_OP;
	player_put_back(p);
}

/* The player left in mid-program: say where, if the fault was its own. */
static void program_ended(struct worker *worker, const struct player *p,
			  const struct program *program, int32_t *results)
{
	worker_count_unfinished(worker, p);
	for (uint32_t i = 0; p->faulted && i < program->length; i++)
		if (results[i] == -EINTR) {
			results[i] = -EFAULT;
			break;
		}
}

static void forget_results(const struct run *run, int32_t *results)
{
	for (uint32_t i = 0; i < run->programs.steps; i++)
		results[i] = -EINTR;
	if (run->left_width)
		left_unknown(results + run->programs.steps, run->left_width);
}

/* The programs have ended. Context: nobody runs in the world. */
static void note_left(const struct run *run, const struct round *round, const struct world *world)
{
	if (run->left_width)
		left_take(world, round->results + run->programs.steps, run->left_width);
}

/* A fresh world in which `before` has run. Returns whether that met no fault. */
static bool set_stage(struct run *run, struct worker *closer, struct world *world)
{
	struct player *p = &closer->player;

	world->machine.watchdog_ns = run->plan.watchdog_ms * 1000000;
	player_begin(p, world, run->threads);
	if (task_catch(&p->task) == 0)
		run_through(p, &run->programs.before);
	task_done(&p->task);
	return !atomic_load(&world->machine.abandoned);
}

/* `after`, then what is left is removed and leaks are looked for. */
static void clear_stage(struct run *run, struct worker *closer, struct world *world)
{
	struct player *p = &closer->player;

	player_begin(p, world, run->threads);
	if (task_catch(&p->task) == 0) {
		run_through(p, &run->programs.after);
		player_empty_world(p);
	}
	task_done(&p->task);
}

/* --- serial runs: what needs no concurrency --- */

static void ignore_fault(void *context, struct task *t, const struct fault_event *event)
{
	(void)context;
	(void)t;
	(void)event;
}

/* Play the programs one after another in the order @order and note the outcome. */
static void run_serially(struct run *run, const uint32_t *order)
{
	struct rounds *rounds = run->rounds;
	struct worker *closer = &run->workers[run->threads];
	struct world_config config = rounds->config;
	uint32_t offset[PROGRAM_CPUS_MAX], at = 0;
	struct round *round = &rounds->round[0];
	struct world *world;

	for (uint32_t cpu = 0; cpu < run->threads; cpu++) {
		offset[cpu] = at;
		at += run->programs.cpu[cpu].length;
	}
	config.recorder.record = ignore_fault;
	world = world_init(rounds->worlds.start, &config);
	forget_results(run, round->results);
	set_stage(run, closer, world);
	for (uint32_t i = 0; i < run->threads; i++) {
		const struct program *program = &run->programs.cpu[order[i]];
		struct player *p = &round->players[order[i]];

		if (atomic_load(&world->machine.abandoned))
			break;
		player_begin(p, world, order[i]);
		if (task_catch(&p->task) == 0) {
			for (uint32_t k = 0; k < program->length; k++)
				round->results[offset[order[i]] + k] =
					(int32_t)player_step(p, &program->steps[k]);
			player_put_back(p);
		}
		task_done(&p->task);
	}
	if (!atomic_load(&world->machine.abandoned))
		note_left(run, round, world);
	if (tally_add(&closer->tally, round->results, false, true, 0))
		run_starve(run);
}

/* Every order of the programs, by Heap's algorithm. */
static void run_all_orders(struct run *run)
{
	uint32_t order[PROGRAM_CPUS_MAX], count[PROGRAM_CPUS_MAX] = {0}, i = 1;

	for (uint32_t cpu = 0; cpu < run->threads; cpu++)
		order[cpu] = cpu;
	run_serially(run, order);
	while (i < run->threads) {
		if (count[i] < i) {
			uint32_t other = i % 2 ? count[i] : 0, swap = order[other];

			order[other] = order[i];
			order[i] = swap;
			run_serially(run, order);
			count[i]++;
			i = 1;
		} else {
			count[i++] = 0;
		}
	}
	run->rounds->serial_done = true;
}

/* --- rounds --- */

static void prepare_round(struct run *run, uint32_t index)
{
	struct rounds *rounds = run->rounds;
	struct round *round = &rounds->round[index];

	round->world = world_init(rounds->worlds.start + index * rounds->stride, &rounds->config);
	atomic_store(&round->arrived, 0);
	atomic_store(&round->finished, 0);
	forget_results(run, round->results);
	round->dead = !set_stage(run, &run->workers[run->threads], round->world);
	for (uint32_t cpu = 0; cpu < run->threads && !round->dead; cpu++) {
		player_begin(&round->players[cpu], round->world, cpu);
		round->players[cpu].task.perturb = (unsigned int)run->plan.perturb;
		round->players[cpu].task.lingers = run->plan.perturb;
		round->players[cpu].task.random = worker_random(&run->workers[cpu]);
	}
}

/* Context: under the gate; every worker waits. */
static void next_batch(void *context)
{
	struct run *run = context;
	struct rounds *rounds = run->rounds;
	uint64_t left = run->plan.rounds ? run->plan.rounds - rounds->done : UINT64_MAX;

	rounds->ended = run_is_over(run) || !left;
	if (rounds->ended)
		return;
	if (!rounds->serial_done)
		run_all_orders(run);
	rounds->batch = (uint32_t)(left < run->plan.batch ? left : run->plan.batch);
	atomic_store(&run->epoch, rounds->done);
	for (uint32_t i = 0; i < rounds->batch && !run_is_over(run); i++)
		prepare_round(run, i);
	rounds->done += rounds->batch;
}

/* Close @round: the worker is the last of those that ran in it. */
static void close_round(struct worker *worker, struct round *round)
{
	struct run *run = worker->run;

	if (!round->dead && !atomic_load(&round->world->machine.abandoned)) {
		note_left(run, round, round->world);
		clear_stage(run, worker, round->world);
	}
	if (tally_add(&worker->tally, round->results, atomic_load(&round->world->machine.abandoned),
		      false, 1))
		run_starve(run);
	counter_bump(&worker->rounds);
}

/* Wait for the others, then for a random offset. Returns false when the run was stopped. */
static bool start_line(struct worker *worker, struct round *round)
{
	struct run *run = worker->run;
	uint64_t random = worker_random(worker);
	unsigned int scale = (unsigned int)(random >> 60) % OFFSET_SCALES;
	unsigned int turns = scale ? (unsigned int)random & ((4u << 3 * scale) - 1) : 0;

	atomic_fetch_add(&round->arrived, 1);
	for (unsigned int turn = 0; atomic_load(&round->arrived) < run->threads; turn++) {
		if (run_is_over(run))
			return false;
		if (run->rounds->crowded)
			sched_yield();
		else
			spin_turn(turn);
	}
	while (turns--)
		__asm__ volatile("" ::: "memory");
	return true;
}

static void run_round(struct worker *worker, struct round *round, uint32_t offset)
{
	struct run *run = worker->run;
	struct player *p = &round->players[worker->index];
	const struct program *program = &run->programs.cpu[worker->index];

	if (!start_line(worker, round)) {
		/* A thread that comes here later takes it for a start, and may wait for this one.
		 */
		if (!round->dead)
			task_done(&p->task);
		return;
	}
	if (!round->dead) {
		if (task_catch(&p->task) == 0)
			run_program(worker, p, program, round->results + offset);
		else
			program_ended(worker, p, program, round->results + offset);
		task_done(&p->task);
		atomic_fetch_or_explicit(&worker->notes_seen, p->task.notes_seen,
					 memory_order_relaxed);
	}
	if (atomic_fetch_add(&round->finished, 1) + 1 == run->threads)
		close_round(worker, round);
}

void rounds_work(struct worker *worker)
{
	struct run *run = worker->run;
	uint32_t offset = 0;

	for (uint32_t cpu = 0; cpu < worker->index; cpu++)
		offset += run->programs.cpu[cpu].length;
	for (;;) {
		gate_pass(&run->gate, next_batch, run);
		if (run->rounds->ended)
			return;
		for (uint32_t i = 0; i < run->rounds->batch && !run_is_over(run); i++)
			run_round(worker, &run->rounds->round[i], offset);
	}
}
