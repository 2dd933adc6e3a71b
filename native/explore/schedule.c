/* SPDX-License-Identifier: MIT */
#include "schedule.h"

#include <errno.h>
#include <stdlib.h>

#include "arrays.h"
#include "memory.h"
#include "search.h"

int schedule_take(struct schedule *schedule, const struct fibers *f, uint32_t steps,
		  uint32_t *preemptions)
{
	uint32_t current = FIBERS_MAX, count = 0;

	*schedule = (struct schedule){0};
	*preemptions = 0;
	schedule->deviation = array_new(steps, 1, sizeof(*schedule->deviation));
	if (!schedule->deviation)
		return -ENOMEM;
	for (uint32_t step = 0; step < steps; step++) {
		uint32_t could = choice_could(f->schedule[step]);
		uint32_t chosen = choice_chosen(f->schedule[step]);
		bool flushes = f->weak_choice && chosen >= FLUSH_FIRST;
		bool stays = could >> current & 1;
		uint32_t usual = stays ? current : (uint32_t)__builtin_ctz(could);
		uint32_t option = f->option ? f->option[step] : 0;

		if (chosen != usual || option)
			schedule->deviation[count++] =
				(struct deviation){.step = step,
						   .cpu = flushes ? chosen - FLUSH_FIRST : chosen,
						   .option = flushes ? OPTION_FLUSH : option};
		if (flushes)
			continue;
		*preemptions += stays && chosen != current;
		current = chosen;
	}
	schedule->count = count;
	return 0;
}

int schedule_copy(struct schedule *to, const struct schedule *from)
{
	*to = (struct schedule){.count = from->count};
	to->deviation = array_copy(from->deviation, from->count, sizeof(*from->deviation));
	return to->deviation ? 0 : -ENOMEM;
}

void schedule_free(struct schedule *schedule)
{
	free(schedule->deviation);
	*schedule = (struct schedule){0};
}

struct follower {
	const struct fibers *fibers;
	const struct schedule *schedule;
	uint32_t at;
	uint32_t option; /* of the step that has been chosen */
	bool missed;	 /* one that could not be taken */
};

static int follow(void *state, uint32_t enabled)
{
	struct follower *follower = state;
	const struct fibers *f = follower->fibers;
	const struct schedule *schedule = follower->schedule;

	/* The last step was one that has no options. */
	follower->missed |= follower->option != 0;
	follower->option = 0;
	if (follower->at < schedule->count && schedule->deviation[follower->at].step == f->steps) {
		uint32_t cpu = schedule->deviation[follower->at].cpu;
		uint32_t option = schedule->deviation[follower->at].option;

		if (f->weak_choice && option == OPTION_FLUSH) {
			cpu += FLUSH_FIRST;
			option = 0;
		}
		if (cpu < FIBERS_MAX && enabled >> cpu & 1) {
			follower->option = option;
			follower->at++;
			return (int)cpu;
		}
	}
	return search_default(f, enabled);
}

static uint32_t follow_option(void *state, uint32_t cpu, uint32_t count)
{
	struct follower *follower = state;
	uint32_t option = follower->option, index = 0;

	follower->option = 0;
	if (option && memory_index(memory_of(follower->fibers), cpu, option, &index))
		return index;
	follower->missed |= option != 0;
	(void)count;
	return 0;
}

bool schedule_run(const struct schedule *schedule, struct stage *stage)
{
	struct fibers *f = stage->fibers;
	struct follower follower = {.fibers = f, .schedule = schedule};

	f->choose = follow;
	f->choose_option = follow_option;
	f->strategy = &follower;
	/* Where one thread alone can go on, what it reads may be a choice. */
	f->asks_always = f->hot.weakly;
	stage_run(stage);
	f->asks_always = false;
	f->choose_option = NULL;
	return follower.at == schedule->count && !follower.missed && !follower.option;
}
