/* SPDX-License-Identifier: MIT */
/* See own_weak.h. */
#include "own_weak.h"

#include <string.h>

#include "atomics.h"
#include "orders.h"
#include "own_tso.h"
#include "state.h"
#include "weak.h"

#define MESSAGES_MAX 65536 /* of one execution: the model refuses more */

/* What readers of a message acquire. */
static struct {
	own_clock clock;
	uint32_t execution;
} messages[MESSAGES_MAX];

static own_clock *clock_of(uint32_t message)
{
	message %= MESSAGES_MAX;
	if (messages[message].execution != own.execution) {
		messages[message].execution = own.execution;
		messages[message].clock = (own_clock){0};
	}
	return &messages[message].clock;
}

static uint64_t value_in(uintptr_t address, unsigned int size)
{
	uint64_t value = 0;

	memcpy(&value, (const void *)address, size);
	return value;
}

/* Program memory has what the mirror has: the newest. */
static void keep_newest(uintptr_t address, unsigned int size, const struct word *w)
{
	uint64_t value = word_peek(w);

	memcpy((void *)address, &value, size);
}

static enum word_order order_of(int order)
{
	static const enum word_order orders[] = {
		[OWN_RELAXED] = ORDER_RELAXED, [OWN_CONSUME] = ORDER_ACQUIRE,
		[OWN_ACQUIRE] = ORDER_ACQUIRE, [OWN_RELEASE] = ORDER_RELEASE,
		[OWN_ACQ_REL] = ORDER_ACQ_REL, [OWN_SEQ_CST] = ORDER_SEQ_CST};

	order &= OWN_ORDER;
	return order <= OWN_SEQ_CST ? orders[order] : ORDER_SEQ_CST;
}

void own_weak_refuse(const char *what, uintptr_t pc)
{
	own_refuse(pc,
		   "%s is not explored under a memory model that is weaker than sequential "
		   "consistency",
		   what);
}

static enum own_ordered_kind ordered_kind(enum point_kind kind)
{
	return kind == POINT_READ ? OWN_LOADS : kind == POINT_WRITE ? OWN_STORES : OWN_UPDATES;
}

/* The point of an access: own_comes_to(), with an order. */
static struct word *comes_to(enum point_kind kind, uintptr_t address, unsigned int size, int order,
			     uintptr_t pc)
{
	struct own_thread *me = own_me();
	const struct site *site;
	uint64_t value;
	enum word_order counts;
	struct word *w;

	if (size > sizeof(value))
		own_weak_refuse("An atomic of 16 bytes", pc);
	if (own_is_of_mixed_sizes(address, size))
		own_weak_refuse("An atomic that is accessed in different sizes", pc);
	if (unlikely(me->pending.word != NULL))
		own_finish_write(me);
	if (own.memory == EXPLORE_TSO)
		own_tso_begins();
	w = own_word(address, size);
	value = value_in(address, size);
	if (word_peek(w) != value)
		own_settle(w, value);
	own.callbacks++;
	own_tell_where(address, size);
	me->weakly = true;
	counts = own_orders_at(pc, ordered_kind(kind), order_of(order));
	me->task->order = own_tso_is_alone() ? ORDER_SEQ_CST : counts;
	site = own_site(pc);
	own_site_has_order(site, counts);
	own_point_as_said(kind, w, site);
	heap_touch(address, size, pc, kind != POINT_READ);
	return w;
}

/* --- clocks travel with messages: see struct weak_carrier --- */

static bool acquires(enum word_order order)
{
	return order == ORDER_ACQUIRE || order >= ORDER_ACQ_REL;
}

static void made(void *context, uint32_t cpu, uint32_t write, uint32_t from, enum word_order order)
{
	struct own_thread *me = &own.thread[cpu];
	own_clock *clock = clock_of(write);

	(void)context;
	if (!me->weakly)
		return;
	*clock = from ? *clock_of(from) : (own_clock){0};
	if (order >= ORDER_RELEASE) {
		own_join(clock, &me->clock);
		own_tick();
	} else if (me->has_released) {
		own_join(clock, &me->released);
	}
}

static void was_read(void *context, uint32_t cpu, uint32_t write, enum word_order order)
{
	struct own_thread *me = &own.thread[cpu];

	(void)context;
	if (me->weakly && write)
		own_join(acquires(order) ? &me->clock : &me->to_acquire, clock_of(write));
}

static void fenced(void *context, uint32_t cpu, enum word_order order)
{
	struct own_thread *me = &own.thread[cpu];

	(void)context;
	if (!me->weakly)
		return;
	if (acquires(order))
		own_join(&me->clock, &me->to_acquire);
	if (order >= ORDER_RELEASE) {
		me->released = me->clock;
		me->has_released = true;
		own_tick();
	}
}

static void meet(void *context, const struct word *w, uint32_t write, bool is_newest)
{
	(void)w;
	(void)is_newest;
	if (write)
		own_ranks_meet(context, clock_of(write));
}

/* Calls @see as the model has it; nothing without one. */
static void see_writes(weak_see_fn see, void *context)
{
	struct weak *weak = fibers_hot(own.thread[0].task)->weak;

	if (own.memory && weak->ops->readable)
		weak->ops->readable(weak, see, context);
}

void own_messages_clocks(struct own_ranks *ranks)
{
	see_writes(meet, ranks);
	if (own.memory == EXPLORE_TSO)
		own_tso_clocks(ranks);
}

struct seen {
	const struct own_ranks *ranks;
	uint64_t hash;
};

