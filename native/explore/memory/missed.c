/* SPDX-License-Identifier: MIT */
/*
 * What a watched execution of RC11 shows of an access: the write that it read, the newest one that
 * it did not, the one that its own landed before; and which order would have forbidden that. Such a
 * write was known to the thread that made it. From there it could have become known along the
 * writes that threads have read since: the first link of such a chain that acquires nothing, or
 * whose write releases nothing, is where it was lost. Of several chains to the thread itself the
 * last counts: mostly it read there which word it was about to access.
 */
#include "rc11.h"

/* What a thread knows of a write. */
struct knowledge {
	enum { UNKNOWN, LOST, KNOWN } state;
	uint32_t step; /* since when */
	const struct site *site;
	const char *order;
};

static struct sighting *sighting_of(const struct rc11 *m)
{
	const struct fibers *f = m->memory.fibers;

	return f->hot.watching && f->length ? &f->sighting[f->length - 1] : NULL;
}

static struct sighted_write write_of(const struct rc11 *m, uint16_t message)
{
	const struct message *write = &m->message[message];

	if (write->cpu == NO_CPU)
		return (struct sighted_write){0};
	return (struct sighted_write){.step = write->step, .cpu = write->cpu};
}

/* What the reader of @read knows of @write then; it is asked of @cpu. */
static void pass_on(const struct rc11 *m, const struct log_entry *read, uint16_t write,
		    struct knowledge *known, uint32_t cpu)
{
	const struct message *from = &m->message[read->message];
	const struct knowledge *writer = &known[from->cpu];
	struct knowledge *reader = &known[read->cpu];
	uint16_t location = m->message[write].location;
	uint16_t at = at_of(m, view_of_message(m, read->message))[location];
	bool carries = m->link[at].rank >= m->link[write].rank;
	bool is_last = reader->state == LOST && read->cpu == cpu && from->cpu != cpu;

	if (from->cpu == NO_CPU || writer->state == UNKNOWN || from->step < writer->step)
		return;
	if (reader->state != UNKNOWN && !is_last)
		return;
	*reader = (struct knowledge){.state = LOST, .step = read->step};
	if (writer->state == LOST) {
		reader->site = writer->site;
		reader->order = writer->order;
	} else if (!carries) {
		reader->site = m->memory.sites.row[from->site].site;
		reader->order = "release";
	} else if (!order_acquires(read->order)) {
		reader->site = m->memory.sites.row[read->site].site;
		reader->order = "acquire";
	} else {
		reader->state = KNOWN;
	}
}

/* Find the order that would have had @cpu know @write. */
static void find_lack(const struct rc11 *m, uint32_t cpu, uint16_t write, struct sighting *seen)
{
	struct knowledge known[FIBERS_MAX] = {0};
	const struct message *missed = &m->message[write];

	if (missed->cpu == NO_CPU)
		return;
	known[missed->cpu] = (struct knowledge){.state = KNOWN, .step = missed->step};
	for (uint32_t i = 0; i < m->logged; i++)
		pass_on(m, &m->log[i], write, known, cpu);
	if (known[cpu].state != LOST)
		return;
	seen->lacks = known[cpu].site;
	seen->lacks_order = known[cpu].order;
}

void note_read(struct rc11 *m, uint32_t cpu, uint16_t message, const struct op *op)
{
	struct sighting *seen = sighting_of(m);
	uint16_t newest = newest_of(m, op->location);

	if (likely(!seen))
		return;
	seen->is_weak = seen->has_read = true;
	seen->read = m->message[message].value;
	seen->from = write_of(m, message);
	if (message != newest) {
		seen->missed = write_of(m, newest);
		find_lack(m, cpu, newest, seen);
	}
	if (m->logged < LOG_MAX)
		m->log[m->logged++] = (struct log_entry){
			.step = m->memory.fibers->steps,
			.message = message,
			.site = op->site,
			.cpu = (uint8_t)cpu,
			.order = op->partly ? ORDER_RELAXED : op->order,
		};
}

void note_landed(struct rc11 *m, uint32_t cpu, uint16_t message)
{
	struct sighting *seen = sighting_of(m);
	uint16_t next = m->link[message].after;

	if (likely(!seen))
		return;
	seen->is_weak = true;
	if (!next)
		return;
	seen->before = write_of(m, next);
	find_lack(m, cpu, next, seen);
}
