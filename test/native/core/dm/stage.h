/* SPDX-License-Identifier: MIT */
/* A whole world for tests, with two players and a catcher; one at a time. */
#ifndef DMTORTURE_STAGE_H
#define DMTORTURE_STAGE_H

#include "catcher.h"
#include "program.h"
#include "world_memory.h"

#define STAGE_PLAYERS 2

struct stage {
	struct world_config config;
	struct world *world;
	struct player player[STAGE_PLAYERS];
	struct catcher catcher;
};

/* A world with @patches. @fail_queue, @fail_layer: per mille, as in plan.def. */
struct stage *stage_open_failing(uint64_t patches, unsigned int fail_queue,
				 unsigned int fail_layer);
struct stage *stage_open(uint64_t patches);
/* A world with room for about @minors devices. */
struct stage *stage_open_sized(uint64_t patches, uint32_t minors);
void stage_close(struct stage *s);
/* Run one operation as cpu1. Returns its result; -EFAULT when it met a fault. */
int64_t stage_run(struct stage *s, enum op_code op, uint32_t minor);
/* Run @body as cpu1. Returns whether it came to its end. */
bool stage_do(struct stage *s, void (*body)(struct task *t, struct stage *s));
/* Put everything back, empty the world, look for leaks and for locks still held. */
void stage_check(struct stage *s);
/* The device of @minor, without a reference; NULL for none. */
struct mapped_device *stage_md(struct stage *s, uint32_t minor);

#endif
