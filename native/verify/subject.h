/* SPDX-License-Identifier: MIT */
/* What is verified: a lock, a reader-writer lock, or a way to count references. */
#ifndef DMTORTURE_VERIFY_SUBJECT_H
#define DMTORTURE_VERIFY_SUBJECT_H

#include "lock.h"
#include "refs.h"
#include "verify.h"

struct subject {
	enum verify_kind kind;
	const struct lock_row *row;  /* of a lock, and of a reader-writer lock */
	const struct ref_row *count; /* of a reference count */
};

/* How a thread came to the references that it has of a count that finds no objects. */
enum ref_way {
	REFS_HANDED,  /* another thread counted its first */
	REFS_COUNTED, /* it counted its first itself */
	REFS_GIVEN,   /* as handed, and the last user leaves two to the thread that ends objects */
	REF_WAYS
};

/* Number @id of its kind. Returns false where there is none whose source is here. */
bool subject_of(enum verify_kind kind, uint32_t id, struct subject *subject);
/* The one of that name. Returns false where there is none. */
bool subject_find(enum verify_kind kind, const char *slug, uint32_t *id, struct subject *subject);
const char *subject_slug(const struct subject *subject);
/* Programs that a size of it is verified by, one after the other. */
uint32_t subject_ways(const struct subject *subject);
/* Whether @size is one that this kind can be verified at. */
bool subject_has_size(enum verify_kind kind, const struct verify_size *size);

#endif
