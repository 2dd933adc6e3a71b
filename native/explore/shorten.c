/* SPDX-License-Identifier: MIT */
/*
 * Shortening: from a schedule that has a fault to one with fewer preemptions, then fewer steps, one
 * change at a time. A schedule is taken as pieces; in a piece one thread goes on. A change leaves a
 * piece out, or joins two of one thread. What has the fault still, and is shorter, is what
 * the next change starts from, until none helps. That proves nothing: there may be a shorter one.
 * It takes few executions where the search by rising bounds takes too many, with many threads.
 *
 * Jalbert, Sen: A trace simplification technique for effective debugging of concurrent programs.
 * FSE 2010.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "quest.h"
#include "races.h"
#include "schedule.h"

#define TRIES_MAX 5000u /* executions */

struct piece {
	uint32_t cpu, steps;
};

struct shortening {
	struct search *search;
	struct quest *quest;
	uint32_t count, tries;
	struct piece now[STEPS_MAX], tried[STEPS_MAX];
};

/* How far an execution is in its pieces. */
struct walker {
	const struct fibers *fibers;
	const struct piece *piece, *end;
	uint32_t done; /* steps of the piece */
};

/* A piece whose thread cannot go on is over; after the last one goes the default. */
static int go_on(void *state, uint32_t enabled)
{
	struct walker *walker = state;

	for (; walker->piece < walker->end; walker->piece++, walker->done = 0) {
		if (walker->done == walker->piece->steps || !(enabled >> walker->piece->cpu & 1))
			continue;
		walker->done++;
		return (int)walker->piece->cpu;
	}
	return search_default(walker->fibers, enabled);
}

/* The execution that has just ended is what the next change starts from. */
static void take_pieces(struct shortening *all, uint32_t steps)
{
	const struct fibers *f = all->search->stage.fibers;

	all->count = 0;
	for (uint32_t step = 0; step < steps; step++) {
		uint32_t cpu = choice_chosen(f->schedule[step]);

		if (!all->count || all->now[all->count - 1].cpu != cpu)
			all->now[all->count++] = (struct piece){.cpu = cpu};
		all->now[all->count - 1].steps++;
	}
}

/*
 * Whether the execution that has just ended has the fault, and takes less than the best so far.
 * Returns that, or -ENOMEM.
 */
static int look(struct shortening *all)
{
	struct search *s = all->search;
	struct explore_fault *best = all->quest->best;
	struct fibers *f = s->stage.fibers;

	for (uint32_t i = 0; i < f->fault_count; i++) {
		struct explore_fault found;

		if (!quest_wants(s, all->quest, &f->fault[i]))
			continue;
		found = quest_fault(s, &f->fault[i]);
		if (schedule_take(&found.schedule, f, found.steps, &found.preemptions))
			return -ENOMEM;
		if (all->quest->found && !quest_is_less(&found, best)) {
			schedule_free(&found.schedule);
			continue;
		}
		quest_take(all->quest, &found);
		take_pieces(all, found.steps);
		return 1;
	}
	return 0;
}

/* What an execution that is over says: as look(), or -ECANCELED, to try no more. */
static int judge(struct shortening *all)
{
	struct search *s = all->search;

	s->report->executions++;
	s->report->points += s->stage.fibers->steps;
	if (s->differs || s->stage.refused[0] || search_over(s) || ++all->tries == TRIES_MAX)
		return -ECANCELED;
	return look(all);
}

static int try_pieces(struct shortening *all, uint32_t count)
{
	struct search *s = all->search;
	struct fibers *f = s->stage.fibers;
	struct walker walker = {.fibers = f, .piece = all->tried, .end = all->tried + count};

	f->choose = go_on;
	f->strategy = &walker;
	if (s->races)
		races_reset(s->races);
	stage_run(&s->stage);
	return judge(all);
}

/* Without piece @at. */
static int leave_out(struct shortening *all, uint32_t at)
{
	memcpy(all->tried, all->now, at * sizeof(*all->now));
	memcpy(all->tried + at, all->now + at + 1, (all->count - at - 1) * sizeof(*all->now));
	return try_pieces(all, all->count - 1);
}

/* Piece @at and the next one of its thread as one, which stands at @early ? the first : the second.
 */
static int join(struct shortening *all, uint32_t at, bool early)
{
	uint32_t next = at + 1, count = 0;

	while (next < all->count && all->now[next].cpu != all->now[at].cpu)
		next++;
	if (next >= all->count)
		return 0;
	for (uint32_t i = 0; i < all->count; i++) {
		if (i == (early ? next : at))
			continue;
		all->tried[count++] = all->now[i];
		if (i == (early ? at : next))
			all->tried[count - 1].steps = all->now[at].steps + all->now[next].steps;
	}
	return try_pieces(all, count);
}

/* Every change, once. Returns whether one helped, or a negative errno. */
static int change(struct shortening *all)
{
	bool helped = false;

	for (uint32_t at = 0; at < all->count; at++) {
		int r = leave_out(all, at);

		if (!r)
			r = join(all, at, true);
		if (!r)
			r = join(all, at, false);
		if (r < 0)
			return r;
		helped |= r;
	}
	return helped;
}

int quest_shorten(struct search *s, struct quest *quest, const struct schedule *from)
{
	struct shortening *all = calloc(1, sizeof(*all));
	int r;

	if (!all)
		return -ENOMEM;
	all->search = s;
	all->quest = quest;
	if (s->races)
		races_reset(s->races);
	schedule_run(from, &s->stage);
	r = judge(all);
	while (r > 0)
		r = change(all);
	free(all);
	return r == -ECANCELED ? 0 : r;
}
