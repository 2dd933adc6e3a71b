/* SPDX-License-Identifier: MIT */
/*
 * RC11 for programs that keep values outside of words, too: what they changed there without an
 * access, and how a loop of theirs comes to read on.
 */
#include "rc11.h"

/* What no access has said comes before all that is to come. */
void rc11_fill(struct weak *weak, struct task *t, struct word *w, uint64_t value)
{
	struct rc11 *m = (struct rc11 *)weak;
	uint64_t place = (uint64_t)(w - word_at(m, 0));
	uint16_t location, id;

	weak->ops->settle(weak);
	if (!m->location_at[place])
		return;
	location = (uint16_t)(m->location_at[place] - 1);
	if (!m->location[location].count || m->location[location].is_lock)
		return;
	id = publish(m, t, newest_of(m, location), value, ORDER_RELAXED, 0);
	for (uint32_t cpu = 0; cpu < m->memory.threads; cpu++)
		at_of(m, view_of(m, cpu, VIEW_NOW))[location] = id;
}

bool rc11_pass_over(struct weak *weak, struct task *t, const struct word *w)
{
	struct rc11 *m = (struct rc11 *)weak;
	uint64_t place = (uint64_t)(w - word_at(m, 0));
	uint16_t location, *at;

	if (place * sizeof(*w) >= m->memory.fibers->hot.memory_bytes || !m->location_at[place])
		return false;
	location = (uint16_t)(m->location_at[place] - 1);
	if (!m->location[location].count || m->location[location].is_lock)
		return false;
	at = &at_of(m, view_of(m, t->common.cpu, VIEW_NOW))[location];
	if (!m->link[*at].rank)
		*at = m->location[location].first;
	if (!m->link[*at].after)
		return false;
	*at = m->link[*at].after;
	return true;
}
