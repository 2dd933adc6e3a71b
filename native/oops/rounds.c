/* SPDX-License-Identifier: MIT */
/*
 * Rounds, as `stress` has them, and no more than dying needs: worlds are prepared in batches, each
 * thread walks the batch, and meets the others at the start of each world.
 */
#define _GNU_SOURCE
#include "oops.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arrays.h"
#include "park.h"
#include "world_memory.h"

#define OFFSET_SCALES 4 /* a round's start offset is up to 0, 32, 256 or 2048 turns */

struct round {
	struct world *world;
	struct player *players; /* one a cpu */
	_Atomic uint32_t arrived;
	bool dead; /* `before` met a fault: nobody runs */
} __attribute__((aligned(128)));

struct crew {
	pthread_t thread;
	uint32_t cpu;
	uint64_t random; /* never 0 */
};

static struct {
	const struct plan_of_oops *plan;
	struct world_config config;
	char *worlds;
	size_t stride;
	struct round *round;
	struct player *players, closer;
	struct crew *crew;
	pthread_barrier_t begin, end;
	bool crowded; /* more threads than CPUs */
	bool over;
} all;

const struct slab *rounds_slab(uintptr_t address)
{
	uintptr_t offset = address - (uintptr_t)all.worlds;

	if (address < (uintptr_t)all.worlds || offset >= all.plan->batch * all.stride)
		return NULL;
	return &((const struct world *)(all.worlds + offset / all.stride * all.stride))->slab;
}

uint64_t rounds_number(const struct player *p)
{
	uintptr_t offset = (uintptr_t)p - (uintptr_t)all.players;
	size_t a_round = all.plan->programs.cpus * sizeof(*all.players);
	uint64_t before = atomic_load(&shared->rounds);

	/* What the main thread does stands between rounds. */
	return p == &all.closer ? before : before + offset / a_round + 1;
}

static uint64_t next_random(struct crew *crew)
{
	uint64_t x = crew->random;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	crew->random = x;
	return x;
}

static void run_through(struct player *p, const struct program *program)
{
	for (uint32_t i = 0; i < program->length; i++)
		player_step(p, &program->steps[i]);
	player_put_back(p);
}

/* --- by the main thread, while the others wait --- */

static void play(struct player *p, struct world *world, const struct program *program, bool empties)
{
	player_begin(p, world, all.config.cpus - 1);
	own_player = p;
	if (task_catch(&p->task) == 0) {
		run_through(p, program);
		if (empties)
			player_empty_world(p);
	}
	own_player = NULL;
	task_done(&p->task);
}

static void prepare(uint32_t index)
{
	struct round *round = &all.round[index];

	round->world = world_init(all.worlds + index * all.stride, &all.config);
	round->world->machine.watchdog_ns = all.plan->watchdog_ms * 1000000;
	atomic_store(&round->arrived, 0);
	play(&all.closer, round->world, &all.plan->programs.before, false);
	round->dead = atomic_load(&round->world->machine.abandoned);
	for (uint32_t cpu = 0; cpu < all.plan->programs.cpus && !round->dead; cpu++) {
		player_begin(&round->players[cpu], round->world, cpu);
		round->players[cpu].task.perturb = (unsigned int)all.plan->perturb;
		round->players[cpu].task.random = next_random(&all.crew[cpu]) | 1;
	}
}

static void close_round(const struct round *round)
{
	if (!round->dead && !atomic_load(&round->world->machine.abandoned))
		play(&all.closer, round->world, &all.plan->programs.after, true);
	atomic_fetch_add(&shared->rounds, 1);
}

/* --- by each thread --- */

/* Wait for the others, then for a random offset. */
static void start_line(struct crew *crew, struct round *round)
{
	uint64_t random = next_random(crew);
	unsigned int scale = (unsigned int)(random >> 60) % OFFSET_SCALES;
	unsigned int turns = scale ? (unsigned int)random & ((4u << 3 * scale) - 1) : 0;

	atomic_fetch_add(&round->arrived, 1);
	for (unsigned int turn = 0; atomic_load(&round->arrived) < all.plan->programs.cpus; turn++)
		if (all.crowded)
			sched_yield();
		else
			spin_turn(turn);
	while (turns--)
		__asm__ volatile("" ::: "memory");
}

static void run_round(struct crew *crew, struct round *round)
{
	struct player *p = &round->players[crew->cpu];

	start_line(crew, round);
	if (round->dead)
		return;
	own_player = p;
	if (task_catch(&p->task) == 0)
		run_through(p, &all.plan->programs.cpu[crew->cpu]);
	own_player = NULL;
	task_done(&p->task);
}

static void *work(void *argument)
{
	struct crew *crew = argument;

	walk_begin();
	if (death_stack())
		machine_bug("no memory for the stack of a signal");
	for (;;) {
		pthread_barrier_wait(&all.begin);
		if (all.over)
			return NULL;
		for (uint32_t i = 0; i < all.plan->batch; i++)
			run_round(crew, &all.round[i]);
		pthread_barrier_wait(&all.end);
	}
}

/* --- a run --- */

static int set_up(const struct plan_of_oops *plan)
{
	uint32_t cpus = plan->programs.cpus;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	all.plan = plan;
	all.config = (struct world_config){
		.cpus = cpus + 1,
		/* A program cannot have more devices than steps. */
		.minors = plan->programs.steps + plan->programs.before.length,
		.patches = plan->patches,
		.seed = plan->seed,
		.recorder = {.record = death_record},
	};
	all.stride = (world_bytes(&all.config) + page - 1) / page * page;
	all.crowded = (long)cpus > sysconf(_SC_NPROCESSORS_ONLN);
	all.worlds = mmap(NULL, plan->batch * all.stride, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	all.round = array_aligned(WORLD_ALIGN, plan->batch, sizeof(*all.round));
	all.players = array_new(plan->batch, cpus, sizeof(*all.players));
	all.crew = array_new(cpus, 1, sizeof(*all.crew));
	if (all.worlds == MAP_FAILED || !all.round || !all.players || !all.crew)
		return -ENOMEM;
	for (size_t i = 0; i < plan->batch; i++)
		all.round[i].players = all.players + i * cpus;
	pthread_barrier_init(&all.begin, NULL, cpus + 1);
	pthread_barrier_init(&all.end, NULL, cpus + 1);
	return 0;
}

static int start(void)
{
	for (uint32_t cpu = 0; cpu < all.plan->programs.cpus; cpu++) {
		struct crew *crew = &all.crew[cpu];

		crew->cpu = cpu;
		crew->random = (all.plan->seed * 64 + cpu + 1) * UINT64_C(0x9e3779b97f4a7c15) | 1;
		/* Threads that have begun wait, and end with the process. */
		if (pthread_create(&crew->thread, NULL, work, crew))
			return -EAGAIN;
	}
	return 0;
}

int rounds_run(const struct plan_of_oops *plan)
{
	int r = set_up(plan);

	if (!r)
		r = start();
	if (r)
		return r;
	while (!all.over) {
		for (uint32_t i = 0; i < plan->batch; i++)
			prepare(i);
		pthread_barrier_wait(&all.begin);
		pthread_barrier_wait(&all.end);
		for (uint32_t i = 0; i < plan->batch; i++)
			close_round(&all.round[i]);
		all.over =
			atomic_load(&shared->stopping) ||
			(plan->time_ms && clock_ns() - shared->began_ns >= plan->time_ms * 1000000);
	}
	return 0;
}
