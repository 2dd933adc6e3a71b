/* SPDX-License-Identifier: MIT */
/* How values of the device mapper read in a trace. */
#include "dm_tell.h"

#include <stdio.h>
#include <string.h>

#include "dm_model.h"
#include "ledger.h"

/* What a pointer leads to, by what is said where it is read or written; the first match counts. */
static const struct {
	const char *says, *leads_to;
} pointers[] = {
	{"private_data", "md"}, {"queuedata", "md"},	  {"interface_ptr", "hash cell"},
	{"tio_pool", "pool"},	{"io_pool", "pool"},	  {"->disk", "disk"},
	{"->queue", "queue"},	{"region(disk)", "disk"}, {"get_gendisk", "disk"},
	{"_cell", "hash cell"}, {"list_", "hash cell"},	  {"remove_all", "hash cell"},
	{"_minor_idr", "md"},
};

static const char *what_it_leads_to(const char *text)
{
	for (size_t i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++)
		if (strstr(text, pointers[i].says))
			return pointers[i].leads_to;
	return NULL;
}

/* Objects are told apart by whose memory they are in; what was there before is just "the". */
static void name_object(const struct fibers *f, const char *what, const void *pointer, char *text)
{
	const struct world *w = (const struct world *)f->hot.memory;
	uint64_t offset = (uint64_t)((const char *)untagged(pointer) - w->slab.arena);
	uint64_t cpu = offset / w->slab.limits.chunk_bytes;

	if (cpu + 1 < f->cpus)
		snprintf(text, TRACE_VALUE_MAX, "cpu%u's %s", (unsigned int)cpu + 1, what);
	else
		snprintf(text, TRACE_VALUE_MAX, "the %s", what);
}

static bool dm_value(const struct fibers *f, const struct access *a, uint64_t value, char *text)
{
	const char *site = a->site->text, *what = what_it_leads_to(site);
	const void *pointer = (const void *)(uintptr_t)value;
	uint64_t offset = (uintptr_t)untagged(pointer) - (uintptr_t)f->hot.memory;

	if (strstr(site, "module")) {
		snprintf(text, TRACE_VALUE_MAX, "%u%s", (uint32_t)value,
			 value >> 32 ? ", going" : "");
		return true;
	}
	if (strstr(site, "KOBJ_ADD") || strstr(site, "adds")) {
		snprintf(text, TRACE_VALUE_MAX, "%llu sent", (unsigned long long)(value >> 32));
		return true;
	}
	if (!what)
		return false;
	/* Of the IDR's insides only what a lookup finds is of interest. */
	if (strstr(site, "_minor_idr") && !strstr(site, "idr_find"))
		text[0] = '\0';
	else if (pointer == MINOR_ALLOCED)
		snprintf(text, TRACE_VALUE_MAX, "MINOR_ALLOCED");
	else if (!value)
		snprintf(text, TRACE_VALUE_MAX, "NULL");
	else if (is_object(pointer) && offset < f->hot.memory_bytes)
		name_object(f, what, pointer, text);
	else
		return false;
	return true;
}

const struct teller dm_teller = {
	.doing = dm_model_doing,
	.value = dm_value,
};
