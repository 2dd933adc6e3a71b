/* SPDX-License-Identifier: MIT */
/*
 * dmtorture-oops: run thread programs with real memory in a child process until it dies.
 *
 *	dmtorture-oops PATCHES SEED TIME_MS WATCHDOG_MS PERTURB BATCH WORD...
 *
 * All are decimal numbers; the words are thread programs, as engine.h has them. Prints a line of
 *JSON every TICK_MS, and a last one that says how it ended. SIGTERM ends it early. Exit codes: 0 it
 *has printed how the child ended, 2 the arguments are wrong, 3 it could not run.
 */
#define _GNU_SOURCE
#include "oops.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arrays.h"
#include "park.h"

#define TICK_MS 50
#define GRACE_MS 3000 /* behind its time; then it is killed */
#define STOP_MS 1000  /* when it is asked to stop */
#define NUMBERS 6     /* in front of the words */
#define EXIT_USAGE 2
#define EXIT_FAILED 3

struct shared *shared;

static volatile sig_atomic_t asked_to_stop;

static void on_stop(int signal)
{
	(void)signal;
	asked_to_stop = 1;
}

static int fail(int code, const char *what, int error)
{
	fprintf(stderr, "dmtorture-oops: %s: %s\n", what, strerror(error));
	return code;
}

/* --- arguments --- */

/* Returns whether @text is a decimal number. */
static bool read_number(const char *text, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno;
}

static int read_programs(struct program_set *programs, int count, char **words)
{
	uint32_t *memory = array_new((size_t)count, 1, sizeof(*memory));
	int r = memory ? 0 : -ENOMEM;

	for (int i = 0; i < count && !r; i++) {
		uint64_t number;

		if (!read_number(words[i], &number) || number > UINT32_MAX)
			r = -EINVAL;
		else
			memory[i] = (uint32_t)number;
	}
	if (!r)
		r = program_set_decode(programs, memory, (size_t)count);
	free(memory);
	return r;
}

static int read_plan(struct plan_of_oops *plan, int argc, char **argv)
{
	uint64_t *number[NUMBERS] = {&plan->patches,	 &plan->seed,	 &plan->time_ms,
				     &plan->watchdog_ms, &plan->perturb, &plan->batch};

	if (argc <= NUMBERS + 1)
		return -EINVAL;
	for (int i = 0; i < NUMBERS; i++)
		if (!read_number(argv[i + 1], number[i]))
			return -EINVAL;
	if (!plan->batch || plan->batch > (uint64_t)PLAN_MAX_batch || plan->perturb > PERTURB_DELAY)
		return -EINVAL;
	return read_programs(&plan->programs, argc - NUMBERS - 1, argv + NUMBERS + 1);
}

/* --- the child --- */

static _Noreturn void be_child(const struct plan_of_oops *plan)
{
	const struct rlimit none = {0, 0};
	int r;

	/* It dies on purpose: nobody wants its memory. And it does not outlive its parent. */
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGTERM, SIG_DFL);
	pages_walk = walk_here;
	walk_begin();
	r = death_watch();
	if (!r)
		r = death_stack();
	if (!r)
		r = rounds_run(plan);
	atomic_store(&shared->error, r);
	_exit(r ? EXIT_FAILED : 0);
}

/* --- the parent --- */

static void nap(void)
{
	const struct timespec tick = {.tv_nsec = TICK_MS * 1000000L};

	nanosleep(&tick, NULL);
}

/* Wait for the end of @child. Returns what waitpid() says, with *@killed: it did not come to one.
 */
static int wait_for_end(pid_t child, const struct plan_of_oops *plan, bool *killed)
{
	uint64_t limit_ms = plan->time_ms ? plan->time_ms + GRACE_MS : UINT64_MAX;
	int status;

	*killed = false;
	while (waitpid(child, &status, WNOHANG) == 0) {
		uint64_t now_ms = (clock_ns() - shared->began_ns) / 1000000;

		if (asked_to_stop && !atomic_exchange(&shared->stopping, 1) &&
		    now_ms + STOP_MS < limit_ms)
			limit_ms = now_ms + STOP_MS;
		if (now_ms >= limit_ms) {
			*killed = true;
			kill(child, SIGKILL);
		}
		print_progress();
		nap();
	}
	return status;
}

int main(int argc, char **argv)
{
	struct sigaction stop = {.sa_handler = on_stop};
	struct plan_of_oops plan = {0};
	int r = read_plan(&plan, argc, argv), status;
	bool killed;
	pid_t child;

	/* An installation asks whether it runs here. */
	if (argc == 2 && !strcmp(argv[1], "--version"))
		return puts("dmtorture-oops") < 0;
	if (r)
		return fail(r == -EINVAL ? EXIT_USAGE : EXIT_FAILED, "arguments", -r);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED)
		return fail(EXIT_FAILED, "memory", errno);
	shared->began_ns = clock_ns();
	sigaction(SIGTERM, &stop, NULL);
	child = fork();
	if (child < 0)
		return fail(EXIT_FAILED, "fork", errno);
	if (!child)
		be_child(&plan);
	status = wait_for_end(child, &plan, &killed);
	program_set_free(&plan.programs);
	if (atomic_load(&shared->error))
		return fail(EXIT_FAILED, "it cannot begin", -atomic_load(&shared->error));
	print_end(status, killed);
	return 0;
}
