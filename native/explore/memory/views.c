/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "rc11.h"

void view_copy(const struct rc11 *m, uint16_t *to, const uint16_t *from)
{
	memcpy(to, from, (m->clocks + m->locations) * sizeof(*to));
	if (m->memory.uses.mixes)
		memcpy(to + m->clocks + m->locations_max, from + m->clocks + m->locations_max,
		       m->locations * sizeof(*to));
}

/* The later of each pair of messages. */
static inline void join_messages(const struct rc11 *m, uint16_t *to, const uint16_t *from)
{
	for (uint32_t l = 0; l < m->locations; l++)
		if (to[l] != from[l] && m->link[from[l]].rank > m->link[to[l]].rank)
			to[l] = from[l];
}

void view_join_order(const struct rc11 *m, uint16_t *to, const uint16_t *from)
{
	join_messages(m, to + m->clocks, from + m->clocks);
	if (m->memory.uses.mixes)
		join_messages(m, to + m->clocks + m->locations_max,
			      from + m->clocks + m->locations_max);
}

void view_join(const struct rc11 *m, uint16_t *to, const uint16_t *from)
{
	for (uint32_t i = 0; i < m->clocks; i++)
		to[i] = to[i] > from[i] ? to[i] : from[i];
	view_join_order(m, to, from);
}
