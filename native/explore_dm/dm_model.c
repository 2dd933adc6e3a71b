/* SPDX-License-Identifier: MIT */
#include "dm_model.h"

#include <errno.h>

/* A thread's own memory. */
struct dm_local {
	struct player player; /* must be first, and begins with the task */
	int32_t results[];
};

static struct machine *init(void *context, void *memory)
{
	struct dm_model *m = context;

	return &world_init(memory, &m->config)->machine;
}

static uint64_t hash_results(const struct dm_local *local, uint32_t count)
{
	uint64_t hash = count;

	for (uint32_t i = 0; i < count; i++)
		hash = fibers_mix(hash, (uint32_t)local->results[i]);
	return hash;
}

/* What outcome() reads of a player that stops in operation @done. Never 0. */
static uint64_t results_so_far(const struct dm_local *local, uint32_t done)
{
	return fibers_mix(1, hash_results(local, done)) | 1;
}

static void enter(void *context, void *memory, struct task *t, uint32_t cpu)
{
	const struct dm_model *m = context;
	struct dm_local *local = (struct dm_local *)t;

	player_begin(&local->player, memory, cpu);
	for (uint32_t i = 0; i < m->longest; i++)
		local->results[i] = -EINTR;
	t->results = results_so_far(local, 0);
}

static void run_through(struct player *p, const struct program *program)
{
	for (uint32_t i = 0; i < program->length; i++)
		player_step(p, &program->steps[i]);
	player_put_back(p);
}

static void before(void *context, void *memory, struct task *t)
{
	const struct dm_model *m = context;
	struct world *w = memory;

	idr_pre_get(t, &w->dm.minor_idr, 0);
	run_through((struct player *)t, &m->programs->before);
}

static uint64_t hash_holdings(const struct task *t, uint64_t hash, const struct holdings *held)
{
	for (uint32_t i = 0; i < held->count; i++) {
		hash = fibers_mix(hash, held->item[i].minor);
		hash = fibers_mix(hash,
				  fibers_anywhere(fibers_hot(t), (uintptr_t)held->item[i].object));
	}
	return fibers_mix(hash, held->count);
}

/*
 * Between operations a player is what it holds and what it got; how it came to that is past. @done,
 * the number of results, grows: no history comes twice.
 */
static void forget_the_way(struct dm_local *local, uint32_t done)
{
	struct player *p = &local->player;
	struct task *t = &p->task;

	if (!fibers_hot(t)->hashing)
		return;
	t->results = results_so_far(local, done);
	t->history = fibers_mix(hash_results(local, done), p->adds_seen);
	t->history = hash_holdings(t, t->history, &p->opens);
	t->history = hash_holdings(t, t->history, &p->gets);
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	const struct dm_model *m = context;
	const struct program *program = &m->programs->cpu[cpu];
	struct dm_local *local = (struct dm_local *)t;

	(void)memory;
	for (uint32_t i = 0; i < program->length; i++) {
		local->results[i] = -EFAULT;
		local->results[i] = (int32_t)player_step(&local->player, &program->steps[i]);
		forget_the_way(local, i + 1);
	}
	local->player.op = NO_OP;
	player_put_back(&local->player);
	return hash_results(local, program->length);
}

static void take_results(struct dm_model *m, const struct fibers *f)
{
	uint32_t at = 0;

	for (uint32_t cpu = 0; cpu < m->programs->cpus; cpu++) {
		const struct dm_local *local = (struct dm_local *)f->fiber[cpu].local;

		for (uint32_t i = 0; i < m->programs->cpu[cpu].length; i++)
			m->results[at++] = local->results[i];
	}
}

static bool is_refused(const struct dm_model *m)
{
	size_t width = dm_model_width(m);

	for (size_t i = 0; i < m->refused_count; i++)
		if (!memcmp(m->refused + i * width, m->results, width * sizeof(*m->results)))
			return true;
	return m->refuses_all;
}

static const struct site *check(void *context, void *memory, struct task *t)
{
	static const struct site refused = {.func = "check",
					    .text = "what the threads left behind"};
	struct dm_model *m = context;
	const struct world *w = memory;

	if (m->left_width) {
		take_results(m, w->machine.fibers);
		left_take(w, m->results + m->programs->steps, m->left_width);
		m->has_left = true;
		if (is_refused(m))
			return &refused;
	}
	run_through((struct player *)t, &m->programs->after);
	player_empty_world((struct player *)t);
	return NULL;
}

/* Whether nothing is alive or held: then emptying the world does nothing, and nothing leaked. */
static bool settled(void *context, const void *memory)
{
	const struct dm_model *m = context;
	const struct world *w = memory;
	const struct dm *dm = &w->dm;

	if (m->programs->after.length || slab_live(&w->slab, CLASS_MD) ||
	    word_peek(&dm->hash_lock.state) || !idr_is_empty(&dm->minor_idr))
		return false;
	for (unsigned int i = 0; i <= dm->bucket_mask; i++)
		if (word_peek(&dm->names[i]))
			return false;
	return true;
}

static void outcome(void *context, struct fibers *f, bool faulted)
{
	struct dm_model *m = context;

	if (!m->has_left) {
		take_results(m, f);
		if (m->left_width)
			left_unknown(m->results + m->programs->steps, m->left_width);
	}
	m->has_left = false;
	if (m->outcome)
		m->outcome(m->outcome_context, m->results, faulted);
}

void dm_model_init(struct dm_model *m, const struct program_set *programs,
		   const struct dm_setup *setup)
{
	memset(m, 0, offsetof(struct dm_model, results));
	m->setup = *setup;
	m->programs = programs;
	for (uint32_t cpu = 0; cpu < programs->cpus; cpu++)
		if (programs->cpu[cpu].length > m->longest)
			m->longest = programs->cpu[cpu].length;
	m->config = (struct world_config){
		.cpus = programs->cpus + 1,
		.minors = 1,
		.patches = setup->patches,
		.lock_kind = setup->lock,
		.seed = 1,
		.recorder = m->recorder,
	};
	m->model = (struct explore_model){
		.threads = programs->cpus,
		.memory_bytes = world_bytes(&m->config),
		.local_bytes = sizeof(struct dm_local) + m->longest * sizeof(int32_t),
		.init = init,
		.enter = enter,
		.before = before,
		.thread = thread,
		.check = check,
		.settled = settled,
		.check_is_pure = true,
		.outcome = outcome,
		.context = m,
	};
}

void dm_model_look(struct dm_model *m, const int32_t *refused, size_t count)
{
	m->left_width = left_width(m->programs);
	m->refused = refused;
	m->refused_count = count;
	/* What the check is to see are results as well, and those are not in memory. */
	m->model.check_is_pure = false;
	m->model.settled = NULL;
}

uint32_t dm_model_width(const struct dm_model *m)
{
	return m->programs->steps + m->left_width;
}

void dm_model_doing(const struct fibers *f, uint32_t cpu, uint32_t *op, uint32_t *minor)
{
	const struct player *p = (const struct player *)f->fiber[cpu].local;

	*op = p->op;
	*minor = p->op == NO_OP ? NO_MINOR : p->minor;
}
