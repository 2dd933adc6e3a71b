/* SPDX-License-Identifier: MIT */
#include "ticket.h"

#include <stdlib.h>
#include <string.h>

#include "arrays.h"
#include "engine.h"
#include "seal.h"

#define OP_BITS 8
#define MINOR_MASK 0xffffffu
/* A step and a CPU travel as one number; few programs in smaller ones, as they always did. */
#define CPUS_FEW 8
#define CPUS_OF_FEW 9
#define CPUS_OF_MANY 32
_Static_assert(PROGRAM_CPUS_MAX <= CPUS_OF_MANY, "a step and a CPU travel as one number");
#define ROWS_MAX 64 /* as many patches as a set holds */

/* A program word has its minor in the upper bits, most often all of them set: turn it round. */
static uint64_t fold_word(uint32_t word)
{
	return (uint64_t)(word & 0xff) | (uint64_t)(((word >> OP_BITS) + 1) & MINOR_MASK)
						 << OP_BITS;
}

static uint32_t unfold_word(uint32_t word)
{
	return (word & 0xff) | (((word >> OP_BITS) - 1) & MINOR_MASK) << OP_BITS;
}

/* By what a step is multiplied, before its CPU is added, in a ticket with these programs. */
static uint32_t cpus_of(const uint32_t *words, size_t count)
{
	uint32_t programs = 0;

	for (size_t at = 0; at < count; programs++)
		for (uint32_t ops = words[at++]; ops && at < count; ops--)
			at += words[at] & NAME_FOLLOWS ? 2 : 1;
	/* `before` and `after` are two of them. */
	return programs > CPUS_FEW + 2 ? CPUS_OF_MANY : CPUS_OF_FEW;
}

static uint32_t rows_from(uint64_t mask, uint32_t row, bool on)
{
	uint32_t count = 0;

	while (row + count < ROWS_MAX && (mask >> (row + count) & 1) == on)
		count++;
	return count;
}

static void put_rows(struct bytes *b, uint64_t mask)
{
	uint32_t ranges = (uint32_t)__builtin_popcountll(mask & ~(mask << 1)), row = 0;

	put_number(b, ranges);
	while (ranges--) {
		uint32_t off = rows_from(mask, row, false);
		uint32_t on = rows_from(mask, row + off, true);

		put_number(b, off);
		put_number(b, on);
		row += off + on;
	}
}

/* *@unknown: there are rows that no set holds. */
static uint64_t take_rows(struct bytes *b, bool *unknown)
{
	size_t ranges = take_count(b, 2);
	uint64_t row = 0;
	uint64_t mask = 0;

	for (size_t i = 0; i < ranges && !b->failed; i++) {
		uint32_t off = take_small(b), on = take_small(b);

		if (!on || (i && !off)) {
			b->failed = true;
			break;
		}
		row += off;
		if (row + on > ROWS_MAX)
			*unknown = true;
		else if (on)
			mask |= UINT64_MAX >> (ROWS_MAX - on) << row;
		row += on;
	}
	return mask;
}

/* Whether all that @ticket says can be said without a memory model. */
static bool is_plain(const struct ticket *ticket)
{
	if (ticket->memory)
		return false;
	for (size_t i = 0; ticket->options && i < ticket->deviation_count; i++)
		if (ticket->options[i])
			return false;
	return true;
}

char *ticket_encode(const struct ticket *ticket)
{
	bool plain = is_plain(ticket);
	struct bytes b = {0};

	put_number(&b, plain ? TICKET_VERSION : TICKET_VERSION_MEMORY);
	put_rows(&b, ticket->patches);
	put_number(&b, ticket->lock);
	put_number(&b, ticket->run_on);
	put_number(&b, ticket->fault == TICKET_NO_FAULT ? 0 : (uint64_t)ticket->fault + 1);
	put_number(&b, ticket->site);
	put_number(&b, ticket->word_count);
	for (size_t i = 0; i < ticket->word_count; i++)
		put_number(&b, fold_word(ticket->words[i]));
	if (!plain) {
		put_number(&b, ticket->memory);
		put_number(&b, ticket->c11_sequences);
		put_number(&b, 0);
	}
	put_deviations(&b, ticket->steps, ticket->cpus, ticket->deviation_count,
		       cpus_of(ticket->words, ticket->word_count));
	if (!plain && ticket->options)
		put_options(&b, ticket->options, ticket->deviation_count);
	else if (!plain)
		put_number(&b, 0);
	return seal(plain ? TICKET_PREFIX : TICKET_PREFIX_MEMORY, &b);
}

