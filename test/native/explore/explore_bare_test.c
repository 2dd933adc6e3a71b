/* SPDX-License-Identifier: MIT */
/* Bare fibers come to as many points as they are asked for, and do switch. */
#include <string.h>

#include "bare.h"
#include "check.h"

#define EXECUTIONS 500

static void as_many_points_as_asked(void)
{
	struct bare *b = bare_new(7);

	CHECK(b != NULL);
	for (uint32_t threads = 1; threads <= BARE_THREADS_MAX; threads++) {
		struct bare_window window;

		bare_run(b, threads, 41, EXECUTIONS, &window);
		CHECK_EQ(window.points, (uint64_t)EXECUTIONS * threads * (41 / threads));
		CHECK(window.elapsed_ns > 0);
		if (threads == 1)
			CHECK_EQ(window.switches, 0);
		else
			CHECK(window.switches > window.points / 4 &&
			      window.switches < window.points);
	}
	bare_free(b);
}

static void the_same_seed_is_the_same_walk(void)
{
	struct bare *one = bare_new(3), *same = bare_new(3), *other = bare_new(4);
	struct bare_window a, b, c;

	CHECK(one && same && other);
	bare_run(one, 3, 60, EXECUTIONS, &a);
	bare_run(same, 3, 60, EXECUTIONS, &b);
	bare_run(other, 3, 60, EXECUTIONS, &c);
	CHECK_EQ(a.switches, b.switches);
	CHECK(a.switches != c.switches);
	bare_free(one);
	bare_free(same);
	bare_free(other);
}

static const struct test tests[] = {
	{"as many points as asked", as_many_points_as_asked},
	{"the same seed is the same walk", the_same_seed_is_the_same_walk},
};
TESTS(tests)
