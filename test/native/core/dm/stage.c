/* SPDX-License-Identifier: MIT */
#include "stage.h"

#include <errno.h>
#include <stdlib.h>

#define STAGE_MINORS 16

/* Memory for one world. As the engine does, it is used again for the next as the last left it. */
static void *take_memory(size_t bytes)
{
	static struct world_memory kept;
	static size_t kept_bytes;

	if (bytes > kept_bytes) {
		world_memory_put(&kept);
		if (!world_memory_get(&kept, 1, bytes))
			abort();
		kept_bytes = bytes;
	}
	return kept.start;
}

static struct stage *stage_make(uint64_t patches, uint32_t minors, unsigned int fail_queue,
				unsigned int fail_layer)
{
	struct stage *s = calloc(1, sizeof(*s));

	s->config = (struct world_config){
		.cpus = STAGE_PLAYERS,
		.minors = minors,
		.patches = patches,
		.fail_queue_permille = fail_queue,
		.fail_layer_permille = fail_layer,
		.seed = 1,
		.recorder = catcher_recorder(&s->catcher),
	};
	s->world = world_init(take_memory(world_bytes(&s->config)), &s->config);
	for (unsigned int i = 0; i < STAGE_PLAYERS; i++)
		player_begin(&s->player[i], s->world, i);
	/* cpu2 is there for tests that act as it; it keeps nobody waiting. */
	task_done(&s->player[1].task);
	return s;
}

struct stage *stage_open_failing(uint64_t patches, unsigned int fail_queue, unsigned int fail_layer)
{
	return stage_make(patches, STAGE_MINORS, fail_queue, fail_layer);
}

struct stage *stage_open_sized(uint64_t patches, uint32_t minors)
{
	return stage_make(patches, minors, 0, 0);
}

struct stage *stage_open(uint64_t patches)
{
	return stage_make(patches, STAGE_MINORS, 0, 0);
}

void stage_close(struct stage *s)
{
	free(s);
}

int64_t stage_run(struct stage *s, enum op_code op, uint32_t minor)
{
	if (task_catch(&s->player[0].task))
		return -EFAULT;
	return player_run(&s->player[0], op, minor);
}

bool stage_do(struct stage *s, void (*body)(struct task *t, struct stage *s))
{
	if (task_catch(&s->player[0].task))
		return false;
	body(&s->player[0].task, s);
	return true;
}

void stage_check(struct stage *s)
{
	if (task_catch(&s->player[0].task) == 0) {
		player_put_back(&s->player[0]);
		player_empty_world(&s->player[0]);
	}
	task_done(&s->player[0].task);
}

struct mapped_device *stage_md(struct stage *s, uint32_t minor)
{
	return idr_find(&s->world->dm.minor_idr, (int)minor);
}
