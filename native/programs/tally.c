/* SPDX-License-Identifier: MIT */
#include "tally.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arrays.h"

#define CAPACITY_FIRST 64 /* a power of two */
#define EMPTY UINT64_C(0)

int tally_init(struct tally *tally, uint32_t width)
{
	*tally = (struct tally){.width = width, .capacity = CAPACITY_FIRST};
	tally->entries = array_new(CAPACITY_FIRST, 1, sizeof(*tally->entries));
	tally->results = array_new(CAPACITY_FIRST, width, sizeof(*tally->results));
	if (tally->entries && tally->results)
		return 0;
	tally_free(tally);
	return -ENOMEM;
}

void tally_free(struct tally *tally)
{
	free(tally->entries);
	free(tally->results);
	*tally = (struct tally){0};
}

static uint64_t hash_of(const int32_t *results, uint32_t width, bool faulted)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325) + faulted;

	for (uint32_t i = 0; i < width; i++) {
		hash ^= (uint32_t)results[i];
		hash *= UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 29;
	}
	return hash == EMPTY ? 1 : hash;
}

/* The entry of @results, with a fault or without; empty if it is new. */
static uint32_t slot_of(const struct tally *tally, const int32_t *results, bool faulted,
			uint64_t hash)
{
	uint32_t slot = (uint32_t)hash & (tally->capacity - 1);

	while (tally->entries[slot].hash != EMPTY &&
	       (tally->entries[slot].hash != hash || tally->entries[slot].faulted != faulted ||
		memcmp(tally->results + (size_t)slot * tally->width, results,
		       tally->width * sizeof(*results)) != 0))
		slot = (slot + 1) & (tally->capacity - 1);
	return slot;
}

static int grow(struct tally *tally)
{
	struct tally bigger = {.width = tally->width, .capacity = tally->capacity * 2};

	bigger.entries = array_new(bigger.capacity, 1, sizeof(*bigger.entries));
	bigger.results = array_new(bigger.capacity, bigger.width, sizeof(*bigger.results));
	if (!bigger.capacity || !bigger.entries || !bigger.results) {
		tally_free(&bigger);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < tally->capacity; i++) {
		const int32_t *results = tally->results + (size_t)i * tally->width;
		uint32_t slot;

		if (tally->entries[i].hash == EMPTY)
			continue;
		slot = slot_of(&bigger, results, tally->entries[i].faulted, tally->entries[i].hash);
		bigger.entries[slot] = tally->entries[i];
		memcpy(bigger.results + (size_t)slot * bigger.width, results,
		       bigger.width * sizeof(*results));
	}
	free(tally->entries);
	free(tally->results);
	tally->entries = bigger.entries;
	tally->results = bigger.results;
	tally->capacity = bigger.capacity;
	return 0;
}

int tally_add(struct tally *tally, const int32_t *results, bool faulted, bool serial,
	      uint64_t times)
{
	uint64_t hash = hash_of(results, tally->width, faulted);
	struct tally_entry *entry;
	uint32_t slot;

	if (tally->used * 2 >= tally->capacity && grow(tally))
		return -ENOMEM;
	slot = slot_of(tally, results, faulted, hash);
	entry = &tally->entries[slot];
	if (entry->hash == EMPTY) {
		entry->hash = hash;
		entry->faulted = faulted;
		memcpy(tally->results + (size_t)slot * tally->width, results,
		       tally->width * sizeof(*results));
		tally->used++;
	}
	entry->count += times;
	entry->serial |= serial;
	return 0;
}

int tally_merge(struct tally *into, const struct tally *from)
{
	for (uint32_t i = 0; i < from->capacity; i++) {
		const struct tally_entry *entry = &from->entries[i];

		if (entry->hash != EMPTY && tally_add(into, from->results + (size_t)i * from->width,
						      entry->faulted, entry->serial, entry->count))
			return -ENOMEM;
	}
	return 0;
}

static int by_count(const void *a, const void *b)
{
	uint64_t left = ((const struct outcome *)a)->count;
	uint64_t right = ((const struct outcome *)b)->count;

	return (left < right) - (left > right);
}

static enum grade grade_of(const struct tally_entry *entry)
{
	if (entry->faulted)
		return GRADE_FORBIDDEN;
	return entry->serial ? GRADE_ACCEPTABLE : GRADE_INTERESTING;
}

int tally_report(const struct tally *tally, struct report *report)
{
	report->results_per_outcome = tally->width;
	report->outcomes = array_new(tally->used, 1, sizeof(*report->outcomes));
	if (!report->outcomes)
		return -ENOMEM;
	for (uint32_t i = 0; i < tally->capacity; i++) {
		const struct tally_entry *entry = &tally->entries[i];
		struct outcome *outcome = &report->outcomes[report->outcome_count];

		if (entry->hash == EMPTY || !entry->count)
			continue;
		outcome->results = array_copy(tally->results + (size_t)i * tally->width,
					      tally->width, sizeof(*outcome->results));
		if (!outcome->results)
			return -ENOMEM;
		outcome->count = entry->count;
		outcome->grade = grade_of(entry);
		report->outcome_count++;
	}
	qsort(report->outcomes, report->outcome_count, sizeof(*report->outcomes), by_count);
	return 0;
}

void report_free(struct report *report)
{
	for (size_t i = 0; i < report->outcome_count; i++)
		free(report->outcomes[i].results);
	free(report->outcomes);
	free(report->latency);
	report->outcomes = NULL;
	report->latency = NULL;
	report->outcome_count = report->latency_count = 0;
}
