/* SPDX-License-Identifier: MIT */
#include "lock_ticket.h"

#include <stdlib.h>
#include <string.h>

#include "arrays.h"
#include "seal.h"
#include "site.h"

#define CPUS_MAX 32 /* a step and a thread travel as one number */
#define NAME_MAX_BYTES 64

static uint32_t digest_of(const struct site *site)
{
	return site_digest(site->func, site->text);
}

static void put_name(struct bytes *b, const char *name)
{
	size_t length = strlen(name);

	put_number(b, length);
	for (size_t i = 0; i < length; i++)
		put_byte(b, (uint8_t)name[i]);
}

static void put_orders(struct bytes *b, const struct trial *trial)
{
	struct site_order orders[LOCK_SITES_MAX];
	uint32_t count = trial_orders(trial->sites, trial->weaker, orders);

	put_number(b, count);
	for (uint32_t i = 0; i < count; i++) {
		put_number(b, lock_sites_find(trial->sites, orders[i].site));
		put_number(b, digest_of(orders[i].site));
		put_number(b, orders[i].order);
	}
}

static void put_schedule(struct bytes *b, const struct schedule *schedule)
{
	uint32_t *steps = array_new(schedule->count, 1, sizeof(*steps));
	uint32_t *cpus = array_new(schedule->count, 1, sizeof(*cpus));
	uint32_t *options = array_new(schedule->count, 1, sizeof(*options));

	if (!steps || !cpus || !options) {
		b->failed = true;
	} else {
		for (uint32_t i = 0; i < schedule->count; i++) {
			steps[i] = schedule->deviation[i].step;
			cpus[i] = schedule->deviation[i].cpu;
			options[i] = schedule->deviation[i].option;
		}
		put_deviations(b, steps, cpus, schedule->count, CPUS_MAX);
		put_options(b, options, schedule->count);
	}
	free(steps);
	free(cpus);
	free(options);
}

char *lock_ticket_write(const struct trial *trial, uint32_t way, const struct explore_fault *fault)
{
	bool is_lock = trial->subject.kind == VERIFY_LOCK;
	struct bytes b = {0};

	put_number(&b, is_lock ? VERIFY_TICKET_SUBJECT : VERIFY_TICKET_OTHER);
	put_name(&b, subject_slug(&trial->subject));
	put_number(&b, trial->size.threads);
	put_number(&b, trial->size.rounds);
	if (!is_lock) {
		put_number(&b, trial->subject.kind);
		put_number(&b, trial->size.writers);
		put_number(&b, trial->size.objects);
		put_number(&b, way);
	}
	put_number(&b, trial->memory);
	put_number(&b, trial->c11_sequences && trial->memory == EXPLORE_RC11);
	put_number(&b, fault->kind);
	put_number(&b, digest_of(fault->site));
	put_orders(&b, trial);
	put_schedule(&b, &fault->schedule);
	return seal(VERIFY_TICKET_PREFIX, &b);
}

/* A name, in @name of NAME_MAX_BYTES + 1. */
static void take_name(struct bytes *b, char *name)
{
	size_t length = take_count(b, 1);

	if (length > NAME_MAX_BYTES) {
		b->failed = true;
		length = 0;
	}
	for (size_t i = 0; i < length; i++)
		name[i] = (char)b->data[b->at++];
	name[length] = '\0';
}

/* Returns false where the lock has not all of these sites. */
static bool take_orders(struct bytes *b, struct lock_ticket *ticket)
{
	size_t count = take_count(b, 3);
	bool known = true;

	for (size_t i = 0; i < count && !b->failed; i++) {
		uint32_t number = take_small(b), digest = take_small(b), order = take_small(b);

		if (order <= ORDER_NONE || order > ORDER_SEQ_CST)
			b->failed = true;
		else if (number >= ticket->sites.count ||
			 digest_of(ticket->sites.site[number]) != digest)
			known = false;
		else
			ticket->weaker[number] = (uint8_t)order;
	}
	return known;
}

static bool take_schedule(struct bytes *b, struct schedule *schedule)
{
	uint32_t *steps = NULL, *cpus = NULL, *options = NULL;
	size_t count;
	bool fine = take_deviations(b, &steps, &cpus, &count, CPUS_MAX) &&
		    take_options(b, &options, count);

	schedule->deviation = fine ? array_new(count, 1, sizeof(*schedule->deviation)) : NULL;
	fine = schedule->deviation;
	schedule->count = fine ? (uint32_t)count : 0;
	for (size_t i = 0; fine && i < count; i++)
		schedule->deviation[i] = (struct deviation){steps[i], cpus[i], options[i]};
	free(steps);
	free(cpus);
	free(options);
	return fine;
}

