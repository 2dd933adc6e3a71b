/* SPDX-License-Identifier: MIT */
#include "idr_model.h"

#include <string.h>

#include "idr_tree.h"

unsigned int model_place(const struct model *m, int64_t id)
{
	unsigned int low = 0, high = m->taken;

	while (low < high) {
		unsigned int middle = (low + high) / 2;

		if (m->id[middle] < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool model_has(const struct model *m, int id, unsigned int *at)
{
	*at = model_place(m, id);
	return *at < m->taken && m->id[*at] == id;
}

int64_t model_lowest_free(const struct model *m, int64_t start)
{
	for (unsigned int i = model_place(m, start); i < m->taken && m->id[i] == start; i++)
		start++;
	return start;
}

void model_take(struct model *m, int id, void *pointer)
{
	unsigned int at = model_place(m, id), behind = m->taken - at;

	memmove(&m->id[at + 1], &m->id[at], behind * sizeof(m->id[0]));
	memmove(&m->pointer[at + 1], &m->pointer[at], behind * sizeof(m->pointer[0]));
	m->id[at] = id;
	m->pointer[at] = pointer;
	m->taken++;
}

void model_drop(struct model *m, unsigned int at)
{
	unsigned int behind = --m->taken - at;

	memmove(&m->id[at], &m->id[at + 1], behind * sizeof(m->id[0]));
	memmove(&m->pointer[at], &m->pointer[at + 1], behind * sizeof(m->pointer[0]));
}

unsigned int model_levels(const struct model *m)
{
	return m->taken ? levels_for((uint64_t)m->id[m->taken - 1]) : 0;
}

unsigned int model_layers(const struct model *m)
{
	unsigned int layers = 0;

	for (unsigned int level = 1; level <= model_levels(m); level++)
		for (unsigned int i = 0; i < m->taken; i++)
			layers += !i || (int64_t)m->id[i] >> level * IDR_BITS !=
						(int64_t)m->id[i - 1] >> level * IDR_BITS;
	return layers;
}
