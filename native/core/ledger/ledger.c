/* SPDX-License-Identifier: MIT */
#include "ledger.h"

#include <string.h>

#define LIFE_STATE_MASK (UINT64_C(0xff) << LIFE_STATE_SHIFT)
#define LIFE_BUILDER_MASK (UINT64_C(0xff) << LIFE_BUILDER_SHIFT)
#define TAG_LAST UINT64_C(0xfffe)
#define ALL_BUILT UINT64_MAX

/* The tag after @tag; 0 and 0xffff never occur, they would look like NULL and -1. */
static uint64_t next_tag(uint64_t tag)
{
	return (tag & LIFE_TAG) >= TAG_LAST ? 1 : (tag & LIFE_TAG) + 1;
}

static uint64_t life_word(uint64_t tag, enum life_state state, unsigned int builder)
{
	return tag | (uint64_t)state << LIFE_STATE_SHIFT | (uint64_t)builder << LIFE_BUILDER_SHIFT;
}

void *ledger_alloc(struct task *t, struct slab *s, enum object_class class, bool zeroed)
{
	struct life *life = slab_alloc(t, s, class);
	uint64_t tag;

	if (!life)
		return NULL;
	/* New memory is nobody else's business, except where a stale pointer is read on. */
	if (unlikely(machine_runs_on(t)))
		point_range(t, POINT_FREE, (struct word *)(life + 1), slab_object_words(s, class),
			    SITE("kmem_cache_alloc()"));
	tag = word_peek(&life->tag) & LIFE_TAG;
	if (tag == 0 || tag > TAG_LAST)
		tag = 1;
	if (zeroed)
		words_clear(t, (struct word *)(life + 1), slab_object_words(s, class));
	word_store(t, &life->built, zeroed ? ALL_BUILT : 0);
	word_store(t, &life->dirty, 0);
	word_store(t, &life->tag, life_word(tag, LIFE_LIVE, t->common.cpu + 1));
	return (void *)((uintptr_t)(life + 1) | tag << TAG_SHIFT);
}

void ledger_free(struct task *t, struct slab *s, enum object_class class, void *object,
		 const struct site *site)
{
	struct life *life;
	uint64_t now;

	if (unlikely(!is_object(object)))
		ledger_bad_pointer(t, object, site);
	life = life_of(object);
	point_range(t, POINT_FREE, field_word(object, 0), slab_object_words(s, class), site);
	now = word_peek(&life->tag);
	if (unlikely((now & LIFE_TAG) != tag_of(object) ||
		     word_replace(t, &life->tag, now, life_word(next_tag(now), LIFE_FREE, 0)) !=
			     now))
		oops(t, DOUBLE_FREE, site, "cpu%u frees what is free already", t->common.cpu + 1);
	slab_free(t, s, class, life);
}

void ledger_teardown(struct task *t, void *object, const struct site *site)
{
	struct life *life;
	uint64_t now, teardown = (uint64_t)LIFE_TEARDOWN << LIFE_STATE_SHIFT;

	if (unlikely(!is_object(object)))
		ledger_bad_pointer(t, object, site);
	life = life_of(object);
	point(t, POINT_WRITE, field_word(object, 0), site);
	now = word_peek(&life->tag);
	if (unlikely((now & LIFE_TAG) != tag_of(object) || (now & LIFE_STATE_MASK) == teardown ||
		     word_replace(t, &life->tag, now, (now & ~LIFE_STATE_MASK) | teardown) != now))
		oops(t, DOUBLE_FREE, site, "cpu%u begins a second teardown", t->common.cpu + 1);
}

void ledger_zero(struct task *t, void *object, size_t bytes, const struct site *site)
{
	struct life *life;

	if (unlikely(!is_object(object)))
		ledger_bad_pointer(t, object, site);
	life = life_of(object);
	point_range(t, POINT_FREE, field_word(object, 0), bytes / sizeof(struct word), site);
	ledger_check_alive(t, object, site);
	if (unlikely(word_peek(&life->dirty))) {
		slip(t, INIT_OVERWRITE, site, "zeroes what another CPU has changed already");
		word_store(t, &life->dirty, 0);
	}
	words_clear(t, field_word(object, 0), bytes / sizeof(struct word));
	word_store(t, &life->built, 0);
}

void ledger_bad_pointer(struct task *t, const void *p, const struct site *site)
{
	if (p == MINOR_ALLOCED)
		oops(t, PLACEHOLDER_DEREF, site, "MINOR_ALLOCED used as a device");
	if (!p)
		oops(t, USE_AFTER_FREE, site, "NULL where teardown took the object away");
	machine_bug("%s: %s: %p is not an object", site->func, site->text, p);
}

/* What became of the memory of a stale pointer. */
static const char *whose_now(const void *p)
{
	uint64_t now = word_peek(&life_of(p)->tag);

	return (now & LIFE_STATE_MASK) >> LIFE_STATE_SHIFT == LIFE_FREE
		       ? ""
		       : ", and its memory is another object by now";
}

void ledger_stale(struct task *t, const void *p, const struct site *site)
{
	oops(t, USE_AFTER_FREE, site, "the object is freed%s", whose_now(p));
}

void ledger_stale_read(struct task *t, const void *p, const struct site *site)
{
	slip(t, USE_AFTER_FREE, site, "the object is freed%s", whose_now(p));
}

/*
 * Memory is recycled within a class, so a word that is not 0 is a value, or a pointer, that the
 * same field had in an earlier life: it looks valid. At 0 a CPU comes to know.
 */
void ledger_unbuilt_read(struct task *t, const void *p, size_t offset, const struct site *site)
{
	enum fault_kind kind =
		t->common.in_uevent ? FAULT_ANNOUNCE_BEFORE_INIT : FAULT_USE_UNINITIALIZED;
	const char *says = t->common.in_uevent ? "the uevent is out, %s->%s is not initialised"
					       : "%s->%s is not initialised yet";
	const char *object = object_table[site->object].name;
	const char *field = field_table[site->field].name;

	if (word_peek(field_word(p, offset)))
		machine_slip(t, kind, site, says, object, field);
	else
		machine_fault(t, kind, site, says, object, field);
}

void ledger_unbuilt_write(struct task *t, const void *p, size_t offset)
{
	struct life *life = life_of(p);
	uint64_t builder = (word_peek(&life->tag) & LIFE_BUILDER_MASK) >> LIFE_BUILDER_SHIFT;

	if (builder != t->common.cpu + 1)
		word_or(t, &life->dirty, UINT64_C(1) << FIELD_INDEX(offset));
}

void ledger_init_check(struct task *t, const void *p, size_t offset, const struct site *site)
{
	struct word *dirty = &life_of(p)->dirty;
	uint64_t bit = UINT64_C(1) << FIELD_INDEX(offset);

	if (!(word_peek(dirty) & bit))
		return;
	slip(t, INIT_OVERWRITE, site, "initialises what another CPU has changed already");
	word_store(t, dirty, word_peek(dirty) & ~bit);
}
