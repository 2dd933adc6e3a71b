/* SPDX-License-Identifier: MIT */
/* Each order of each site a step weaker, and one set of weakenings that holds as a whole. */
#include <errno.h>
#include <string.h>

#include "arrays.h"
#include "work.h"

#define STEPS_MAX_OF_ORDER 2

/* What is one step weaker than an order. */
static const enum word_order steps[ORDER_SEQ_CST + 1][STEPS_MAX_OF_ORDER + 1] = {
	[ORDER_ACQUIRE] = {ORDER_RELAXED},
	[ORDER_RELEASE] = {ORDER_RELAXED},
	[ORDER_ACQ_REL] = {ORDER_ACQUIRE, ORDER_RELEASE},
	[ORDER_SEQ_CST] = {ORDER_ACQ_REL},
};

/* What the relaxed set tries, the weakest first; what breaks a half of it alone breaks it, too. */
static const enum word_order tries[ORDER_SEQ_CST + 1][4] = {
	[ORDER_ACQUIRE] = {ORDER_RELAXED},
	[ORDER_RELEASE] = {ORDER_RELAXED},
	[ORDER_ACQ_REL] = {ORDER_RELAXED, ORDER_ACQUIRE, ORDER_RELEASE},
	[ORDER_SEQ_CST] = {ORDER_ACQ_REL},
};

static size_t steps_of(const struct site *site)
{
	size_t count = 0;

	while (steps[site->order][count])
		count++;
	return count;
}

static const struct work_lock *lock_of(const struct work *w, size_t barrier)
{
	const struct work_lock *lock = w->lock;

	while (barrier >= lock->first + lock->count)
		lock++;
	return lock;
}

/*
 * Try @weaker at each size at which some execution comes to @number: at the others it is what it
 * was. Stops at the first fault. Returns 0 or -errno.
 */
static int try_sizes(struct work *w, const struct work_lock *lock, const uint8_t *weaker, bool bare,
		     struct verify_barrier *barrier)
{
	const struct verify_input *input = w->input;

	barrier->verdict = BARRIER_NOT_REACHED;
	barrier->fault.kind = FAULT_COUNT;
	barrier->size = input->sizes[input->size_count - 1];
	for (size_t i = 0; i < input->size_count; i++) {
		struct trial trial = {.subject = lock->subject,
				      .sites = &lock->sites,
				      .memory = EXPLORE_RC11,
				      .size = input->sizes[i],
				      .weaker = weaker,
				      .as_found = input->as_found,
				      .bare = bare};
		struct outcome_of_trial outcome;
		int r;

		if (!(lock->reached[i] >> barrier->number & 1))
			continue;
		r = work_try(w, &trial, &outcome);
		if (r)
			return r;
		barrier->states += outcome.states;
		if (outcome.verdict == VERIFY_FAULT) {
			barrier->verdict = BARRIER_NEEDED;
			barrier->size = trial.size;
			barrier->fault = outcome.fault;
			return 0;
		}
		if (outcome.verdict == VERIFY_UNFINISHED)
			barrier->verdict = BARRIER_UNFINISHED;
		else if (barrier->verdict == BARRIER_NOT_REACHED)
			barrier->verdict = BARRIER_NOT_NEEDED;
	}
	return 0;
}

static int run_barrier(struct work *w, size_t index)
{
	const struct work_lock *lock = lock_of(w, index);
	struct verify_barrier *barrier = &w->report->barriers[index];
	uint8_t weaker[LOCK_SITES_MAX] = {0};

	weaker[barrier->number] = (uint8_t)barrier->weaker;
	return try_sizes(w, lock, weaker, false, barrier);
}

/* --- the relaxed set --- */

static bool is_spare(const struct work *w, const struct work_lock *lock, uint32_t number,
		     enum word_order weaker)
{
	for (size_t i = lock->first; i < lock->first + lock->count; i++) {
		const struct verify_barrier *barrier = &w->report->barriers[i];

		if (barrier->number == number && barrier->weaker == weaker)
			return barrier->verdict == BARRIER_NOT_NEEDED;
	}
	return false;
}

