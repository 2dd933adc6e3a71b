/* SPDX-License-Identifier: MIT */
/* Stacks of fibers: as large as explore.h says, and a thread that needs more ends the process. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "programs.h"

#define FRAME 1024

static size_t wanted; /* bytes of stack */

/* As deep as it takes; what a deeper call left is read again. */
static __attribute__((noinline)) unsigned int dig(size_t bytes)
{
	volatile char frame[FRAME];

	memset((char *)frame, 1, sizeof(frame));
	return frame[FRAME / 2] + (bytes > FRAME ? dig(bytes - FRAME) : 0) + frame[0];
}

static void digger(struct classic *c, struct task *t, uint32_t cpu)
{
	STORE(c->word[cpu], 1);
	if (cpu == 0)
		STORE(c->word[2], dig(wanted));
}

/* Explore in a child, with so much stack in use. Returns how it ended, as waitpid() says. */
static int explored_with(size_t bytes)
{
	static const struct rlimit no_core;
	struct classic_row row = {.name = "digger", .threads = 2, .thread = digger};
	struct classic_run seen;
	struct explore_model model = classic_model(&seen, &row);
	struct explore_plan plan = {.strategy = EXPLORE_DPOR};
	struct explore_report report;
	int status = 0;
	pid_t child;

	wanted = bytes;
	child = fork();
	if (child == 0) {
		setrlimit(RLIMIT_CORE, &no_core);
		_exit(explore(&model, &plan, &report) ? 2 : 0);
	}
	CHECK_EQ(waitpid(child, &status, 0), child);
	return status;
}

static void as_large_as_documented(void)
{
	CHECK_EQ(explored_with(EXPLORE_STACK_BYTES / 2), 0);
}

/* Not another thread's stack, nor anything else: the guard. */
static void a_guard_below(void)
{
	int status = explored_with(EXPLORE_STACK_BYTES * 5 / 4);

	CHECK(WIFSIGNALED(status) || WEXITSTATUS(status) > 2);
	if (WIFSIGNALED(status))
		CHECK(WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGBUS ||
		      WTERMSIG(status) == SIGABRT);
}

static const struct test tests[] = {
	{"as large as documented", as_large_as_documented},
	{"a guard below", a_guard_below},
};
TESTS(tests)
