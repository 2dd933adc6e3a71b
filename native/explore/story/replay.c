/* SPDX-License-Identifier: MIT */
/* Tickets of models of other people, and what one replays as. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arrays.h"
#include "schedule.h"
#include "seal.h"
#include "site.h"
#include "story.h"

#define VERSION 2      /* of a weak memory model; those of others are of version 1 */
#define ORDERS_MAX 256 /* that a plan puts in the place of those of sites */
#define CPUS_MAX 32    /* a step and a thread travel as one number */
#define NAME_MAX_BYTES 200
#define WIDTH 44   /* of a column, where the caller does not say */
#define ALL_MAX 40 /* lines of a trace that is drawn whole in any case */
#define WIDTH_MIN 8
#define WIDTH_MAX 400

_Static_assert(EXPLORE_THREADS_MAX <= CPUS_MAX, "every thread has a number in a ticket");

struct model_ticket {
	char name[NAME_MAX_BYTES + 1];
	struct explore_plan plan; /* run_on, races, memory, c11_sequences */
	struct digest_order orders[ORDERS_MAX];
	uint32_t order_count;
	struct wanted_fault fault;
	struct schedule schedule;
};

static void put_memory(struct bytes *b, const struct explore_plan *plan)
{
	put_number(b, plan->memory);
	put_number(b, plan->c11_sequences);
	put_number(b, plan->order_count);
	for (uint32_t i = 0; i < plan->order_count; i++) {
		const struct site *site = plan->orders[i].site;

		put_number(b, site_digest(site->func, site->text));
		put_number(b, plan->orders[i].order);
	}
}

/* Returns whether it can be. */
static bool take_memory(struct bytes *b, struct model_ticket *ticket)
{
	uint32_t memory = take_small(b), c11 = take_small(b);

	ticket->plan.memory = (enum explore_memory)memory;
	ticket->plan.c11_sequences = c11;
	ticket->order_count = (uint32_t)take_count(b, 2);
	if (ticket->order_count > ORDERS_MAX)
		return false;
	for (uint32_t i = 0; i < ticket->order_count; i++) {
		struct digest_order *order = &ticket->orders[i];

		order->digest = take_small(b);
		order->order = (enum word_order)take_small(b);
		if (order->order > ORDER_SEQ_CST)
			return false;
	}
	return memory && memory < EXPLORE_MEMORIES && c11 <= 1;
}

char *explore_model_ticket(const char *name, const struct explore_plan *plan,
			   const struct explore_fault *fault)
{
	const struct schedule *schedule;
	struct bytes b = {0};
	uint32_t *steps, *cpus, *options;
	char *text = NULL;
	size_t length;

	if (!name || !plan || !fault || !fault->site || plan->order_count > ORDERS_MAX)
		return NULL;
	length = strlen(name);
	if (!length || length > NAME_MAX_BYTES)
		return NULL;
	schedule = &fault->schedule;
	steps = array_new(schedule->count, 1, sizeof(*steps));
	cpus = array_new(schedule->count, 1, sizeof(*cpus));
	options = array_new(schedule->count, 1, sizeof(*options));
	put_number(&b, plan->memory == EXPLORE_SC ? 1 : VERSION);
	put_number(&b, length);
	for (size_t i = 0; i < length; i++)
		put_byte(&b, (uint8_t)name[i]);
	put_number(&b, (uint64_t)plan->run_on | (uint64_t)plan->races << 1);
	if (plan->memory != EXPLORE_SC)
		put_memory(&b, plan);
	put_number(&b, fault->kind);
	put_number(&b, site_digest(fault->site->func, fault->site->text));
	for (uint32_t i = 0; steps && cpus && options && i < schedule->count; i++) {
		steps[i] = schedule->deviation[i].step;
		cpus[i] = schedule->deviation[i].cpu;
		options[i] = schedule->deviation[i].option;
	}
	if (steps && cpus && options) {
		put_deviations(&b, steps, cpus, schedule->count, CPUS_MAX);
		if (plan->memory != EXPLORE_SC)
			put_options(&b, options, schedule->count);
		text = seal(MODEL_TICKET_PREFIX, &b);
	}
	free(b.data);
	free(steps);
	free(cpus);
	free(options);
	return text;
}

/* Say why, and return -EBADMSG. */
__attribute__((format(printf, 2, 3))) static int refuse(struct explore_replayed *replayed,
							const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(replayed->refused, sizeof(replayed->refused), format, arguments);
	va_end(arguments);
	return -EBADMSG;
}

static int take_schedule(struct bytes *b, bool weak, struct schedule *schedule)
{
	uint32_t *steps, *cpus, *options = NULL;
	size_t count;
	int r = -ENOMEM;

	if (take_deviations(b, &steps, &cpus, &count, CPUS_MAX) &&
	    (!weak || take_options(b, &options, count))) {
		schedule->deviation = array_new(count, 1, sizeof(*schedule->deviation));
		for (size_t i = 0; schedule->deviation && i < count; i++)
			schedule->deviation[i] =
				(struct deviation){.step = steps[i],
						   .cpu = cpus[i],
						   .option = options ? options[i] : 0};
		schedule->count = (uint32_t)count;
		r = schedule->deviation ? 0 : -ENOMEM;
	}
	free(steps);
	free(cpus);
	free(options);
	return r;
}

