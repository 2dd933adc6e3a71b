/* SPDX-License-Identifier: MIT */
#include "protocol_sides.h"

#include "own_lock.h"

#define KINDS (LOCK_COUNT + OWN_LOCKS_MAX)

/* Of each way to wait one; what serves in order and spins says nothing without a CPU a thread. */
static bool chosen(const struct protocol_trial *trial, uint32_t lock)
{
	static const uint64_t choice = UINT64_C(1) << LOCK_ID_ttas | UINT64_C(1) << LOCK_ID_mcs |
				       UINT64_C(1) << LOCK_ID_qspinlock |
				       UINT64_C(1) << LOCK_ID_futex3;
	const struct lock_row *row = lock_row_at(lock);

	if (lock >= LOCK_COUNT)
		return trial->own >> (lock - LOCK_COUNT) & 1;
	if (trial->locks || trial->own)
		return row->class != LOCK_CONTROL && trial->locks >> lock & 1;
	return choice >> lock & 1 &&
	       !(trial->threads > trial->cpus && row->fifo && row->class == LOCK_SPINS);
}

uint32_t protocol_count_sides(const struct protocol_trial *trial)
{
	uint32_t sides = 1;

	if (trial->set_count)
		return trial->set_count + 1;
	for (uint32_t lock = 0; lock < KINDS; lock++)
		sides += chosen(trial, lock);
	return sides;
}

/* As the patches have it: a spinlock with 04. */
static struct side side_of_set(const struct protocol_trial *trial, uint32_t set)
{
	uint64_t patches = trial->sets[set];

	return (struct side){
		.minor_lock = patches & PATCH_ROW(04) ? lock_row_at(LOCK_ID_ttas)->slug : "mutex",
		.lock = LOCK_ID_ttas,
		.patches = patches,
		.set = (int32_t)set,
	};
}

uint32_t protocol_choose_sides(const struct protocol_trial *trial, struct side *sides)
{
	uint32_t count = 0;
	struct plan plan;

	if (trial->set_count) {
		for (; count < trial->set_count; count++)
			sides[count] = side_of_set(trial, count);
		sides[count] = side_of_set(trial, trial->set_count - 1);
		sides[count].rcu = true;
		return count + 1;
	}
	plan_init(&plan);
	sides[count++] = (struct side){
		.minor_lock = "mutex", .patches = plan.patches & ~PATCH_ROW(04), .set = -1};
	for (uint32_t lock = 0; lock < KINDS; lock++)
		if (chosen(trial, lock))
			sides[count++] = (struct side){
				.minor_lock = lock_row_at(lock)->slug,
				.lock = lock,
				.patches = plan.patches,
				.set = -1,
			};
	return count;
}
