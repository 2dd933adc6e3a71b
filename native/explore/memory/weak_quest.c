/* SPDX-License-Identifier: MIT */
/*
 * Minimising under a weak memory model: the fewest options first, that is accesses that do not do
 * what they would under sequential consistency; of these schedules the fewest preemptions, and of
 * these the fewest steps. A bound of options rises until the fault is met, then one of preemptions
 * from 0 on: what was searched in vain is the proof. Every access is a choice here, and no turn of
 * a loop is undone, since that is how a schedule is run.
 */
#include <errno.h>
#include <stdlib.h>

#include "quest.h"
#include "weak_path.h"

#define NO_BOUND UINT32_MAX

/* One pass. */
struct bounds {
	uint32_t options, preemptions;
	bool first; /* any schedule will do */
	bool cut;   /* by the bound of options */
};

struct cost {
	uint32_t options, preemptions;
};

struct weak_quest {
	struct weak_states states;
	struct quest *quest;
	struct cost *cost; /* one a frame */
	struct bounds bounds;
};

static uint64_t key_of(const struct weak_quest *q, const struct cost *cost)
{
	const struct fibers *f = q->states.f;
	uint64_t hash = fibers_mix(weak_state_hash(&q->states), cost->options);

	if (q->bounds.first)
		return hash;
	return fibers_mix(hash, (uint64_t)cost->preemptions << 40 | (uint64_t)f->current << 32 |
					f->steps);
}

/* What the step of @cpu from @frame costs. */
static struct cost cost_of(const struct weak_quest *q, const struct weak_frame *frame,
			   const struct cost *so_far, uint32_t cpu, uint16_t option)
{
	const struct memory *m = q->states.m;
	bool flushes = q->states.f->weak_choice && cpu >= FLUSH_FIRST;
	bool stays = frame->enabled >> frame->current & 1;
	struct cost cost = *so_far;

	cost.options += flushes || m->ops->number(m, cpu, option) != 0;
	cost.preemptions += !flushes && stays && cpu != frame->current;
	return cost;
}

/* The next step from @frame that is within the bounds. Returns false when there is none. */
static bool pick(struct weak_quest *q, struct weak_frame *frame, uint32_t *cpu, uint16_t *chosen)
{
	uint32_t threads = q->states.f->cpus - 1, depth = (uint32_t)(frame - q->states.frame);
	uint32_t turns = q->states.f->weak_choice ? 2 * threads : threads;
	uint16_t option[MEMORY_OPTIONS_MAX];

	for (; frame->turn < turns; frame->turn++, frame->index = 0) {
		bool flushes = frame->turn >= threads;
		uint32_t count = 1;

		*cpu = flushes ? FLUSH_FIRST + frame->turn - threads
			       : (frame->first + frame->turn) % threads;
		if (!(frame->enabled >> *cpu & 1))
			continue;
		option[0] = 0;
		if (!flushes)
			count = q->states.m->ops->options(q->states.m, *cpu, option);
		while (frame->index < count) {
			struct cost cost;

			*chosen = option[frame->index++];
			cost = cost_of(q, frame, &q->cost[depth], *cpu, *chosen);
			q->bounds.cut |= cost.options > q->bounds.options;
			if (cost.options > q->bounds.options ||
			    cost.preemptions > q->bounds.preemptions)
				continue;
			q->cost[depth + 1] = cost;
			return true;
		}
	}
	return false;
}

static int arrive(struct weak_quest *q, struct weak_frame *frame)
{
	struct weak_states *states = &q->states;
	uint32_t depth = (uint32_t)(frame - states->frame);
	int r = path_keep(states, frame);

	if (r)
		return r;
	r = hashset_add(&states->seen, key_of(q, &q->cost[depth]));
	if (r <= 0) {
		frame->turn = UINT32_MAX;
		return r;
	}
	if (!frame->ends)
		return 0;
	if (states->f->steps >= states->f->steps_max && states->f->running && !states->f->ended)
		states->f->stuck = true;
	stage_end(&states->s->stage);
	if (states->s->stage.refused[0])
		return -EINVAL;
	states->s->report->executions++;
	return quest_look(states->s, q->quest);
}