static int take_all(struct bytes *b, struct model_ticket *ticket, struct explore_replayed *replayed)
{
	uint32_t flags, version = take_small(b);
	size_t length = take_count(b, 1);
	int r;

	if (version > VERSION && !b->failed)
		return refuse(replayed, "The ticket is of a newer version of dmtorture.");
	for (size_t i = 0; i < length && length <= NAME_MAX_BYTES; i++)
		ticket->name[i] = (char)b->data[b->at++];
	flags = take_small(b);
	ticket->plan.run_on = flags & 1;
	ticket->plan.races = flags & 2;
	if (version == VERSION && !take_memory(b, ticket))
		return refuse(replayed, "The ticket is intact but says something impossible.");
	ticket->fault.kind = take_small(b);
	ticket->fault.site = take_small(b);
	r = take_schedule(b, version == VERSION, &ticket->schedule);
	if (r)
		return r;
	if (b->failed || b->at != b->length || !version || !length || length > NAME_MAX_BYTES ||
	    flags > 3 || ticket->fault.kind >= FAULT_COUNT || !ticket->fault.site)
		return refuse(replayed, "The ticket is intact but says something impossible.");
	return 0;
}

static int read_ticket(const char *text, struct model_ticket *ticket,
		       struct explore_replayed *replayed)
{
	const size_t prefix = strlen(MODEL_TICKET_PREFIX);
	struct bytes b = {0};
	size_t length;
	int r;

	text = seal_trim(text, &length);
	if (length < prefix || memcmp(text, MODEL_TICKET_PREFIX, prefix))
		return refuse(replayed, "This is not a ticket of a model: one begins with %s",
			      MODEL_TICKET_PREFIX);
	switch (unseal(text + prefix, length - prefix, &b)) {
	case SEAL_WHOLE:
		r = take_all(&b, ticket, replayed);
		break;
	case SEAL_NO_MEMORY:
		r = -ENOMEM;
		break;
	default:
		r = refuse(replayed, "The ticket is damaged: a character is wrong or missing.");
	}
	free(b.data);
	return r;
}

/* Addresses differ from one process to the next; where they lead to does not. */
static bool name_value(const struct fibers *f, const struct access *a, uint64_t value, char *text)
{
	uint64_t address = value & ((UINT64_C(1) << 48) - 1);
	uint64_t offset = address - (uintptr_t)f->hot.memory;

	(void)a;
	if (offset >= f->hot.memory_bytes)
		return false;
	snprintf(text, TRACE_VALUE_MAX, "memory+%llu", (unsigned long long)offset);
	return true;
}

static char *title_of(const struct explore_model *model, uint32_t cpu)
{
	const char *title = model->title(model->context, cpu);

	return strdup(title ? title : "");
}

static int fill(const struct trace *trace, const struct explore_view *view,
		struct explore_replayed *replayed)
{
	uint32_t width = view && view->width ? view->width : WIDTH;

	replayed->reproduced = trace->reproduced;
	replayed->met = trace->met;
	replayed->faulted = trace->faulted;
	replayed->kind = trace->fault;
	replayed->cpu = trace->fault_cpu;
	replayed->steps = trace->steps;
	replayed->preemptions = trace->preemptions;
	if (trace->faulted) {
		snprintf(replayed->where, sizeof(replayed->where), "%s: %s",
			 trace->fault_site->func, trace->fault_site->text);
		snprintf(replayed->message, sizeof(replayed->message), "%s", trace->message);
	}
	replayed->diagram =
		trace_diagram(trace, width, (view && view->all) || trace->count <= ALL_MAX);
	return replayed->diagram ? 0 : -ENOMEM;
}

int explore_model_replay(const struct explore_model *model, const char *name, const char *ticket,
			 const struct explore_view *view, struct explore_replayed *replayed)
{
	struct teller teller = {.value = name_value};
	struct model_ticket read = {0};
	struct trace trace;
	int r;

	if (!replayed)
		return -EINVAL;
	*replayed = (struct explore_replayed){0};
	if (!model || !name || !ticket) {
		refuse(replayed, "Expected a model, its name and a ticket, got NULL");
		return -EINVAL;
	}
	if (view && view->width && (view->width < WIDTH_MIN || view->width > WIDTH_MAX)) {
		refuse(replayed, "Expected `width` to be %d..%d (characters), got `%u`", WIDTH_MIN,
		       WIDTH_MAX, view->width);
		return -EINVAL;
	}
	if (model->title)
		teller.title = title_of;
	r = read_ticket(ticket, &read, replayed);
	if (!r && strcmp(read.name, name))
		r = refuse(replayed, "The ticket is of the model `%s`, not of `%s`.", read.name,
			   name);
	if (!r) {
		teller.orders = read.orders;
		teller.order_count = read.order_count;
		r = explore_tell_as(model, &read.plan, &read.schedule, &teller, read.fault, &trace);
	}
	if (!r) {
		r = fill(&trace, view, replayed);
		trace_free(&trace);
	}
	schedule_free(&read.schedule);
	return r;
}

void explore_replayed_free(struct explore_replayed *replayed)
{
	free(replayed->diagram);
	replayed->diagram = NULL;
}