/* Whether @weaker can hold at all: no half of it breaks alone. */
static bool may_hold(const struct work *w, const struct work_lock *lock, uint32_t number,
		     enum word_order weaker)
{
	bool both = lock->sites.site[number]->order == ORDER_ACQ_REL && weaker == ORDER_RELAXED;

	return both ? is_spare(w, lock, number, ORDER_ACQUIRE) &&
			       is_spare(w, lock, number, ORDER_RELEASE)
		    : is_spare(w, lock, number, weaker);
}

static int relax_lock(struct work *w, size_t index)
{
	struct work_lock *lock = &w->lock[index];
	bool alone = true;

	for (uint32_t number = 0; lock->clean && number < lock->sites.count; number++) {
		enum word_order order = lock->sites.site[number]->order;

		for (size_t i = 0; i < 4 && tries[order][i]; i++) {
			struct verify_barrier barrier = {.number = number};
			enum word_order weaker = tries[order][i];
			bool is_step = order != ORDER_ACQ_REL || weaker != ORDER_RELAXED;
			int r = 0;

			if (!may_hold(w, lock, number, weaker))
				continue;
			lock->relaxed[number] = (uint8_t)weaker;
			/* A step of the first site that has one was tried as a barrier. */
			if (!alone || !is_step)
				r = try_sizes(w, lock, lock->relaxed, true, &barrier);
			else
				barrier.verdict = BARRIER_NOT_NEEDED;
			if (r)
				return r;
			if (barrier.verdict == BARRIER_NOT_NEEDED) {
				alone = false;
				break;
			}
			lock->relaxed[number] = ORDER_NONE;
		}
	}
	return 0;
}

/* --- phases --- */

static int list_barriers(struct work *w)
{
	struct verify_report *report = w->report;
	size_t count = 0;

	for (size_t i = 0; i < w->input->lock_count; i++) {
		struct work_lock *lock = &w->lock[i];

		lock->first = count;
		for (uint32_t n = 0; lock->clean && n < lock->sites.count; n++)
			count += steps_of(lock->sites.site[n]);
		lock->count = count - lock->first;
	}
	report->barriers = array_new(count, 1, sizeof(*report->barriers));
	if (!report->barriers)
		return -ENOMEM;
	report->barrier_count = count;
	for (size_t i = 0; i < w->input->lock_count; i++) {
		const struct work_lock *lock = &w->lock[i];
		size_t at = lock->first;

		for (uint32_t n = 0; lock->clean && n < lock->sites.count; n++)
			for (size_t step = 0; step < steps_of(lock->sites.site[n]); step++)
				report->barriers[at++] = (struct verify_barrier){
					.lock = lock->id,
					.site = lock->sites.site[n],
					.number = n,
					.order = lock->sites.site[n]->order,
					.weaker = steps[lock->sites.site[n]->order][step],
					.fault = {.kind = FAULT_COUNT}};
	}
	return 0;
}

static int list_relaxed(struct work *w)
{
	struct verify_report *report = w->report;

	report->relaxed = array_new(w->input->lock_count, LOCK_SITES_MAX, sizeof(*report->relaxed));
	if (!report->relaxed)
		return -ENOMEM;
	for (size_t i = 0; i < w->input->lock_count; i++) {
		const struct work_lock *lock = &w->lock[i];

		for (uint32_t n = 0; n < lock->sites.count; n++)
			if (lock->relaxed[n] != ORDER_NONE)
				report->relaxed[report->relaxed_count++] =
					(struct verify_relaxed){.lock = lock->id,
								.site = lock->sites.site[n],
								.number = n,
								.order = lock->sites.site[n]->order,
								.weaker = lock->relaxed[n]};
	}
	return 0;
}

int work_barriers(struct work *w)
{
	int r = list_barriers(w);

	if (!r)
		r = work_run(w, w->report->barrier_count, run_barrier);
	if (!r)
		r = work_run(w, w->input->lock_count, relax_lock);
	return r ? r : list_relaxed(w);
}