/* The memory model. *@unknown: there is what only a newer version knows. */
static void take_memory(struct bytes *b, struct ticket *ticket, bool *unknown)
{
	uint32_t c11;

	ticket->memory = take_small(b);
	c11 = take_small(b);
	ticket->c11_sequences = c11 != 0;
	/* Another version writes what is of no model. */
	if (c11 > 1 || !ticket->memory)
		b->failed = true;
	/* Orders of sites: none can be changed here. */
	if (take_small(b) || ticket->memory >= MODEL_COUNT)
		*unknown = true;
}

/* Returns false without memory. */
static bool take_lists(struct bytes *b, struct ticket *ticket, bool *unknown)
{
	ticket->word_count = take_count(b, 1);
	ticket->words = array_new(ticket->word_count, 1, sizeof(*ticket->words));
	for (size_t i = 0; ticket->words && i < ticket->word_count; i++)
		ticket->words[i] = unfold_word(take_small(b));
	if (!ticket->words)
		return false;
	if (ticket->version == TICKET_VERSION_MEMORY)
		take_memory(b, ticket, unknown);
	if (!take_deviations(b, &ticket->steps, &ticket->cpus, &ticket->deviation_count,
			     cpus_of(ticket->words, ticket->word_count)))
		return false;
	return ticket->version != TICKET_VERSION_MEMORY ||
	       take_options(b, &ticket->options, ticket->deviation_count);
}

static enum ticket_error take_all(struct bytes *b, uint32_t version, struct ticket *ticket)
{
	uint32_t fault, run_on;
	bool unknown = false;

	ticket->version = take_small(b);
	if (b->failed)
		return TICKET_MEANINGLESS;
	/* What stands before the text says the same. */
	if (ticket->version != version)
		return ticket->version < version ? TICKET_OLDER : TICKET_NEWER;
	ticket->patches = version == 1 ? take_small(b) : take_rows(b, &unknown);
	ticket->lock = take_small(b);
	run_on = take_small(b);
	ticket->run_on = run_on != 0;
	fault = take_small(b);
	ticket->fault = fault ? fault - 1 : TICKET_NO_FAULT;
	ticket->site = version == 1 ? 0 : take_small(b);
	if (!take_lists(b, ticket, &unknown))
		return TICKET_NO_MEMORY;
	if (b->failed || b->at != b->length || run_on > 1)
		return TICKET_MEANINGLESS;
	return unknown ? TICKET_NEWER : TICKET_FINE;
}

enum ticket_error ticket_decode(const char *text, struct ticket *ticket)
{
	enum ticket_error error;
	struct bytes b = {0};
	uint32_t version;
	size_t length;

	*ticket = (struct ticket){0};
	text = seal_trim(text, &length);
	if (!strncmp(text, MODEL_TICKET_PREFIX, strlen(MODEL_TICKET_PREFIX)))
		return TICKET_OF_MODEL;
	if (length < strlen(TICKET_PREFIX) || memcmp(text, "dmt", 3) || text[3] < '0' ||
	    text[3] > '9' || text[4] != '.')
		return TICKET_FOREIGN;
	version = (uint32_t)(text[3] - '0');
	if (version < TICKET_VERSION_OLDEST || version > TICKET_VERSION_MEMORY)
		return version < TICKET_VERSION_OLDEST ? TICKET_OLDER : TICKET_NEWER;
	switch (unseal(text + strlen(TICKET_PREFIX), length - strlen(TICKET_PREFIX), &b)) {
	case SEAL_WHOLE:
		error = take_all(&b, version, ticket);
		break;
	case SEAL_NO_MEMORY:
		error = TICKET_NO_MEMORY;
		break;
	default:
		error = TICKET_DAMAGED;
	}
	free(b.data);
	if (error != TICKET_FINE)
		ticket_free(ticket);
	return error;
}

void ticket_free(struct ticket *ticket)
{
	free(ticket->words);
	free(ticket->steps);
	free(ticket->cpus);
	free(ticket->options);
	*ticket = (struct ticket){0};
}

const char *ticket_error_text(enum ticket_error error)
{
	static const char *const text[] = {
		[TICKET_FINE] = "the ticket is fine",
		[TICKET_FOREIGN] =
			("this is not a ticket: a ticket begins with dmt1., " TICKET_PREFIX
			 " or " TICKET_PREFIX_MEMORY),
		[TICKET_OF_MODEL] = ("this ticket belongs to a model in C: replay it by "
				     "explore_model_replay() in the program that printed it"),
		[TICKET_DAMAGED] = "the ticket is damaged: a character is wrong or missing",
		[TICKET_OLDER] = "the ticket is of an older version, which is no longer read",
		[TICKET_NEWER] = ("the ticket is of a newer version of dmtorture, or names "
				  "a patch that this version does not know"),
		[TICKET_MEANINGLESS] = "the ticket is intact but says something impossible",
		[TICKET_NO_MEMORY] = "no memory to read the ticket",
	};

	return text[error];
}
