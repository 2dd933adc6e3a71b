/* SPDX-License-Identifier: MIT */
#include "subject.h"

#include <string.h>

#include "rwlock.h"

bool subject_of(enum verify_kind kind, uint32_t id, struct subject *subject)
{
	*subject = (struct subject){.kind = kind};
	switch (kind) {
	case VERIFY_LOCK:
		subject->row = id < LOCK_COUNT ? &lock_table[id] : NULL;
		break;
	case VERIFY_RWLOCK:
		subject->row = id < RWLOCK_COUNT ? &rwlock_table[id] : NULL;
		break;
	case VERIFY_REFCOUNT:
		subject->count = id < REFCOUNT_COUNT ? &ref_table[id] : NULL;
		break;
	default:
		break;
	}
	/* The model does not have the system's. */
	return subject->count || (subject->row && subject->row->ops);
}

static uint32_t rows_of(enum verify_kind kind)
{
	static const uint32_t rows[VERIFY_KINDS] = {
		[VERIFY_LOCK] = LOCK_COUNT,
		[VERIFY_RWLOCK] = RWLOCK_COUNT,
		[VERIFY_REFCOUNT] = REFCOUNT_COUNT,
	};

	return rows[kind];
}

bool subject_find(enum verify_kind kind, const char *slug, uint32_t *id, struct subject *subject)
{
	for (*id = 0; *id < rows_of(kind); ++*id)
		if (subject_of(kind, *id, subject) && !strcmp(subject_slug(subject), slug))
			return true;
	return false;
}

const char *subject_slug(const struct subject *subject)
{
	return subject->count ? subject->count->slug : subject->row->slug;
}

uint32_t subject_ways(const struct subject *subject)
{
	return subject->count && !subject->count->finds ? REF_WAYS : 1;
}

bool subject_has_size(enum verify_kind kind, const struct verify_size *size)
{
	if (size->threads < VERIFY_THREADS_MIN || size->threads > VERIFY_THREADS_MAX ||
	    size->rounds < 1 || size->rounds > VERIFY_ROUNDS_MAX)
		return false;
	switch (kind) {
	case VERIFY_LOCK:
		return !size->writers && !size->objects;
	case VERIFY_RWLOCK:
		return size->writers >= 1 && size->writers <= size->threads && !size->objects;
	case VERIFY_REFCOUNT:
		return !size->writers && size->objects >= 1 && size->objects <= VERIFY_OBJECTS_MAX;
	default:
		return false;
	}
}
