/* SPDX-License-Identifier: MIT */
/*
 * dmtorture-bench: the suites of `dmtorture bench` without Node, for machines that have none.
 * Exit codes: 0 measured, 1 a lock failed validation, 2 usage, 3 it could not be measured, 130
 * interrupted; what was measured is printed all the same.
 */
#include <signal.h>
#include <stdlib.h>

#include "options.h"
#include "peers.h"
#include "print.h"

#define VALIDATE_NS UINT64_C(50000000)
#define EXIT_INVALID 1
#define EXIT_USAGE 2
#define EXIT_TOOL 3
#define EXIT_INTERRUPTED 130

/* What a signal can reach. */
static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number)
{
	(void)signal_number;
	if (interrupted)
		_Exit(EXIT_INTERRUPTED);
	interrupted = 1;
}

struct session {
	struct printer printer;
	struct bench_end end;
	bool invalid; /* a lock does not exclude, or the control does */
};

static int hear_progress(void *context, const struct bench_progress *progress)
{
	(void)context;
	(void)progress;
	return interrupted;
}

static int hear_validated(void *context, const struct bench_validation *v)
{
	if (v->excludes == v->control) {
		((struct session *)context)->invalid = true;
		fprintf(stderr, "dmtorture-bench: %s %s\n", v->lock,
			v->excludes ? "is the control and did not fail" : "does not exclude");
	}
	return 0;
}

static int hear_lock(void *context, const struct bench_lock_row *row)
{
	print_lock(&((struct session *)context)->printer, row);
	return 0;
}

static int hear_minor(void *context, const struct bench_minor_row *row)
{
	print_minor(&((struct session *)context)->printer, row);
	return 0;
}

static int hear_refcount(void *context, const struct bench_refcount_row *row)
{
	print_refcount(&((struct session *)context)->printer, row);
	return 0;
}

static int hear_end(void *context, const struct bench_end *end)
{
	((struct session *)context)->end = *end;
	return 0;
}

static int validate(enum bench_suite suite)
{
	int code = 0;

	for (size_t i = 0; i < bench_lock_count(suite); i++) {
		struct bench_lock lock = bench_lock(suite, i);
		int excludes = bench_validate(suite, i, 2, VALIDATE_NS);

		if (excludes < 0)
			return EXIT_TOOL;
		printf("%-16s %s\n", lock.slug,
		       excludes	      ? "excludes"
		       : lock.control ? "fails, as the control must"
				      : "FAILS");
		if (excludes == lock.control)
			code = EXIT_INVALID;
	}
	return code;
}

static int measure(struct options *options)
{
	struct session session = {.printer = {.out = stdout,
					      .json = options->json,
					      .suite = suite_names[options->plan.suite]}};
	struct bench_listener listener = {.progress = hear_progress,
					  .validated = hear_validated,
					  .lock_row = hear_lock,
					  .minor_row = hear_minor,
					  .refcount_row = hear_refcount,
					  .finished = hear_end,
					  .context = &session};
	struct peers peers = options->no_peers ? (struct peers){0} : peers_found();
	struct bench *bench;
	int r;

	options->plan.lock_peers = peers.locks;
	options->plan.lock_peer_count = peers.lock_count;
	options->plan.table_peers = peers.tables;
	options->plan.table_peer_count = peers.table_count;
	print_begin(&session.printer);
	r = bench_start(&bench, &options->plan, &listener);
	if (r) {
		fprintf(stderr, "dmtorture-bench: cannot start: %d\n", r);
		return EXIT_TOOL;
	}
	bench_join_free(bench);
	print_end(&session.printer, &session.end);
	if (session.end.error)
		return EXIT_TOOL;
	return interrupted ? EXIT_INTERRUPTED : session.invalid ? EXIT_INVALID : 0;
}

int main(int argc, char **argv)
{
	static struct options options;
	int r = options_read(&options, argc, argv);

	if (r) {
		if (r > 0)
			options_help();
		return r > 0 ? 0 : EXIT_USAGE;
	}
	if (options.list) {
		print_locks(stdout, BENCH_LOCKS);
		print_locks(stdout, BENCH_RWLOCKS);
		return 0;
	}
	if (options.validate) {
		r = validate(BENCH_LOCKS);
		return r ? r : validate(BENCH_RWLOCKS);
	}
	signal(SIGINT, on_interrupt);
	return measure(&options);
}
