/* SPDX-License-Identifier: MIT */
/* See own_tso.h. */
#include "own_tso.h"

#include <string.h>

#include "atomics.h"
#include "state.h"

/* What waits in the buffer of a thread, the oldest first. */
static struct buffer {
	uint32_t execution, count;
	struct waiting {
		struct own_store store;
		own_clock clock;
	} entry[FLUSH_ENTRIES];
} buffers[FLUSH_THREADS];

static struct waiting storing; /* the store that runs */
static bool waits;	       /* ... has gone into the buffer */

static struct buffer *buffer_of(uint32_t thread)
{
	struct buffer *b = &buffers[thread];

	if (b->execution != own.execution) {
		b->execution = own.execution;
		b->count = 0;
	}
	return b;
}

bool own_tso_waits_in(uint32_t thread)
{
	return own.memory == EXPLORE_TSO && buffer_of(thread)->count;
}

static struct weak *weak_of_all(void)
{
	return fibers_hot(own_me()->task)->weak;
}

void own_tso_begins(void)
{
	weak_of_all()->ops->settle(weak_of_all());
}

/* What the current thread has stored to @w last and still waits; NULL: nothing. */
static const struct waiting *newest_to(const struct word *w)
{
	const struct buffer *b = buffer_of(own.current);

	for (uint32_t i = b->count; i-- > 0;)
		if (b->entry[i].store.word == w)
			return &b->entry[i];
	return NULL;
}

static bool acquires(enum word_order order)
{
	return order == ORDER_ACQUIRE || order >= ORDER_ACQ_REL;
}

void own_tso_takes(uintptr_t address, enum word_order order)
{
	own_join(acquires(order) ? &own_me()->clock : &own_me()->to_acquire,
		 own_sync_clock(address));
}

void own_tso_loads(const struct word *w, uintptr_t address, enum word_order order)
{
	/* From its own store a thread acquires nothing that it does not know. */
	if (!newest_to(w))
		own_tso_takes(address, order);
}

void own_tso_hands_on(uintptr_t address, enum word_order order)
{
	struct own_thread *me = own_me();
	own_clock *clock = own_sync_clock(address);

	if (order >= ORDER_RELEASE) {
		own_join(clock, &me->clock);
		own_tick();
	} else if (me->has_released) {
		own_join(clock, &me->released);
	}
}

static void land(const struct waiting *one)
{
	uint64_t was = 0;

	memcpy(&was, (const void *)one->store.address, one->store.size);
	memcpy((void *)one->store.address, &one->store.value, one->store.size);
	*own_sync_clock(one->store.address) = one->clock;
	if (was != one->store.value)
		own_landed(one->store.word);
}

void own_tso_waits(void *context, uint32_t cpu, struct word *w, uint64_t value)
{
	struct buffer *b = buffer_of(cpu);

	(void)context;
	(void)w;
	(void)value;
	b->entry[b->count++] = storing;
	waits = true;
}

void own_tso_landed(void *context, uint32_t cpu, struct word *w, uint64_t value)
{
	struct buffer *b = buffer_of(cpu);
	struct waiting oldest = b->entry[0];

	(void)context;
	if (!b->count || oldest.store.word != w || oldest.store.value != value)
		machine_bug("a store of %s lands that did not wait", own_name(cpu));
	memmove(b->entry, b->entry + 1, --b->count * sizeof(b->entry[0]));
	land(&oldest);
}

/* What a frame had may be another's when it lands. */
static void refuse_stack(const struct own_store *store, enum word_order order)
{
	uintptr_t low, end;

	if (order == ORDER_SEQ_CST || own_tso_is_alone() ||
	    !own_stack_of(own.current, &low, &end) || store->address - low >= end - low)
		return;
	own_refuse(store->pc,
		   "A store to an atomic on its own thread's stack is not explored under tso: the "
		   "frame may be gone when it lands; make it static, or allocate it");
}

void own_tso_stores(const struct own_store *store, enum word_order order)
{
	struct own_thread *me = own_me();
	const struct waiting *before = newest_to(store->word);
	uint64_t sees = before ? before->store.value : word_peek(store->word);

	refuse_stack(store, order);
	storing = (struct waiting){.store = *store};
	waits = false;
	if (order >= ORDER_RELEASE)
		storing.clock = me->clock;
	else if (me->has_released)
		storing.clock = me->released;
	word_store(me->task, store->word, store->value);
	if (!waits)
		land(&storing);
	if (store->value != sees)
		me->progress++;
	if (order >= ORDER_RELEASE)
		own_tick();
}

void own_tso_touches(uintptr_t address, unsigned int size, uintptr_t pc)
{
	const struct buffer *b = buffer_of(own.current);

	if (own.current >= FLUSH_THREADS)
		return;
	for (uint32_t i = 0; i < b->count; i++)
		if (b->entry[i].store.address < address + size &&
		    address < b->entry[i].store.address + b->entry[i].store.size)
			own_refuse(pc, "A plain access to what an atomic store of the same thread "
				       "has not brought to memory yet is not explored under tso; "
				       "make it atomic");
}

void own_tso_free(uintptr_t block, size_t size)
{
	struct weak *weak = weak_of_all();

	for (uint32_t thread = 0; thread < FLUSH_THREADS; thread++) {
		struct buffer *b = buffer_of(thread);

		for (uint32_t i = b->count; i-- > 0;) {
			if (b->entry[i].store.address - block >= size)
				continue;
			weak->ops->drop(weak, thread, i);
			memmove(&b->entry[i], &b->entry[i + 1],
				(--b->count - i) * sizeof(b->entry[0]));
		}
	}
}

void own_tso_clocks(struct own_ranks *ranks)
{
	for (uint32_t thread = 0; thread < FLUSH_THREADS; thread++) {
		const struct buffer *b = buffer_of(thread);

		for (uint32_t i = 0; i < b->count; i++)
			own_ranks_meet(ranks, &b->entry[i].clock);
	}
}

uint64_t own_tso_state(const struct own_ranks *ranks)
{
	uint64_t hash = 0;

	for (uint32_t thread = 0; thread < FLUSH_THREADS; thread++) {
		const struct buffer *b = buffer_of(thread);

		hash = own_mix(hash, b->count);
		for (uint32_t i = 0; i < b->count; i++)
			hash = own_mix(hash, 1 + own_rank_clock(ranks, &b->entry[i].clock));
	}
	return hash;
}
