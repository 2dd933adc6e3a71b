/* SPDX-License-Identifier: MIT */
/* Sites of ordered accesses: which a search has come to, and which have another order by plan. */
#include <errno.h>
#include <stdlib.h>

#include "memory.h"
#include "site.h"

#define SLOTS_FIRST 256

void sites_free(struct sites *sites)
{
	free(sites->row);
	free(sites->slot);
	*sites = (struct sites){0};
}

static uint32_t slot_of(const struct sites *sites, const struct site *site)
{
	uint32_t at = (uint32_t)(((uintptr_t)site >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 40);

	for (at &= sites->slots - 1; sites->slot[at]; at = (at + 1) & (sites->slots - 1))
		if (sites->row[sites->slot[at] - 1].site == site)
			break;
	return at;
}

static bool grow(struct sites *sites)
{
	uint32_t slots = sites->slots ? 2 * sites->slots : SLOTS_FIRST;
	struct site_row *row = realloc(sites->row, slots / 2 * sizeof(*row));
	uint32_t *slot = calloc(slots, sizeof(*slot));

	if (row)
		sites->row = row;
	if (!row || !slot) {
		free(slot);
		return false;
	}
	free(sites->slot);
	sites->slot = slot;
	sites->slots = slots;
	sites->capacity = slots / 2;
	for (uint32_t i = 0; i < sites->count; i++)
		slot[slot_of(sites, row[i].site)] = i + 1;
	return true;
}

/* What the plan says of a site that is met for the first time. */
static enum word_order order_of(const struct sites *sites, const struct site *site)
{
	uint32_t digest = sites->order_count ? site_digest(site->func, site->text) : 0;

	for (uint32_t i = 0; i < sites->order_count; i++)
		if (sites->orders[i].digest == digest)
			return sites->orders[i].order;
	return ORDER_NONE;
}

void memory_set_orders(struct memory *m, const struct digest_order *orders, uint32_t count)
{
	m->sites.orders = orders;
	m->sites.order_count = count;
}

uint16_t sites_number(struct sites *sites, const struct site *site)
{
	uint32_t at;

	if (unlikely(sites->count == sites->capacity && !grow(sites)))
		return UINT16_MAX;
	at = slot_of(sites, site);
	if (likely(sites->slot[at]))
		return (uint16_t)(sites->slot[at] - 1);
	if (sites->count == UINT16_MAX)
		return UINT16_MAX;
	sites->row[sites->count] = (struct site_row){.site = site, .order = order_of(sites, site)};
	sites->slot[at] = ++sites->count;
	return (uint16_t)(sites->count - 1);
}

int memory_report(const struct memory *m, struct explore_report *report)
{
	const struct sites *sites = &m->sites;
	uint32_t count = 0;

	report->sites = malloc((sites->count + 1) * sizeof(void *));
	if (!report->sites)
		return -ENOMEM;
	for (uint32_t i = 0; i < sites->count; i++)
		if (sites->row[i].has_order)
			report->sites[count++] = sites->row[i].site;
	report->site_count = count;
	return 0;
}
