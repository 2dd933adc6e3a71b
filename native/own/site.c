/* SPDX-License-Identifier: MIT */
/* Sites: code addresses of the program, as what a fault or a line of a story names. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "json.h"
#include "own.h"

struct known {
	struct site site;
	char text[48]; /* OWN_PLACE around "1234" */
	uint64_t offset, other;
	struct known *next; /* pairs in one slot */
};

#define PAIR_SLOTS 1024
static struct known *pairs[PAIR_SLOTS];

static const char program[] = "program";

/* What is never touched costs nothing. */
const struct site **own_sites;

static struct known elsewhere = {.site = {.func = program, .text = OWN_PLACE "0" OWN_PLACE}};

bool own_sites_begin(void)
{
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): pointers are what it has */
	size_t bytes = (own.text_end - own.text_low) * sizeof(*own_sites);

	own_sites = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return own_sites != MAP_FAILED;
}

static struct known *make(uint64_t offset)
{
	/* The program's heap is not ours to take from, and these live as long as the process. */
	static struct known *room;
	static uint32_t left;
	struct known *k;

	if (!left) {
		left = 1024;
		room = mmap(NULL, left * sizeof(*room), PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (room == MAP_FAILED)
			machine_bug("no memory for sites");
	}
	k = &room[--left];
	snprintf(k->text, sizeof(k->text), OWN_PLACE "%llx" OWN_PLACE, (unsigned long long)offset);
	k->site = (struct site){.func = program, .text = k->text};
	k->offset = offset;
	return k;
}

const struct site *own_new_site(uintptr_t pc)
{
	const struct site **at;

	if (unlikely(!own_is_code(pc))) {
		pc = own_caller(pc);
		if (!own_is_code(pc))
			return &elsewhere.site;
	}
	at = &own_sites[pc - own.text_low];
	/* A return address: the call is what stands before it. */
	if (unlikely(!*at))
		*at = &make(pc - 1 - own.text_low)->site;
	return *at;
}

const struct site *own_site_of_pair(uintptr_t pc, uintptr_t other)
{
	const struct known *one = (const struct known *)own_site(pc),
			   *two = (const struct known *)own_site(other);
	struct known **first = &pairs[fibers_mix(0, one->offset ^ two->offset) % PAIR_SLOTS];
	struct known *k;

	for (k = *first; k; k = k->next)
		if ((k->offset == one->offset && k->other == two->offset) ||
		    (k->offset == two->offset && k->other == one->offset))
			return &k->site;
	k = make(one->offset);
	k->other = two->offset;
	k->next = *first;
	*first = k;
	snprintf(k->text, sizeof(k->text),
		 OWN_PLACE "%llx" OWN_PLACE ", " OWN_PLACE "%llx" OWN_PLACE,
		 (unsigned long long)k->offset, (unsigned long long)k->other);
	return &k->site;
}

void own_site_has_order(const struct site *site, enum word_order order)
{
	if (site != &elsewhere.site)
		((struct known *)(uintptr_t)site)->site.order = (uint16_t)order;
}

uint64_t own_site_other(const struct site *site)
{
	return site && site->func == program ? ((const struct known *)site)->other : 0;
}

uint64_t own_site_offset(const struct site *site)
{
	return site && site->func == program ? ((const struct known *)site)->offset : 0;
}
