/* SPDX-License-Identifier: MIT */
/* Tickets of locks; verify.h has what they hold. */
#ifndef DMTORTURE_LOCK_TICKET_H
#define DMTORTURE_LOCK_TICKET_H

#include "trial.h"

/*
 * A ticket of @fault, which @trial found in its program @way. Returns the text, to be freed; NULL
 * without memory.
 */
char *lock_ticket_write(const struct trial *trial, uint32_t way, const struct explore_fault *fault);

/* What a ticket says; free the schedule. */
struct lock_ticket {
	struct subject subject;
	uint32_t lock; /* its number in the table of its kind */
	uint32_t way;
	struct lock_sites sites;
	uint8_t weaker[LOCK_SITES_MAX]; /* as struct trial has it */
	struct verify_size size;
	enum explore_memory memory;
	bool c11_sequences;
	struct wanted_fault fault;
	struct schedule schedule;
};

/* On VERIFY_TICKET_FINE free ticket->schedule. White space around @text is let pass. */
enum verify_ticket_error lock_ticket_read(const char *text, struct lock_ticket *ticket);

#endif
