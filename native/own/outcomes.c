/* SPDX-License-Identifier: MIT */
/*
 * Outcomes: what a program records under names, as a set of each execution. They are counted, and
 * graded: whether an execution without a preemption has it, too. One that is forbidden is a fault
 * at the end of its execution.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

/* What the execution that goes on has recorded, by number of the name. */
static struct {
	uint32_t count;
	uint32_t name[HOST_RECORDS_MAX];
	int64_t value[HOST_RECORDS_MAX];
	uintptr_t pc[HOST_RECORDS_MAX]; /* where it was recorded last */
} records;

/* Outcomes that are faults. */
static struct forbidden {
	const char *text;
	uint32_t pairs;
	char name[HOST_RECORDS_MAX][HOST_NAME_MAX];
	int64_t value[HOST_RECORDS_MAX];
} forbidden[HOST_FORBIDDEN_MAX];
static uint32_t forbids;

void host_outcome_begin(void)
{
	records.count = 0;
}

/* The number of @name: the same for the same text, for as long as the process lives. */
static uint32_t name_of(const char *name)
{
	uint32_t number = 0;

	while (number < host->names && strncmp(host->name[number], name, HOST_NAME_MAX - 1))
		number++;
	if (number == HOST_NAMES_MAX)
		own_refuse((uintptr_t)__builtin_return_address(0),
			   "The program records more than %u names", HOST_NAMES_MAX);
	for (const char *at = name; *at; at++)
		if (*at <= ' ' || *at > '~' || *at == '=' || *at == '"' || *at == '\\')
			own_refuse((uintptr_t)__builtin_return_address(0),
				   "record() takes names of letters, digits and signs, without a "
				   "blank, = or a quotation mark");
	if (number == host->names) {
		strncpy(host->name[number], name, HOST_NAME_MAX - 1);
		host->names++;
	}
	return number;
}

/* Have room for another record, as number @at. */
static void make_room(uint32_t at, uintptr_t pc)
{
	uint32_t behind = records.count - at;

	if (records.count == HOST_RECORDS_MAX)
		own_refuse(pc, "One execution records more than %u values", HOST_RECORDS_MAX);
	memmove(&records.name[at + 1], &records.name[at], behind * sizeof(records.name[0]));
	memmove(&records.value[at + 1], &records.value[at], behind * sizeof(records.value[0]));
	memmove(&records.pc[at + 1], &records.pc[at], behind * sizeof(records.pc[0]));
	records.count++;
}

void own_record(const char *name, long long value, uintptr_t pc)
{
	uint32_t number, at = 0;

	if (!own.inside)
		return;
	number = name_of(name);
	while (at < records.count && records.name[at] < number)
		at++;
	if (at == records.count || records.name[at] != number)
		make_room(at, pc);
	records.name[at] = number;
	records.value[at] = value;
	records.pc[at] = pc;
}

void dmtorture_record(const char *name, long long value)
{
	own_record(name, value, OWN_PC());
}

/* --- forbidden outcomes --- */

/* Read `name=value` up to @end. Returns whether it is that. */
static bool read_pair(struct forbidden *to, const char *text, const char *end)
{
	const char *equals = memchr(text, '=', (size_t)(end - text));
	size_t length = equals ? (size_t)(equals - text) : 0;
	char *behind;

	if (!length || length >= HOST_NAME_MAX || to->pairs == HOST_RECORDS_MAX)
		return false;
	memcpy(to->name[to->pairs], text, length);
	errno = 0;
	to->value[to->pairs] = strtoll(equals + 1, &behind, 10);
	to->pairs++;
	return behind == end && end > equals + 1 && !errno;
}

bool host_forbid(const char *text)
{
	struct forbidden *to = &forbidden[forbids];

	if (forbids == HOST_FORBIDDEN_MAX)
		return false;
	to->text = text;
	while (*text) {
		const char *end = text + strcspn(text, " ");

		if (!read_pair(to, text, end))
			return false;
		text = end + strspn(end, " ");
	}
	forbids += to->pairs > 0;
	return to->pairs > 0;
}

/* Where the execution has recorded a pair of @f; NULL: it has not. */
static const uintptr_t *recorded(const struct forbidden *f, uint32_t pair)
{
	for (uint32_t i = 0; i < records.count; i++)
		if (records.value[i] == f->value[pair] &&
		    !strcmp(host->name[records.name[i]], f->name[pair]))
			return &records.pc[i];
	return NULL;
}

/* The place is that of the pair that is named last: the order of records is chance. */
void own_look_at_outcome(void)
{
	for (uint32_t i = 0; i < forbids; i++) {
		const struct forbidden *f = &forbidden[i];
		const uintptr_t *pc = NULL;

		for (uint32_t pair = 0; pair < f->pairs; pair++) {
			pc = recorded(f, pair);
			if (!pc)
				break;
		}
		if (!pc)
			continue;
		own.next_about = (struct own_about){.outcome = f->text};
		own_fault(FAULT_CHECK_FAILED, *pc, "the outcome %.200s is forbidden", f->text);
	}
}

/* --- counting --- */

static uint64_t hash_of_records(void)
{
	uint64_t hash = records.count;

	for (uint32_t i = 0; i < records.count; i++)
		hash = fibers_mix(fibers_mix(hash, records.name[i]), (uint64_t)records.value[i]);
	return hash | 1;
}

uint64_t host_outcome_state(void)
{
	return likely(!records.count) ? 0 : hash_of_records();
}

static bool same(const struct host_outcome *outcome, uint64_t hash)
{
	size_t count = records.count;

	return outcome->hash == hash && outcome->records == count &&
	       !memcmp(outcome->name, records.name, count * sizeof(records.name[0])) &&
	       !memcmp(outcome->value, records.value, count * sizeof(records.value[0]));
}

/* The row of what was recorded; NULL: there is no room for another. */
static struct host_outcome *find(void)
{
	uint64_t hash = hash_of_records();

	for (uint64_t probe = 0; probe < HOST_OUTCOMES_MAX; probe++) {
		struct host_outcome *outcome =
			&host->outcome[((hash >> 7) + probe) & (HOST_OUTCOMES_MAX - 1)];

		if (!outcome->hash) {
			outcome->hash = hash;
			outcome->records = records.count;
			memcpy(outcome->name, records.name, sizeof(records.name));
			memcpy(outcome->value, records.value, sizeof(records.value));
			host->outcomes++;
			return outcome;
		}
		if (same(outcome, hash))
			return outcome;
	}
	return NULL;
}

/* Whether no thread that could go on had to wait. */
static bool is_serial(const struct fibers *f)
{
	for (uint32_t step = 1; step < f->steps; step++) {
		uint32_t before = choice_chosen(f->schedule[step - 1]);

		if (choice_chosen(f->schedule[step]) != before &&
		    choice_could(f->schedule[step]) >> before & 1)
			return false;
	}
	return true;
}

void host_outcome_end(const struct fibers *f, bool faulted)
{
	struct host_outcome *outcome;

	/* The execution ended where it learned, or where it had too many steps. */
	if (!host->names || own_learned || f->stuck)
		return;
	outcome = find();
	if (!outcome) {
		host->outcomes_lost++;
		return;
	}
	outcome->count++;
	outcome->faulted |= faulted;
	if (!outcome->serial)
		outcome->serial = is_serial(f);
}
