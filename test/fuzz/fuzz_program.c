/* SPDX-License-Identifier: MIT */
/* Programs as they travel: 32-bit words that anybody may have written. */
#include <errno.h>

#include "fuzz.h"
#include "program.h"

/* Returns the words that its steps were read from: a name takes one of its own. */
static uint32_t check_program(const struct program *program)
{
	uint32_t words = program->length;

	MUST(program->length <= PROGRAM_OPS_MAX);
	for (uint32_t i = 0; i < program->length; i++) {
		MUST(program->steps[i].op < OP_COUNT);
		MUST(program->steps[i].minor < ANY_MINOR ||
		     program->steps[i].minor == DM_ANY_MINOR);
		words += program->steps[i].name != DM_OWN_NAME;
	}
	return words;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t count = size / sizeof(uint32_t);
	uint32_t *words = malloc(count ? count * sizeof(*words) : 1);
	uint32_t steps = 0, read = 0;
	struct program_set set;
	int r;

	MUST(words);
	if (count)
		memcpy(words, data, count * sizeof(*words));
	r = program_set_decode(&set, words, count);
	MUST(r == 0 || r == -EINVAL);
	if (r == 0) {
		MUST(set.cpus && set.cpus <= PROGRAM_CPUS_MAX);
		for (uint32_t cpu = 0; cpu < set.cpus; cpu++) {
			read += check_program(&set.cpu[cpu]);
			steps += set.cpu[cpu].length;
		}
		MUST(steps == set.steps);
		/* All words are lengths, operations or names. */
		read += check_program(&set.before) + check_program(&set.after);
		MUST(read + 2 + set.cpus == count);
	}
	program_set_free(&set);
	free(words);
	return 0;
}
