/* SPDX-License-Identifier: MIT */
/*
 * Stacks of fibers: as large as explore.h says, and a thread that needs more ends the process. Some
 * are kept for searches to come.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "programs.h"
#include "switch.h"

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

	/* A sanitizer exits with 1, explore() would have with 0 or 2. */
	CHECK(WIFSIGNALED(status) || WEXITSTATUS(status) % 2 == 1);
	if (WIFSIGNALED(status))
		CHECK(WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGBUS ||
		      WTERMSIG(status) == SIGABRT);
}

#define BYTES ((size_t)EXPLORE_STACK_BYTES)
#define ABOVE 256
#define MANY (STACKS_KEPT + 9)

/* Whether a write to @at ends the process. */
static bool is_deadly(char *at)
{
	static const struct rlimit no_core;
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		setrlimit(RLIMIT_CORE, &no_core);
		*(volatile char *)at = 1;
		_exit(0);
	}
	CHECK_EQ(waitpid(child, &status, 0), child);
	return status != 0;
}

static bool is_mapped(void *page)
{
	return !msync(page, 1, MS_ASYNC) || errno != ENOMEM;
}

static void used_again_as_if_new(void)
{
	struct stack first = {0}, second = {0}, other = {0};
	struct stack_memory memory, other_memory;
	void *block;

	CHECK(stack_new(&first, &memory, BYTES, ABOVE, 1));
	block = memory.block;
	memset(first.low, 0x5a, BYTES + ABOVE);
	stack_delete(&first, &memory);
	CHECK(memory.block == NULL && first.low == NULL);
	/* Of another size: that block stays where it is. */
	CHECK(stack_new(&other, &other_memory, BYTES * 2, ABOVE, 1));
	CHECK(other_memory.block != block);
	CHECK(stack_new(&second, &memory, BYTES, ABOVE, 1));
	CHECK(memory.block == block);
	for (size_t i = 0; i < ABOVE; i++)
		CHECK_EQ(second.low[BYTES + i], 0);
	CHECK(is_deadly((char *)block + STACK_GUARD - 1));
	CHECK(!is_deadly(second.low));
	stack_delete(&second, &memory);
	stack_delete(&other, &other_memory);
}

static void no_more_kept_than_documented(void)
{
	struct stack stack[MANY];
	struct stack_memory memory[MANY];
	void *block[MANY];
	uint32_t kept = 0;

	for (uint32_t i = 0; i < MANY; i++) {
		CHECK(stack_new(&stack[i], &memory[i], BYTES, ABOVE, 0));
		block[i] = memory[i].block;
	}
	for (uint32_t i = 0; i < MANY; i++)
		stack_delete(&stack[i], &memory[i]);
	for (uint32_t i = 0; i < MANY; i++)
		kept += is_mapped(block[i]);
	CHECK_EQ(kept, STACKS_KEPT);
	/* The latest. */
	CHECK(!is_mapped(block[0]) && is_mapped(block[MANY - 1]));
}

static const struct test tests[] = {
	{"as large as documented", as_large_as_documented},
	{"a guard below", a_guard_below},
	{"used again as if new", used_again_as_if_new},
	{"no more kept than documented", no_more_kept_than_documented},
};
TESTS(tests)
