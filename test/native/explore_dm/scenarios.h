/* SPDX-License-Identifier: MIT */
/* The scenarios of lib/programs/scenarios.ts, as the explorer's C tests need them. */
#ifndef DMTORTURE_SCENARIOS_H
#define DMTORTURE_SCENARIOS_H

#include "dm_model.h"

struct scenario {
	const char *name;
	const char *programs; /* as in lib/programs/scenarios.ts */
};

extern const struct scenario scenarios[];
extern const uint32_t scenario_count;

/* Program words of @text, as engine.h describes them. Returns how many; the test ends if wrong. */
size_t scenario_words(const char *text, uint32_t *words, size_t capacity);
/* Decode the scenario of that name. Free with program_set_free(). */
struct program_set scenario_named(const char *name);

#endif
