/* SPDX-License-Identifier: MIT */
/* How the device mapper reads in a trace: what is touched, its values, and what threads do. */
#include "dm_tell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dm_model.h"
#include "ledger.h"

#define STEP_TEXT_MAX 64 /* "remove-uuid 16777215 as 16777215, " */

static const struct world *world_in(const struct fibers *f)
{
	return (const struct world *)f->hot.memory;
}

static bool is_in(const struct word *w, const struct word *first, size_t count)
{
	return w >= first && w < first + count;
}

/* The field that @w is, of what there is one of in a world. */
static enum field_id field_at(const struct world *world, const struct word *w)
{
	const struct dm *dm = &world->dm;

	if (w == &dm->module.state)
		return FIELD_MODULE_state;
	if (w == &dm->minor_idr.top)
		return FIELD_DM_minor_idr;
	if (w == &dm->minor_spin.holder || w == &dm->minor_mutex.sem.state)
		return FIELD_DM_minor_lock;
	if (w == &dm->hash_lock.state)
		return FIELD_DM_hash_lock;
	if (w == &dm->suspend_lock.sem.state)
		return FIELD_DM_suspend_lock;
	if (w == &dm->origins_lock.sem.state)
		return FIELD_DM_origins_lock;
	if (w == &dm->deps_lock.state)
		return FIELD_DM_deps_lock;
	if (is_in(w, world->block.bdis, world->buckets))
		return FIELD_BLOCK_bdis;
	if (w == &dm->shared_queue.queued || w == &dm->own_queue.queued)
		return FIELD_DM_queued;
	if (w == &dm->shared_queue.running || w == &dm->own_queue.running)
		return FIELD_DM_running;
	if (is_in(w, dm->names, world->buckets))
		return FIELD_DM_names;
	if (is_in(w, dm->uuids, world->buckets))
		return FIELD_DM_uuids;
	if (w == &world->block.lock.sem.state)
		return FIELD_BLOCK_lock;
	if (w == &world->block.adds)
		return FIELD_BLOCK_adds;
	return is_in(w, world->block.disks, world->buckets) ? FIELD_BLOCK_disks : FIELD_NONE;
}

/* An object's memory does not say its type; the site that touches it does. */
static enum field_id field_of(const struct fibers *f, const struct access *a)
{
	const struct word *w = (const struct word *)f->hot.memory + a->place;
	enum field_id field = field_at(world_in(f), w);

	return field ? field : (enum field_id)a->site->field;
}

static void dm_touches(const struct fibers *f, const struct access *a, struct trace_line *line)
{
	const struct field_row *field = &field_table[field_of(f, a)];
	enum object_type object = field->object ? field->object : a->site->object;

	if (object)
		line->object = object_table[object].name;
	if (field->name[0])
		line->field = field->name;
	/* When all others are stopped for it, it is the story. */
	line->background = field->background && a->kind != POINT_STOP;
}

/* Objects are told apart by whose memory they are in; what was there before is just "the". */
static void name_object(const struct fibers *f, const char *what, const void *pointer, char *text)
{
	const struct world *w = world_in(f);
	uint64_t offset = (uint64_t)((const char *)untagged(pointer) - w->slab.arena);
	uint64_t cpu = offset / w->slab.limits.chunk_bytes;

	if (cpu + 1 < f->cpus)
		snprintf(text, TRACE_VALUE_MAX, "cpu%u's %s", (unsigned int)cpu + 1, what);
	else
		snprintf(text, TRACE_VALUE_MAX, "the %s", what);
}

static bool name_pointer(const struct fibers *f, const char *what, uint64_t value, char *text)
{
	const void *pointer = (const void *)(uintptr_t)value;
	uint64_t offset = (uintptr_t)untagged(pointer) - (uintptr_t)f->hot.memory;

	if (pointer == MINOR_ALLOCED)
		snprintf(text, TRACE_VALUE_MAX, "MINOR_ALLOCED");
	else if (!value)
		snprintf(text, TRACE_VALUE_MAX, "NULL");
	else if (is_object(pointer) && offset < f->hot.memory_bytes)
		name_object(f, what, pointer, text);
	else
		return false;
	return true;
}

static bool dm_value(const struct fibers *f, const struct access *a, uint64_t value, char *text)
{
	const struct field_row *field = &field_table[field_of(f, a)];

	switch (field->shows) {
	case SHOWS_REFERENCES:
		snprintf(text, TRACE_VALUE_MAX, "%u%s", (uint32_t)value,
			 value >> 32 ? ", going" : "");
		return true;
	case SHOWS_SENT:
		snprintf(text, TRACE_VALUE_MAX, "%llu sent", (unsigned long long)(value >> 32));
		return true;
	case SHOWS_LOOKUP:
		/* Of the insides only what a lookup finds is of interest. */
		if (access_writes(a)) {
			text[0] = '\0';
			return true;
		}
		return name_pointer(f, object_table[field->leads_to].called, value, text);
	case SHOWS_POINTER:
		return name_pointer(f, object_table[field->leads_to].called, value, text);
	default:
		return false;
	}
}

static size_t step_text(const struct step *step, char *text)
{
	int used = snprintf(text, STEP_TEXT_MAX, "%s", op_table[step->op].slug);

	if (step->minor != DM_ANY_MINOR)
		used += snprintf(text + used, STEP_TEXT_MAX - (size_t)used, " %u", step->minor);
	if (step->name != DM_OWN_NAME)
		used += snprintf(text + used, STEP_TEXT_MAX - (size_t)used, " as %u", step->name);
	return (size_t)used;
}

/* "remove 0, create 0 as 7", as a program's text has it. */
static char *dm_title(const struct explore_model *model, uint32_t cpu)
{
	const struct dm_model *m = model->context;
	const struct program *program = &m->programs->cpu[cpu];
	char *text = calloc(program->length + 1, STEP_TEXT_MAX), *at = text;

	for (uint32_t i = 0; text && i < program->length; i++) {
		if (i)
			at = stpcpy(at, ", ");
		at += step_text(&program->steps[i], at);
	}
	return text;
}

const struct teller dm_teller = {
	.title = dm_title,
	.doing = dm_model_doing,
	.touches = dm_touches,
	.value = dm_value,
};
