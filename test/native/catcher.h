/* SPDX-License-Identifier: MIT */
/* A recorder for tests: it keeps the faults that are reported to it. */
#ifndef DMTORTURE_CATCHER_H
#define DMTORTURE_CATCHER_H

#include "check.h"
#include "machine.h"

#define CAUGHT_MAX 16
#define CAUGHT_TEXT 256

struct caught {
	enum fault_kind kind;
	unsigned int cpu;
	int line;
	char message[CAUGHT_TEXT];
	char func[64], text[128];
};

/* @count goes on when the room is used up. */
struct catcher {
	_Atomic unsigned int count;
	struct caught caught[CAUGHT_MAX];
};

/* The recorder that writes to @catcher. */
struct recorder catcher_recorder(struct catcher *catcher);
/* Check that exactly one fault was caught and that it is @kind on @cpu. Returns it, or NULL. */
const struct caught *catcher_one(const struct catcher *catcher, enum fault_kind kind,
				 unsigned int cpu, const char *file, int line);

/* @s: whatever has a catcher. */
#define CAUGHT(s, kind, cpu) catcher_one(&(s)->catcher, FAULT_##kind, (cpu), __FILE__, __LINE__)
#define CAUGHT_NOTHING(s) CHECK_EQ((s)->catcher.count, 0)

#endif