static void add(void *context, const struct word *w, uint32_t write, bool is_newest)
{
	struct seen *seen = context;
	enum own_mirror kind;
	uint64_t value = 0;
	uintptr_t address;

	seen->hash =
		own_mix(seen->hash, write ? 1 + own_rank_clock(seen->ranks, clock_of(write)) : 1);
	if (!is_newest)
		return;
	/* What was written there plainly all come after, at the next access. */
	address = own_address_of(w, &kind);
	if (kind == OWN_ATOMIC)
		value = value_in(address, own_size_of(w)) ^ word_peek(w);
	seen->hash = own_mix(seen->hash + address, value ? 1 + word_peek(w) : 1);
}

uint64_t own_messages_state(const struct own_ranks *ranks)
{
	const struct weak *weak = fibers_hot(own.thread[0].task)->weak;
	struct seen seen = {.ranks = ranks, .hash = own.memory ? weak->news : 0};

	see_writes(add, &seen);
	return own.memory == EXPLORE_TSO ? own_tso_state(ranks) : seen.hash;
}

const struct weak_carrier own_carrier = {.made = made,
					 .read = was_read,
					 .fence = fenced,
					 .waits = own_tso_waits,
					 .landed = own_tso_landed};

uint64_t own_weak_load(uintptr_t address, unsigned int size, int order, uintptr_t pc)
{
	uint64_t value;
	struct word *w;

	do {
		w = comes_to(POINT_READ, address, size, order, pc);
		value = word_peek(w);
		observe(own_me()->task, value);
	} while (own_goes_round(w, pc, value));
	own_me()->weakly = false;
	if (own.memory == EXPLORE_TSO)
		own_tso_loads(w, address, own_orders_at(pc, OWN_LOADS, order_of(order)));
	own_shadow_quickly(address, size, OWN_IS_ATOMIC, pc);
	return value;
}

void own_weak_store(uintptr_t address, unsigned int size, uint64_t value, int order, uintptr_t pc)
{
	struct word *w = comes_to(POINT_WRITE, address, size, order, pc);
	uint64_t newest = word_peek(w);

	own_shadow_quickly(address, size, OWN_IS_ATOMIC | OWN_WRITE, pc);
	if (own.memory == EXPLORE_TSO) {
		own_me()->weakly = false;
		own_tso_stores(&(struct own_store){w, address, size, value, pc},
			       own_orders_at(pc, OWN_STORES, order_of(order)));
		return;
	}
	word_store(own_me()->task, w, value);
	own_me()->weakly = false;
	keep_newest(address, size, w);
	if (value != newest)
		own_changed(w);
}

static uint64_t after(enum own_update update, uint64_t old, uint64_t by)
{
	switch (update) {
	case OWN_SET:
		return by;
	case OWN_ADD:
		return old + by;
	case OWN_SUB:
		return old - by;
	case OWN_AND:
		return old & by;
	case OWN_OR:
		return old | by;
	case OWN_XOR:
		return old ^ by;
	default:
		return ~(old & by);
	}
}

static uint64_t only(unsigned int size, uint64_t value)
{
	return size < sizeof(value) ? value & ((UINT64_C(1) << 8 * size) - 1) : value;
}

/* The half of a read-modify-write that writes. */
static void writes(struct word *w, uintptr_t address, unsigned int size, uint64_t old,
		   uint64_t value, enum word_order order, uintptr_t pc)
{
	if (own.memory == EXPLORE_TSO)
		own_tso_takes(address, order);
	own_shadow_quickly(address, size, OWN_IS_ATOMIC | OWN_WRITE, pc);
	word_store(own_me()->task, w, value);
	if (own.memory == EXPLORE_TSO)
		own_tso_hands_on(address, order);
	own_me()->weakly = false;
	keep_newest(address, size, w);
	if (value != old)
		own_changed(w);
}

uint64_t own_weak_update(uintptr_t address, unsigned int size, enum own_update update, uint64_t by,
			 int order, uintptr_t pc)
{
	uint64_t old, value;
	struct word *w;

	do {
		w = comes_to(POINT_RMW, address, size, order, pc);
		old = word_peek(w);
		observe(own_me()->task, old);
		value = only(size, after(update, old, by));
		/* One that changes nothing may be a turn of a loop that waits: it is left out. */
	} while (value == old && own_goes_round(w, pc, old));
	writes(w, address, size, old, value, own_orders_at(pc, OWN_UPDATES, order_of(order)), pc);
	return old;
}

bool own_weak_cas(uintptr_t address, unsigned int size, uint64_t *expected, uint64_t value,
		  int order, int failure, uintptr_t pc)
{
	uint64_t old;
	struct word *w;
	bool equal;

	do {
		weak_expects(own_me()->task, *expected);
		fibers_hot(own_me()->task)->weak->failure = order_of(failure);
		w = comes_to(POINT_RMW, address, size, order, pc);
		old = word_peek(w);
		observe(own_me()->task, old);
		equal = old == *expected;
		if (!equal)
			point_wrote_nothing(own_me()->task);
	} while ((!equal || value == old) && own_goes_round(w, pc, old));
	*expected = old;
	if (equal) {
		writes(w, address, size, old, value,
		       own_orders_at(pc, OWN_UPDATES, order_of(order)), pc);
		return true;
	}
	own_me()->weakly = false;
	if (own.memory == EXPLORE_TSO)
		own_tso_loads(w, address, order_of(failure));
	own_shadow_quickly(address, size, OWN_IS_ATOMIC, pc);
	return false;
}

void own_weak_fence(int order, uintptr_t pc)
{
	enum word_order counts = own_orders_at(pc, OWN_FENCES, order_of(order));
	const struct site *site = own_site(pc);
	uint32_t thread = own_leave();

	own.thread[thread].weakly = true;
	own_site_has_order(site, counts);
	fibers_fence(own.thread[thread].task, counts, site);
	own_return(thread);
	if (own.memory == EXPLORE_TSO)
		fenced(NULL, own.current, counts);
	own_me()->weakly = false;
}
