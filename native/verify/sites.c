/* SPDX-License-Identifier: MIT */
#include "sites.h"

#include <string.h>

#include "lock_sites.h"

/* Whether @file is called @slug, with any ending. */
static bool is_called(const char *file, const char *slug)
{
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
	size_t length = strlen(slug);

	return !strncmp(name, slug, length) && name[length] == '.';
}

static bool comes_before(const struct site *a, const struct site *b, const char *slug)
{
	bool own = is_called(a->file, slug);
	int files = strcmp(a->file, b->file);

	if (own != is_called(b->file, slug))
		return own;
	if (files)
		return files < 0;
	return a->line != b->line ? a->line < b->line : strcmp(a->text, b->text) < 0;
}

void lock_sites_of(const char *slug, struct lock_sites *sites)
{
	sites->count = 0;
	for (const struct listed_site *at = lock_sites_begin; at < lock_sites_end; at++) {
		uint32_t place = sites->count;

		if (!is_called(at->unit, slug))
			continue;
		if (place == LOCK_SITES_MAX)
			machine_bug("`%s` has more than %d sites", slug, LOCK_SITES_MAX);
		for (; place && comes_before(at->site, sites->site[place - 1], slug); place--)
			sites->site[place] = sites->site[place - 1];
		sites->site[place] = at->site;
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
