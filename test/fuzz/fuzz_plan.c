/* SPDX-License-Identifier: MIT */
/*
 * Plans as they travel, a number a row, and a device mapper made by one: what is in range has to
 * work, whatever is called then. Each byte of the input after the rows that it changes is a call.
 */
#include <errno.h>

#include "direct.h"
#include "engine.h"
#include "fuzz.h"

#define CALLS_MAX 64
#define ROWS_MAX 8
#define MINORS_MAX 64 /* more are more memory and nothing else */

static void set_rows(struct input *in, struct plan *plan)
{
	uint32_t changes = take_byte(in) % ROWS_MAX;

	for (uint32_t i = 0; i < changes; i++) {
		enum plan_row row = take_byte(in) % PLAN_COUNT;
		uint64_t value = take_u64(in);

		plan_set(plan, row, value);
		MUST(plan_get(plan, row) == value);
	}
}

static bool in_range(const struct plan *plan)
{
	for (uint32_t row = 0; row < PLAN_COUNT; row++) {
		const struct plan_param *param = &plan_table[row];
		uint64_t value = plan_get(plan, (enum plan_row)row);

		if (value < (uint64_t)param->min || value > (uint64_t)param->max)
			return false;
	}
	return true;
}

static void call(struct input *in, const struct plan *plan)
{
	struct direct_dm *d = direct_dm_new(plan);
	bool down = false;
	int checked;

	MUST(d);
	for (uint32_t i = 0; in->left && i < CALLS_MAX; i++) {
		uint8_t byte = take_byte(in);
		enum op_code op = byte % OP_COUNT;
		uint32_t minor = byte / OP_COUNT % 4;
		int64_t r = direct_dm_call(d, op, minor == 3 ? ANY_MINOR : minor);

		MUST(r >= -4095);
		MUST(!down || r == -EIO);
		down = down || r == -EFAULT;
	}
	checked = direct_dm_check(d);
	MUST(checked == 0 || (checked == -EIO && direct_dm_fault_count(d) > 0));
	for (size_t i = 0; i < direct_dm_fault_count(d); i++)
		MUST(direct_dm_fault(d, i) != NULL);
	direct_dm_free(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	struct plan plan;

	plan_init(&plan);
	MUST(!plan_check(&plan));
	set_rows(&in, &plan);
	MUST(!plan_check(&plan) == in_range(&plan));
	if (in_range(&plan) && plan.minors <= MINORS_MAX)
		call(&in, &plan);
	return 0;
}
