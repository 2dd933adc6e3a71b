/* SPDX-License-Identifier: MIT */
/*
 * Tickets: one fault of one scenario as a line of text that replays it anywhere. "dmt2." and
 * base64url of: version, patches, lock, what runs on, the fault and its site, the programs, the
 * schedule as deviations, CRC-32. Numbers are LEB128; a ticket may have any length. Patches are
 * ranges of row numbers, from 1: how many ranges, and of each how many rows lie between the range
 * before and this one, and how many it has. So the number of rows has no limit here.
 *
 * "dmt3." is of a memory model that is not sequentially consistent. Behind the programs it has the
 * model, 1 for C11's release sequences, and how many sites have another order than they name,
 * which is 0; behind the schedule the options of its deviations. A ticket that needs none of that
 * is written as version 2.
 *
 * Tickets of version 1 ("dmt1.") are still read. They have a mask of patches, and no site.
 */
#ifndef DMTORTURE_TICKET_H
#define DMTORTURE_TICKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TICKET_PREFIX "dmt2."
#define TICKET_PREFIX_MEMORY "dmt3."
#define TICKET_VERSION 2
#define TICKET_VERSION_MEMORY 3
#define TICKET_VERSION_OLDEST 1
#define TICKET_NO_FAULT UINT32_MAX

struct ticket {
	uint32_t version; /* of one that was decoded; what is encoded has what it needs */
	uint64_t patches; /* bit n - 1 is row n */
	uint32_t lock;
	bool run_on;
	uint32_t fault;	 /* kind expected, or TICKET_NO_FAULT */
	uint32_t site;	 /* site_digest() of where it is expected; 0: anywhere */
	uint32_t *words; /* programs, as engine.h describes them */
	size_t word_count;
	uint32_t memory; /* enum explore_memory */
	bool c11_sequences;
	uint32_t *steps, *cpus; /* of the deviations, steps ascending */
	uint32_t *options;	/* of the deviations; NULL: each is 0 */
	size_t deviation_count;
};

enum ticket_error {
	TICKET_FINE,
	TICKET_FOREIGN,	    /* does not begin as a ticket does */
	TICKET_OF_MODEL,    /* begins as one of a model in C does */
	TICKET_DAMAGED,	    /* characters, length or checksum are wrong */
	TICKET_OLDER,	    /* of a version that is no longer read */
	TICKET_NEWER,	    /* of a version, or with a patch, that is not known yet */
	TICKET_MEANINGLESS, /* intact, and says something impossible: made by hand? */
	TICKET_NO_MEMORY
};

/* Returns the text, to be freed, or NULL without memory. */
char *ticket_encode(const struct ticket *ticket);
/* On TICKET_FINE free *@ticket with ticket_free(). White space around @text is let pass. */
enum ticket_error ticket_decode(const char *text, struct ticket *ticket);
void ticket_free(struct ticket *ticket);
/* Why a ticket is refused, as a sentence. Static. */
const char *ticket_error_text(enum ticket_error error);

#ifdef __cplusplus
}
#endif
#endif
