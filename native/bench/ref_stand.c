/* SPDX-License-Identifier: MIT */
#include "ref_stand.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arrays.h"
#include "machine.h"

void ref_is_gone(const struct ref_row *row)
{
	machine_bug("refcount: %s finds nothing", row->slug);
}

/* Thread 0's object; the others have a reference that is never dropped. */
static void count_freed(struct refs *refs, struct counted *object, struct locker *me)
{
	struct ref_stand *stand = refs->context;

	(void)me;
	if (object != &stand->objects[stand->count])
		machine_bug("refcount: the last reference of %s", stand->row->slug);
	stand->freed++;
}

int ref_stand_open(struct ref_stand *stand, const struct ref_row *row, uint32_t threads,
		   uint32_t count, bool shared)
{
	uint32_t objects = count + 1;

	*stand = (struct ref_stand){.row = row, .count = count, .shared = shared};
	stand->refs = array_aligned(LINE_BYTES, 1, sizeof(*stand->refs));
	stand->users = array_aligned(LINE_BYTES, threads, user_bytes(objects));
	stand->objects = array_aligned(LINE_BYTES, objects, sizeof(*stand->objects));
	stand->places = array_new(objects, 1, sizeof(*stand->places));
	stand->lockers = array_aligned(LINE_BYTES, threads, sizeof(*stand->lockers));
	if (!stand->refs || !stand->users || !stand->objects || !stand->places || !stand->lockers)
		return -ENOMEM;
	refs_init(stand->refs, stand->users, threads, objects);
	stand->refs->free = count_freed;
	stand->refs->context = stand;
	for (uint32_t i = 0; i < objects; i++) {
		stand->objects[i].index = i;
		row->ops->bear(stand->refs, &stand->objects[i], 1, 0, shared ? 0 : i % threads);
		link_init(&stand->places[i], &stand->objects[i]);
	}
	for (uint32_t i = 0; i < threads; i++)
		stand->lockers[i] = (struct locker){.index = i};
	return 0;
}

void ref_stand_close(struct ref_stand *stand)
{
	free(stand->refs);
	free(stand->users);
	free(stand->objects);
	free(stand->places);
	free(stand->lockers);
}
