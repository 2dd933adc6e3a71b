/* SPDX-License-Identifier: MIT */
#include "bench_run.h"
#include "ref_stand.h"

uint64_t bench_schemes(void)
{
	uint64_t schemes = 0;

	for (uint32_t i = 0; i < REFCOUNT_COUNT; i++)
		if (!ref_table[i].control)
			schemes |= UINT64_C(1) << i;
	return schemes;
}

int bench_validate_scheme(struct bench *b, uint32_t scheme)
{
	const struct ref_row *row = &ref_table[scheme];
	struct bench_validation told = {.lock = row->slug, .control = row->control};
	struct ref_validation v;
	int r;

	told.excludes = true;
	for (uint32_t i = 0; i < (row->control ? CONTROL_TRIES : 1) && told.excludes; i++) {
		r = ref_validate(row, VALIDATE_THREADS, b->plan.validate_ns,
				 b->yardstick.ticks_per_ns, &v);
		if (r)
			return r;
		told.excludes = !v.lost && !v.stale;
	}
	told.acquired = v.used;
	told.lost = v.lost;
	told.intruders = v.stale;
	if (!told.excludes)
		b->schemes &= ~(UINT64_C(1) << scheme);
	if (b->listener.validated && b->listener.validated(b->listener.context, &told))
		bench_stop(b);
	return 0;
}
