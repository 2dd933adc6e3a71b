/* SPDX-License-Identifier: MIT */
/* An IDR that is too simple to be wrong: a sorted array of ids. */
#ifndef DMTORTURE_IDR_MODEL_H
#define DMTORTURE_IDR_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#define TAKEN_MAX 6000

struct model {
	int id[TAKEN_MAX];
	void *pointer[TAKEN_MAX];
	unsigned int taken;
	uint64_t cursor;
};

/* Index of the lowest taken id at or above @id. */
unsigned int model_place(const struct model *m, int64_t id);
/* Whether @id is taken; *@at gets its index. */
bool model_has(const struct model *m, int id, unsigned int *at);
int64_t model_lowest_free(const struct model *m, int64_t start);
void model_take(struct model *m, int id, void *pointer);
void model_drop(struct model *m, unsigned int at);
unsigned int model_levels(const struct model *m);
/* Layers of the tree: the different prefixes that the ids have at each level. */
unsigned int model_layers(const struct model *m);

#endif
