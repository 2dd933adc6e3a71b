/* SPDX-License-Identifier: MIT */
/* Thread programs, as engine.h describes them, to steps. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arrays.h"
#include "program.h"

#define OP_BITS 8

/* Decode one operation from @words, advancing *@at. Returns 0 or -EINVAL. */
static int decode_step(struct step *step, const uint32_t *words, size_t count, size_t *at)
{
	uint32_t word, op;

	if (*at >= count)
		return -EINVAL;
	word = words[(*at)++];
	op = word & (NAME_FOLLOWS - 1);
	if (op >= OP_COUNT)
		return -EINVAL;
	step->op = (enum op_code)op;
	step->minor = word >> OP_BITS == ANY_MINOR ? DM_ANY_MINOR : word >> OP_BITS;
	/* A minor that nothing reads would be a program that no text can say. */
	if (op_table[op].arg == ARG_NONE && step->minor != DM_ANY_MINOR)
		return -EINVAL;
	if (op_table[op].arg == ARG_MINOR && step->minor == DM_ANY_MINOR)
		return -EINVAL;
	step->name = DM_OWN_NAME;
	if (!(word & NAME_FOLLOWS))
		return 0;
	if (op_table[op].arg != ARG_NAMED || *at >= count)
		return -EINVAL;
	step->name = words[(*at)++];
	return step->name < ANY_MINOR ? 0 : -EINVAL;
}

/* Decode one program from @words, advancing *@at. Returns 0 or -EINVAL. */
static int decode_one(struct program *program, struct step *memory, const uint32_t *words,
		      size_t count, size_t *at)
{
	uint32_t length;

	if (*at >= count)
		return -EINVAL;
	length = words[(*at)++];
	if (length > PROGRAM_OPS_MAX || length > count - *at)
		return -EINVAL;
	program->length = length;
	program->steps = memory;
	for (uint32_t i = 0; i < length; i++) {
		int r = decode_step(&memory[i], words, count, at);

		if (r)
			return r;
	}
	return 0;
}

int program_set_decode(struct program_set *set, const uint32_t *words, size_t count)
{
	struct step *memory = array_new(count, 1, sizeof(*memory));
	size_t at = 0;
	int r;

	memset(set, 0, sizeof(*set));
	if (!memory)
		return -ENOMEM;
	set->memory = memory;
	r = decode_one(&set->before, memory, words, count, &at);
	if (!r)
		r = decode_one(&set->after, memory + at, words, count, &at);
	while (!r && at < count) {
		if (set->cpus == PROGRAM_CPUS_MAX) {
			r = -EINVAL;
			break;
		}
		r = decode_one(&set->cpu[set->cpus], memory + at, words, count, &at);
		set->steps += set->cpu[set->cpus].length;
		set->cpus++;
	}
	if (!r && !set->cpus)
		r = -EINVAL;
	if (r)
		program_set_free(set);
	return r;
}

void program_set_free(struct program_set *set)
{
	free(set->memory);
	memset(set, 0, sizeof(*set));
}
