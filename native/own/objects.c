/* SPDX-License-Identifier: MIT */
#include "objects.h"

#include <string.h>

#include "process.h"
#include "shadow.h"

static uint32_t tag_of(const void *object)
{
	uint32_t tag;

	memcpy(&tag, object, sizeof(tag));
	return tag;
}

/* An initialiser of zeroes is there: whatever was there before is gone. */
static void *fresh(void *object, const struct own_kind *kind)
{
	struct word *w = own_object((uintptr_t)object, kind->mirror);

	memcpy(object, &kind->tag, sizeof(kind->tag));
	for (uint32_t i = 0; own.inside && i < kind->words; i++)
		if (unlikely(word_peek(&w[i])))
			own_settle(&w[i], 0);
	return w;
}

static _Noreturn void misused(const struct own_kind *kind, uint32_t tag, uintptr_t pc)
{
	if (tag == OWN_TAG_GONE)
		own_fault(FAULT_LOCK_MISUSE, pc, "%s is used that was destroyed", kind->name);
	own_fault(FAULT_LOCK_MISUSE, pc,
		  "%s is used that its init function never made, or that was overwritten",
		  kind->name);
}

void *own_use(void *object, const struct own_kind *kind, uintptr_t pc)
{
	uint32_t tag;

	own.callbacks++;
	if (unlikely(is_heap((uintptr_t)object)))
		own_heap_check((uintptr_t)object, kind->size, pc, true);
	tag = tag_of(object);
	if (unlikely(tag != kind->tag)) {
		if (tag || !kind->zero_is_made)
			misused(kind, tag, pc);
		return fresh(object, kind);
	}
	return own_object((uintptr_t)object, kind->mirror);
}

void own_still_there(const void *object, const struct own_kind *kind, uintptr_t pc)
{
	if (unlikely(is_heap((uintptr_t)object)))
		own_heap_check((uintptr_t)object, kind->size, pc, true);
	if (unlikely(tag_of(object) != kind->tag))
		misused(kind, tag_of(object), pc);
	own_shadow_quickly((uintptr_t)object, sizeof(uint32_t), OWN_IS_ATOMIC | OWN_WRITE, pc);
}

void *own_make(void *object, const struct own_kind *kind, uintptr_t pc)
{
	if (likely(own.inside)) {
		own_plain((uintptr_t)object, kind->size, OWN_WRITE, pc);
		own_wrote(0, 0);
	}
	memset(object, 0, kind->size);
	return fresh(object, kind);
}

void own_unmake(void *object)
{
	const uint32_t gone = OWN_TAG_GONE;

	memcpy(object, &gone, sizeof(gone));
	own_wrote(0, 0);
}

int own_waiter_at(const void *object)
{
	for (uint32_t i = 0; i < OWN_THREADS; i++)
		if (i != own.current && own_has_begun(i) && own.thread[i].lives &&
		    own.thread[i].wait.what && own.thread[i].wait.on == (uintptr_t)object)
			return (int)i;
	return -1;
}
