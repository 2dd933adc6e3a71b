/* SPDX-License-Identifier: MIT */
/*
 * What a thread learns that goes round a loop. Where it comes to the same place in the same state
 * it is where it was only if it would read there what it has read: not if it has to read on at some
 * word since, where there is another value. A newer write of the value that was there says nothing
 * new: threads that swap the same value again and again would have news of each other for ever.
 */
#include <string.h>

#include "rc11.h"

/* Behind the views of threads, of the order of fences, and of what is thrown away. */
static uint16_t *known_before(const struct rc11 *m)
{
	return at_of(m, view_of(m, m->memory.threads, 2));
}

void news_before(struct rc11 *m, uint32_t cpu)
{
	if (unlikely(m->memory.fibers->carrier != NULL))
		memcpy(known_before(m), at_of(m, view_of(m, cpu, VIEW_NOW)),
		       m->locations * sizeof(uint16_t));
}

static uint64_t value_at(const struct rc11 *m, uint32_t location, uint16_t message)
{
	return m->message[m->link[message].rank ? message : m->location[location].first].value;
}

void news_behind(struct rc11 *m, uint32_t cpu)
{
	const uint16_t *before = known_before(m), *now = at_of(m, view_of(m, cpu, VIEW_NOW));

	if (likely(!m->memory.fibers->carrier))
		return;
	for (uint32_t l = 0; l < m->locations; l++)
		if (before[l] != now[l] && !m->location[l].is_lock &&
		    value_at(m, l, before[l]) != value_at(m, l, now[l]))
			m->memory.weak.news |= 1u << cpu;
}

void rc11_perform(struct weak *weak, struct task *t)
{
	struct rc11 *m = (struct rc11 *)weak;

	news_before(m, t->common.cpu);
	perform_access(m, t);
	news_behind(m, t->common.cpu);
}

bool rc11_has_news(struct weak *weak, struct task *t)
{
	uint32_t me = 1u << t->common.cpu;
	bool news = weak->news & me;

	weak->news &= ~me;
	return news;
}
