/* SPDX-License-Identifier: MIT */
/* The scenarios of scenarios.def, as C tests need them. */
#ifndef DMTORTURE_SCENARIOS_H
#define DMTORTURE_SCENARIOS_H

#include "program.h"

struct scenario {
	const char *name;
	const char *programs; /* as text */
};

extern const struct scenario scenarios[];
extern const uint32_t scenario_count;

/* The scenario of that name; the test ends if there is none. */
const struct scenario *scenario_find(const char *name);
/* Program words of @text, as engine.h describes them. Returns how many; the test ends if wrong. */
size_t scenario_words(const char *text, uint32_t *words, size_t capacity);
/* Decode the scenario of that name. Free with program_set_free(). */
struct program_set scenario_named(const char *name);

#endif
