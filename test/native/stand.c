/* SPDX-License-Identifier: MIT */
#include "stand.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "clock.h"

#define ARENA_BYTES (8u << 20)
#define CHUNK_BYTES (64u << 10)
#define LINE 128
#define LATE_MS 500

struct stand *stand_open_sized(unsigned int tasks, size_t arena_bytes, size_t chunk_bytes)
{
	struct stand *s = calloc(1, sizeof(*s));
	struct recorder recorder = catcher_recorder(&s->catcher);

	s->tasks = tasks;
	s->limits = (struct slab_limits){.cpus = tasks,
					 .chunk_bytes = chunk_bytes ? chunk_bytes : CHUNK_BYTES,
					 .arena_bytes = arena_bytes ? arena_bytes : ARENA_BYTES};
	/* calloc() touches nothing of an arena that a test does not use. */
	s->memory = calloc(1, slab_bytes(&s->limits) + LINE);
	machine_init(&s->machine, &recorder);
	slab_init(&s->slab, &s->limits, s->memory + (LINE - (uintptr_t)s->memory % LINE), 1);
	for (unsigned int i = 0; i < tasks; i++)
		task_init(&s->task[i], &s->machine, i);
	return s;
}

struct stand *stand_open(unsigned int tasks)
{
	return stand_open_sized(tasks, 0, 0);
}

void stand_close(struct stand *s)
{
	free(s->memory);
	free(s);
}

bool attempt(struct task *t, body_fn body, void *context)
{
	if (task_catch(t))
		return false;
	body(t, context);
	return true;
}

struct player {
	struct task *task;
	body_fn body;
	void *context;
	pthread_barrier_t *line;
	bool finished;
};

static void *run_player(void *argument)
{
	struct player *p = argument;

	pthread_barrier_wait(p->line);
	p->finished = attempt(p->task, p->body, p->context);
	task_done(p->task);
	return NULL;
}

unsigned int stand_run(struct stand *s, body_fn body, void *context)
{
	struct player players[STAND_TASKS];
	pthread_t threads[STAND_TASKS];
	pthread_barrier_t line;
	unsigned int finished = 0;

	s->late_ms = now_ms() + LATE_MS;
	pthread_barrier_init(&line, NULL, s->tasks);
	for (unsigned int i = 0; i < s->tasks; i++) {
		players[i] = (struct player){
			.task = &s->task[i], .body = body, .context = context, .line = &line};
		if (pthread_create(&threads[i], NULL, run_player, &players[i]))
			abort();
	}
	for (unsigned int i = 0; i < s->tasks; i++) {
		pthread_join(threads[i], NULL);
		finished += players[i].finished;
	}
	pthread_barrier_destroy(&line);
	return finished;
}

bool stand_late(const struct stand *s)
{
	return now_ms() >= s->late_ms;
}

void nap_ms(long ms)
{
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

uint64_t now_ms(void)
{
	return monotonic_ns() / 1000000;
}

uint64_t draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 11;
}
