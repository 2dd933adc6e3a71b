/* SPDX-License-Identifier: MIT */
#include "sites.h"

#include <string.h>

#include "lock_sites.h"

static bool is_of(const struct site *site, const char *slug)
{
	const char *slash = strrchr(site->file, '/'), *name = slash ? slash + 1 : site->file;
	size_t length = strlen(slug);

	return !strncmp(name, slug, length) && name[length] == '.';
}

static bool comes_before(const struct site *a, const struct site *b)
{
	return a->line != b->line ? a->line < b->line : strcmp(a->text, b->text) < 0;
}

void lock_sites_of(const char *slug, struct lock_sites *sites)
{
	sites->count = 0;
	for (const struct site *const *at = lock_sites_begin; at < lock_sites_end; at++) {
		uint32_t place = sites->count;

		if (!is_of(*at, slug))
			continue;
		if (place == LOCK_SITES_MAX)
			machine_bug("`%s` has more than %d sites", slug, LOCK_SITES_MAX);
		for (; place && comes_before(*at, sites->site[place - 1]); place--)
			sites->site[place] = sites->site[place - 1];
		sites->site[place] = *at;
		sites->count++;
	}
}

uint32_t lock_sites_find(const struct lock_sites *sites, const struct site *site)
{
	for (uint32_t i = 0; i < sites->count; i++)
		if (sites->site[i] == site)
			return i;
	return LOCK_SITES_MAX;
}
