/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define FAILURES_SHOWN 20

static const char *running = "";
static _Atomic unsigned int failures;

static bool failed(const char *file, int line)
{
	if (atomic_fetch_add(&failures, 1) >= FAILURES_SHOWN)
		return false;
	printf("%s:%d: in \"%s\": ", file, line, running);
	return true;
}

bool check_true(bool ok, const char *text, const char *file, int line)
{
	if (!ok && failed(file, line))
		printf("%s does not hold\n", text);
	return ok;
}

bool check_equal(int64_t left, int64_t right, const char *text, const char *file, int line)
{
	if (left != right && failed(file, line))
		printf("%s does not hold: %lld and %lld\n", text, (long long)left,
		       (long long)right);
	return left == right;
}

bool check_same_text(const char *left, const char *right, const char *file, int line)
{
	bool ok = left && right && !strcmp(left, right);

	if (!ok && failed(file, line))
		printf("\"%s\" is not \"%s\"\n", left ? left : "(null)", right ? right : "(null)");
	return ok;
}

uint64_t cpu_time_ns(void)
{
	struct timespec used;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return (uint64_t)used.tv_sec * UINT64_C(1000000000) + (uint64_t)used.tv_nsec;
}

int run_tests(const struct test *tests, size_t count, int argc, char **argv)
{
	size_t ran = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; i < count; i++) {
		unsigned int before = failures;

		if (argc > 1 && !strstr(tests[i].name, argv[1]))
			continue;
		running = tests[i].name;
		tests[i].run();
		printf("%s %s\n", failures == before ? "ok  " : "FAIL", running);
		ran++;
	}
	printf("%zu tests, %u checks failed\n", ran, failures);
	return failures || !ran;
}
