/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "direct.h"
#include "program.h"
#include "spinlocks.h"
#include "world_memory.h"

#define HELD_MAX 4096
#define FAULTS_MAX 16 /* a world is down after its first; its end may report a few more */

struct direct_dm {
	struct player player;
	struct world_memory memory;
	bool down;
	size_t fault_count;
	uint64_t calls;
	size_t fixed; /* bytes of the world beside its slab, whatever is in it */
	struct fault_note fault[FAULTS_MAX];
	struct holding opens[HELD_MAX], gets[HELD_MAX];
};

static void record(void *context, struct task *t, const struct fault_event *event)
{
	struct direct_dm *d = context;
	struct fault_note *note;

	(void)t;
	d->down = true;
	if (d->fault_count == FAULTS_MAX)
		return;
	note = &d->fault[d->fault_count++];
	*note = (struct fault_note){.kind = event->kind,
				    .cpu = event->cpu,
				    .op = d->player.op,
				    .minor = d->player.minor,
				    .count = 1,
				    .world = d->calls,
				    .site = event->site};
	strncpy(note->message, event->message, sizeof(note->message) - 1);
}

struct direct_dm *direct_dm_new(const struct plan *plan)
{
	struct direct_dm *d = calloc(1, sizeof(*d));
	struct world_config config = {
		.cpus = 1,
		.minors = (uint32_t)plan->minors,
		.patches = plan->patches,
		.lock_kind = (unsigned int)plan->lock,
		.lock_maker = &spinlock_maker,
		.fail_queue_permille = (unsigned int)plan->fail_queue,
		.fail_layer_permille = (unsigned int)plan->fail_layer,
		.seed = plan->seed,
		.recorder = {.record = record, .context = d},
	};

	if (!d)
		return NULL;
	if (!world_memory_get(&d->memory, 1, world_bytes(&config))) {
		free(d);
		return NULL;
	}
	player_begin(&d->player, world_init(d->memory.start, &config), 0);
	d->fixed = world_bytes(&config) - slab_bytes(&d->player.world->limits);
	d->player.opens = (struct holdings){.item = d->opens, .capacity = HELD_MAX};
	d->player.gets = (struct holdings){.item = d->gets, .capacity = HELD_MAX};
	return d;
}

void direct_dm_free(struct direct_dm *d)
{
	if (!d)
		return;
	world_memory_put(&d->memory);
	free(d);
}

int64_t direct_dm_call(struct direct_dm *d, enum op_code op, uint32_t minor)
{
	if (d->down)
		return -EIO;
	d->calls++;
	if (task_catch(&d->player.task))
		return -EFAULT;
	return player_run(&d->player, op, minor == ANY_MINOR ? DM_ANY_MINOR : minor);
}

int direct_dm_check(struct direct_dm *d)
{
	if (d->down)
		return -EIO;
	if (task_catch(&d->player.task) == 0) {
		player_put_back(&d->player);
		player_empty_world(&d->player);
	}
	return d->down ? -EIO : 0;
}

size_t direct_dm_bytes(const struct direct_dm *d)
{
	return sizeof(*d) + d->fixed + slab_touched(&d->player.world->slab);
}

size_t direct_dm_fault_count(const struct direct_dm *d)
{
	return d->fault_count;
}

const struct fault_note *direct_dm_fault(const struct direct_dm *d, size_t index)
{
	return index < d->fault_count ? &d->fault[index] : NULL;
}
