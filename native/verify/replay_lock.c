/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "lock_ticket.h"

static void take_overrides(const struct lock_ticket *ticket, struct verify_replayed *replayed)
{
	for (uint32_t i = 0; i < ticket->sites.count; i++)
		if (ticket->weaker[i] != ORDER_NONE)
			replayed->override[replayed->override_count++] = (struct verify_override){
				ticket->sites.site[i], i, ticket->weaker[i]};
}

_Static_assert(VERIFY_OVERRIDES_MAX >= LOCK_SITES_MAX, "every site may have another order");

int verify_replay(const char *text, struct verify_replayed *replayed,
		  enum verify_ticket_error *error)
{
	struct site_order orders[LOCK_SITES_MAX];
	struct explore_plan plan = {.orders = orders};
	struct lock_ticket ticket;
	struct court court;
	int r;

	*error = lock_ticket_read(text, &ticket);
	if (*error != VERIFY_TICKET_FINE)
		return *error == VERIFY_TICKET_NO_MEMORY ? -ENOMEM : -EBADMSG;
	*replayed = (struct verify_replayed){.kind = ticket.subject.kind,
					     .lock = ticket.lock,
					     .memory = ticket.memory,
					     .size = ticket.size,
					     .c11_sequences = ticket.c11_sequences,
					     .fault = ticket.fault.kind};
	take_overrides(&ticket, replayed);
	plan.memory = ticket.memory;
	plan.c11_sequences = ticket.c11_sequences;
	plan.order_count = trial_orders(&ticket.sites, ticket.weaker, orders);
	court_init(&court, &ticket.subject, ticket.size, ticket.way);
	r = court_tell(&court, &plan, &ticket.schedule, ticket.fault, &replayed->trace);
	schedule_free(&ticket.schedule);
	return r;
}

void verify_replayed_free(struct verify_replayed *replayed)
{
	trace_free(&replayed->trace);
}
