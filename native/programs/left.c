/* SPDX-License-Identifier: MIT */
#include "left.h"

#include <string.h>

#include "ledger.h"

static uint32_t count_creates(const struct program *program)
{
	uint32_t creates = 0;

	for (uint32_t i = 0; i < program->length; i++)
		creates += program->steps[i].op == OP_CREATE;
	return creates;
}

uint32_t left_width(const struct program_set *programs)
{
	uint32_t devices = count_creates(&programs->before);

	for (uint32_t cpu = 0; cpu < programs->cpus; cpu++)
		devices += count_creates(&programs->cpu[cpu]);
	return 1 + devices * LEFT_DEVICE_NUMBERS;
}

void left_unknown(int32_t *left, uint32_t width)
{
	memset(left, 0, width * sizeof(*left));
	left[0] = LEFT_UNKNOWN;
}

static int32_t number_of(const struct mapped_device *md, size_t offset)
{
	return (int32_t)word_peek(field_word(md, offset));
}

/* A minor that is taken without a device is one that nobody refers to. */
static void take_device(int32_t *device, int minor, const struct mapped_device *md)
{
	device[LEFT_MINOR] = minor;
	if (!is_object(md))
		return;
	device[LEFT_REFERENCES] = number_of(md, FIELD_OFFSET(md, holders));
	device[LEFT_NAMED] = word_peek(field_word(md, FIELD_OFFSET(md, interface_ptr))) != 0;
	device[LEFT_EVENTS] = number_of(md, FIELD_OFFSET(md, event_nr));
}

void left_take(const struct world *w, int32_t *left, uint32_t width)
{
	uint64_t module = word_peek(&w->dm.module.state);
	int32_t *end = left + width;
	void *pointer;
	int minor = 0;

	memset(left, 0, width * sizeof(*left));
	*left++ = module >> MODULE_STATE_SHIFT == MODULE_LIVE ? (int32_t)module : LEFT_MODULE_GONE;
	for (; left < end; left += LEFT_DEVICE_NUMBERS) {
		if (!idr_get_next(&w->dm.minor_idr, &minor, &pointer)) {
			left[LEFT_MINOR] = -1;
			continue;
		}
		take_device(left, minor, pointer);
		minor++;
	}
}