/* Whether the pass is over before its end: *@stop says that the quest is, too. */
static bool is_over(struct weak_quest *q, bool *stop)
{
	struct weak_states *states = &q->states;
	uint64_t most = states->s->plan.states_max;

	if (q->quest->found && q->bounds.first)
		return true;
	*stop = search_used_up(states->s) || states->seen.count > EXPLORE_STATES ||
		(most && states->steps > most) ||
		(states->steps % STATES_LOOK_EVERY == 0 && search_over_now(states->s));
	return *stop;
}

/* Returns 1 when all within the bounds was seen, or the first schedule met; 0: not; or -errno. */
static int run_pass(struct weak_quest *q)
{
	struct weak_states *states = &q->states;
	struct weak_frame *frame = states->frame;
	bool stop = false;
	int r;

	states->save_at = 0;
	states->moved = 0;
	q->bounds.cut = false;
	hashset_clear(&states->seen);
	stage_reset(&states->s->stage);
	fibers_run(states->f, states->s->stage.all);
	q->cost[0] = (struct cost){0};
	r = arrive(q, frame);
	while (!(r < 0) && !is_over(q, &stop)) {
		uint16_t option;
		uint32_t cpu;

		if (!frame->ends && frame->turn != UINT32_MAX && pick(q, frame, &cpu, &option)) {
			r = path_step(states, frame, cpu, option);
			if (!r)
				r = arrive(q, ++frame);
			continue;
		}
		if (frame == states->frame)
			break;
		path_go_back(states, --frame);
	}
	return r < 0 ? r : !stop;
}

/* Raise the bound of options until the fault is met, or nothing is cut off any more. */
static int find_options(struct weak_quest *q)
{
	int r;

	for (q->bounds = (struct bounds){.preemptions = NO_BOUND, .first = true};;
	     q->bounds.options++) {
		r = run_pass(q);
		if (r <= 0 || q->quest->found || !q->bounds.cut)
			return r;
	}
}

/* The same for preemptions; the pass that meets the fault is finished, for the fewest steps. */
static int find_preemptions(struct weak_quest *q)
{
	uint32_t most = q->quest->best->preemptions;
	int r;

	q->bounds.first = false;
	q->quest->found = false;
	for (q->bounds.preemptions = 0;; q->bounds.preemptions++) {
		q->states.f->steps_max = q->states.s->stage.fibers->steps_max;
		r = run_pass(q);
		if (r <= 0 || q->quest->found || q->bounds.preemptions == most)
			return r;
	}
}

static int pursue(struct weak_quest *q, bool *proven)
{
	uint32_t steps_max = q->states.f->steps_max;
	struct explore_fault any;
	int r = find_options(q);

	*proven = r > 0;
	if (r <= 0 || !q->quest->found)
		return r;
	/* What was met first stands until there is something better. */
	q->states.f->steps_max = steps_max;
	any = *q->quest->best;
	*q->quest->best = (struct explore_fault){.preemptions = any.preemptions};
	r = find_preemptions(q);
	*proven = r > 0 && q->quest->found;
	if (q->quest->found) {
		schedule_free(&any.schedule);
	} else {
		*q->quest->best = any;
		q->quest->found = true;
	}
	return r;
}

int quest_weakly(struct search *s, struct quest *quest, bool *proven)
{
	struct fibers *f = s->stage.fibers;
	struct weak_quest q = {.states = {.s = s, .f = f, .m = memory_of(f)}, .quest = quest};
	int r = -ENOMEM;

	q.states.frame = malloc((STEPS_MAX + 2) * sizeof(*q.states.frame));
	q.cost = malloc((STEPS_MAX + 2) * sizeof(*q.cost));
	if (q.states.frame && q.cost) {
		f->hot.hashing = f->marks = f->stepwise = true;
		f->choose_option = NULL;
		r = pursue(&q, proven);
		f->hot.hashing = f->marks = f->stepwise = false;
	}
	free(q.states.frame);
	free(q.cost);
	free(q.states.saves);
	hashset_free(&q.states.seen);
	return r < 0 ? r : 0;
}
