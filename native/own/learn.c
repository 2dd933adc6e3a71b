/* SPDX-License-Identifier: MIT */
/*
 * Knowledge. What is learned while a search goes on is not known before the next one begins: all
 * executions of one search begin with the same knowledge, so that a schedule does the same in each
 * of them.
 */
#include "learn.h"

#include "orders.h"

#define FACTS_MAX 4096
#define SLOTS (4 * FACTS_MAX)

static struct {
	struct {
		enum own_fact fact;
		uint64_t value;
	} fact[FACTS_MAX];
	uint32_t count; /* those that are known, then those that are learned */
	uint32_t known;
	uint16_t slot[SLOTS]; /* 1 + the fact; open addressing */
	bool forgotten;	      /* since own_begin_knowing() */
} all;

volatile bool own_learned;

static uint16_t *find(enum own_fact fact, uint64_t value)
{
	for (uint64_t at = fibers_mix(fact, value);; at++) {
		uint16_t *slot = &all.slot[at % SLOTS];

		if (!*slot ||
		    (all.fact[*slot - 1].fact == fact && all.fact[*slot - 1].value == value))
			return slot;
	}
}

bool own_knows(enum own_fact fact, uint64_t value)
{
	uint16_t slot = *find(fact, value);

	return slot && slot <= all.known;
}

void own_know(enum own_fact fact, uint64_t value)
{
	uint16_t *slot = find(fact, value);

	if (*slot)
		return;
	if (all.count == FACTS_MAX)
		own_refuse(0,
			   "The program has more than %d racing accesses, tried mutexes and "
			   "overlapping atomics",
			   FACTS_MAX);
	all.fact[all.count].fact = fact;
	all.fact[all.count].value = value;
	*slot = (uint16_t)++all.count;
}

void own_learn(enum own_fact fact, uint64_t value)
{
	if (own_knows(fact, value))
		return;
	own_know(fact, value);
	own_learned = true;
	if (own.loading)
		return;
	own_leave();
	fibers_end(own_me()->task);
}

void own_begin_knowing(void)
{
	if (all.known == all.count && !all.forgotten)
		return;
	memset(own.hot, 0, own.text_end - own.text_low);
	own_orders_forget();
	for (uint32_t i = 0; i < all.count; i++) {
		if (all.fact[i].fact == OWN_FACT_POINT &&
		    all.fact[i].value < own.text_end - own.text_low)
			own.hot[all.fact[i].value] = 1;
		else if (all.fact[i].fact == OWN_FACT_ORDER)
			own_orders_replace(all.fact[i].value);
	}
	all.known = all.count;
	all.forgotten = false;
	own_words_forget();
}

void own_forget(void)
{
	memset(&all, 0, sizeof(all));
	all.forgotten = true;
}

uint32_t own_facts(void)
{
	return all.count;
}

uint64_t own_fact_at(uint32_t at, enum own_fact *fact)
{
	*fact = all.fact[at].fact;
	return all.fact[at].value;
}
