/* SPDX-License-Identifier: MIT */
#include "bug.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

void bug_of(void (*make)(void), char *line, size_t size)
{
	int ends[2], status = 0;
	size_t used = 0;
	ssize_t got;
	pid_t child;

	CHECK_EQ(pipe(ends), 0);
	fflush(NULL);
	child = fork();
	if (!CHECK(child >= 0))
		return;
	if (!child) {
		dup2(ends[1], STDERR_FILENO);
		signal(SIGABRT, SIG_DFL);
		make();
		_exit(0);
	}
	close(ends[1]);
	while (used < size - 1 && (got = read(ends[0], line + used, size - 1 - used)) > 0)
		used += (size_t)got;
	line[used] = '\0';
	/* An emulator has its own to say of an abort. */
	line[strcspn(line, "\n")] = '\0';
	close(ends[0]);
	CHECK_EQ(waitpid(child, &status, 0), child);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}
