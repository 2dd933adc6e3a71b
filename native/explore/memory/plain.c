/* SPDX-License-Identifier: MIT */
/*
 * Plain data under RC11: a word has one value, and times of its last accesses. A view knows an
 * access when its clock of that thread has come as far; what it does not know is a race.
 */
#include "rc11.h"

static struct plain *plain_of(struct rc11 *m, struct task *t, uint32_t place)
{
	if (unlikely(!m->plain_at[place])) {
		if (m->plains == PLAINS_MAX)
			fibers_refuse(t, "There are more than %u words of plain data", PLAINS_MAX);
		m->plain[m->plains] = (struct plain){.place = place};
		m->plain_at[place] = (uint16_t)++m->plains;
	}
	return &m->plain[m->plain_at[place] - 1];
}

/* The access that runs, and what it has to come after. */
struct looking {
	struct rc11 *m;
	struct task *t;
	const uint16_t *now;
	const struct site *site;
};

static void comes_after(const struct looking *look, uint32_t cpu, uint16_t time, uint16_t site)
{
	const struct site *other;

	if (likely(look->now[cpu] >= time))
		return;
	other = look->m->memory.sites.row[site].site;
	oops(look->t, DATA_RACE, look->site, "nothing orders it after %s: %s of cpu%u", other->func,
	     other->text, cpu + 1);
}

static void after_all(const struct looking *look, const uint16_t *time, const uint16_t *site)
{
	for (uint32_t cpu = 0; cpu < look->m->memory.threads; cpu++)
		comes_after(look, cpu, time[cpu], site[cpu]);
}

static uint16_t tick(struct rc11 *m, uint32_t cpu)
{
	return view_of(m, cpu, VIEW_NOW)[cpu] = ++m->own[cpu].clock;
}

/*
 * Two accesses that may race commute as long as nothing is wrong: in either order the second meets
 * the race. But where the first ends the execution by another fault, nobody comes second.
 */
static void wake_racers(struct memory *m, uint32_t cpu, const struct op *op)
{
	for (uint32_t u = 0; u < m->threads; u++) {
		const struct op *other = &m->op[u];
		bool reads = op->kind == OP_PLAIN_READ && other->kind == OP_LOAD;

		if (u != cpu && !reads && other->place < op->place + op->words &&
		    op->place < other->place + other->words)
			m->woken |= 1u << u;
	}
}

void plain_access(struct rc11 *m, struct task *t, const struct op *op)
{
	uint32_t cpu = t->common.cpu;
	bool writes = op->kind == OP_PLAIN_WRITE;
	struct looking look = {m, t, view_of(m, cpu, VIEW_NOW), m->memory.sites.row[op->site].site};
	uint16_t time;

	wake_racers(&m->memory, cpu, op);
	for (uint32_t i = 0; i < op->words; i++) {
		struct plain *p = plain_of(m, t, op->place + i);

		p->plainly = true;
		m->memory.met.tracks |= m->location_at[op->place + i] != 0;
		comes_after(&look, p->writer, p->write, p->write_site);
		if (writes)
			after_all(&look, p->read, p->read_site);
		if (m->memory.uses.tracks) {
			after_all(&look, p->stored, p->read_site);
			if (writes)
				after_all(&look, p->loaded, p->read_site);
		}
	}
	time = tick(m, cpu);
	for (uint32_t i = 0; i < op->words; i++) {
		struct plain *p = plain_of(m, t, op->place + i);

		if (writes) {
			p->write = time;
			p->write_site = op->site;
			p->writer = (uint8_t)cpu;
			for (uint32_t u = 0; u < m->memory.threads; u++)
				p->read[u] = p->loaded[u] = p->stored[u] = 0;
		} else {
			p->read[cpu] = time;
			p->read_site[cpu] = op->site;
		}
	}
}

void plain_track(struct rc11 *m, struct task *t, const struct op *op, bool writes)
{
	uint32_t cpu = t->common.cpu;
	struct looking look = {m, t, view_of(m, cpu, VIEW_NOW), m->memory.sites.row[op->site].site};
	uint16_t known = m->plain_at[op->place];
	struct plain *p;

	/* What has clocks of its own looks for races by them. */
	if (m->memory.fibers->carrier)
		return;
	m->memory.met.tracks |= known && m->plain[known - 1].plainly;
	if (!m->memory.uses.tracks)
		return;
	p = plain_of(m, t, op->place);
	comes_after(&look, p->writer, p->write, p->write_site);
	if (writes)
		after_all(&look, p->read, p->read_site);
	*(writes ? &p->stored[cpu] : &p->loaded[cpu]) = tick(m, cpu);
	p->read_site[cpu] = op->site;
}