static bool says_sense(const struct lock_ticket *ticket, enum verify_kind kind, uint32_t c11)
{
	return subject_has_size(kind, &ticket->size) && ticket->memory < EXPLORE_MEMORIES &&
	       c11 <= (ticket->memory == EXPLORE_RC11) && ticket->fault.kind < FAULT_COUNT &&
	       ticket->fault.site && ticket->way < REF_WAYS;
}

/* The size. Returns the kind; VERIFY_KINDS: it says none that there is. */
static enum verify_kind take_size(struct bytes *b, bool is_lock, struct lock_ticket *ticket)
{
	uint32_t kind = VERIFY_LOCK;

	ticket->size.threads = take_small(b);
	ticket->size.rounds = take_small(b);
	if (is_lock)
		return VERIFY_LOCK;
	kind = take_small(b);
	ticket->size.writers = take_small(b);
	ticket->size.objects = take_small(b);
	ticket->way = take_small(b);
	return kind != VERIFY_LOCK && kind < VERIFY_KINDS ? kind : VERIFY_KINDS;
}

static enum verify_ticket_error take_all(struct bytes *b, struct lock_ticket *ticket)
{
	char name[NAME_MAX_BYTES + 1];
	uint32_t subject = take_small(b), c11;
	enum verify_kind kind;
	bool known = false;

	if (subject != VERIFY_TICKET_SUBJECT && subject != VERIFY_TICKET_OTHER)
		return VERIFY_TICKET_FOREIGN;
	take_name(b, name);
	kind = take_size(b, subject == VERIFY_TICKET_SUBJECT, ticket);
	if (kind < VERIFY_KINDS)
		known = subject_find(kind, name, &ticket->lock, &ticket->subject);
	if (known)
		lock_sites_of(name, &ticket->sites);
	ticket->memory = take_small(b);
	c11 = take_small(b);
	ticket->c11_sequences = c11;
	ticket->fault.kind = take_small(b);
	ticket->fault.site = take_small(b);
	known = take_orders(b, ticket) && known;
	if (!b->failed && !take_schedule(b, &ticket->schedule))
		return VERIFY_TICKET_NO_MEMORY;
	if (b->failed || b->at != b->length || !says_sense(ticket, kind, c11))
		return VERIFY_TICKET_MEANINGLESS;
	if (known && ticket->way >= subject_ways(&ticket->subject))
		return VERIFY_TICKET_MEANINGLESS;
	return known ? VERIFY_TICKET_FINE : VERIFY_TICKET_CHANGED;
}

enum verify_ticket_error lock_ticket_read(const char *text, struct lock_ticket *ticket)
{
	const size_t prefix = strlen(VERIFY_TICKET_PREFIX);
	enum verify_ticket_error error;
	struct bytes b = {0};
	size_t length;

	*ticket = (struct lock_ticket){0};
	text = seal_trim(text, &length);
	if (length < prefix || memcmp(text, VERIFY_TICKET_PREFIX, prefix))
		return VERIFY_TICKET_FOREIGN;
	switch (unseal(text + prefix, length - prefix, &b)) {
	case SEAL_WHOLE:
		error = take_all(&b, ticket);
		break;
	case SEAL_NO_MEMORY:
		error = VERIFY_TICKET_NO_MEMORY;
		break;
	default:
		error = VERIFY_TICKET_DAMAGED;
	}
	free(b.data);
	if (error != VERIFY_TICKET_FINE)
		schedule_free(&ticket->schedule);
	return error;
}

bool verify_is_ticket(const char *text)
{
	const size_t prefix = strlen(VERIFY_TICKET_PREFIX);
	struct bytes b = {0};
	size_t length;
	bool is;

	text = seal_trim(text, &length);
	if (length < prefix || memcmp(text, VERIFY_TICKET_PREFIX, prefix))
		return false;
	/* The subject stands first; a damaged ticket may still say what it was. */
	is = unseal(text + prefix, length - prefix, &b) != SEAL_NO_MEMORY && b.length &&
	     (b.data[0] == VERIFY_TICKET_SUBJECT || b.data[0] == VERIFY_TICKET_OTHER);
	free(b.data);
	return is;
}

const char *verify_ticket_error_text(enum verify_ticket_error error)
{
	static const char *const text[] = {
		[VERIFY_TICKET_FINE] = "the ticket is fine",
		[VERIFY_TICKET_FOREIGN] = "this is not the ticket of a lock",
		[VERIFY_TICKET_DAMAGED] = "the ticket is damaged: a character is wrong or missing",
		[VERIFY_TICKET_CHANGED] = ("the ticket is of a lock that this version of dmtorture "
					   "does not have, or of a source that has changed since"),
		[VERIFY_TICKET_MEANINGLESS] = "the ticket is intact but says something impossible",
		[VERIFY_TICKET_NO_MEMORY] = "no memory to read the ticket",
	};

	return text[error];
}
