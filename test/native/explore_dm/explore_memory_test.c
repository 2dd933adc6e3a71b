/* SPDX-License-Identifier: MIT */
/* Memory is put back to the last bit, by lines and by the log, and from one way to the other. */
#include <stdlib.h>
#include <string.h>

#include "dm_model.h"
#include "check.h"
#include "scenarios.h"
#include "schedule.h"

#define WALKS 64

struct way {
	bool uniform, hashing, marks;
};

static const struct way ways[] = {
	{.uniform = true}, {.uniform = false}, {.hashing = true},
	{.marks = true},   {.uniform = true},
};

static int choose_any(void *state, uint32_t enabled)
{
	return (int)fibers_pick(state, enabled);
}

/*
 * Run @stage this @way, often. Returns how often memory was not as @before afterwards. @changed
 * counts the executions that left it different, before it was put back.
 */
static uint32_t go(struct stage *stage, const struct way *way, const char *before, uint64_t *dice,
		   uint32_t *changed)
{
	struct fibers *f = stage->fibers;
	uint32_t differ = 0;

	f->choose = choose_any;
	f->strategy = dice;
	f->uniform = way->uniform;
	f->hot.hashing = way->hashing;
	f->marks = way->marks;
	for (uint32_t i = 0; i < WALKS; i++) {
		stage_run(stage);
		*changed += memcmp(stage->memory, before, f->hot.memory_bytes) != 0;
		stage_reset(stage);
		differ += memcmp(stage->memory, before, f->hot.memory_bytes) != 0;
	}
	return differ;
}

/* With a patch left out there are executions that a fault cuts off, too. */
static void memory_is_put_back(void)
{
	static struct dm_model model;
	uint64_t dice = 1;

	for (uint32_t i = 0; i < 2 * scenario_count; i++) {
		struct program_set programs = scenario_named(scenarios[i / 2].name);
		struct dm_setup setup = {.patches = i % 2 ? PATCHES_ALL : PATCHES_WITHOUT(02)};
		uint32_t changed = 0;
		struct stage stage;
		char *before;

		dm_model_init(&model, &programs, &setup);
		CHECK_EQ(stage_open(&stage, &model.model, 0), 0);
		stage_reset(&stage);
		before = malloc(stage.fibers->hot.memory_bytes);
		memcpy(before, stage.memory, stage.fibers->hot.memory_bytes);
		for (size_t way = 0; way < sizeof(ways) / sizeof(*ways); way++)
			CHECK_EQ(go(&stage, &ways[way], before, &dice, &changed), 0);
		/* Of get and put nothing stays, where the module does not go. */
		CHECK(changed > 0);
		free(before);
		stage_close(&stage);
		program_set_free(&programs);
	}
}

static const struct test tests[] = {{"memory is put back", memory_is_put_back}};
TESTS(tests)
