/* SPDX-License-Identifier: MIT */
/*
 * Loops that wait, exactly: a thread that comes to the same place in the same state, when no word
 * that it read in between has changed, can only go round. It waits at its gate until somebody
 * changes such a word. A loop that counts its tries has another state each time, and stays a loop.
 *
 * A state is a thread's stack and registers. What else it changes is progress: a word, or plain
 * memory elsewhere; see own_wrote(). What a library changes for it nobody reports, so that memory
 * as a whole is compared, too. At each place the
 * second visit without progress remembers the state, and later ones compare; what is remembered is
 * replaced at powers of two, so that a cycle of any length is found (Brent 1980).
 *
 * To take a lock and give it back, having changed nothing, does not count as progress. Where the
 * way round does that, the thread waits where it holds the fewest locks.
 *
 * To wait means to leave out turns that change nothing. A search that could have had the change
 * before one of the turns that were made tries that, since they read the word.
 */
#include "objects.h"

#include "state.h"

#include <stdlib.h>
#include <string.h>

#include "gates.h"
#include "rounds.h"
#include "weak.h"

/* What happens to a thread between two reads; a lock that it found taken: that and its number. */
enum { TURN_TOOK, TURN_GAVE, TURN_FOUND };

static uint32_t *watched; /* by word */
static uint64_t watched_words;

static uint32_t number_of(const struct word *w)
{
	return (uint32_t)(w - (const struct word *)fibers_hot(own_me()->task)->memory);
}

static void forget_words(uint32_t thread)
{
	struct round *round = &own_rounds[thread];

	while (round->words)
		watched[round->word[--round->words]] &= ~(0x10001u << thread);
}

static void forget(uint32_t thread)
{
	own_rounds[thread].places = 0;
	if (own_rounds[thread].words)
		forget_words(thread);
}

void own_loops_reset(void)
{
	/* Those of the last execution: others have nothing to forget. */
	for (uint32_t i = 0; i < own.count; i++)
		forget(i);
	own_turns_reset();
}

/* Threads of @mask begin anew; those that wait may go on. */
static void wake(uint32_t mask)
{
	struct task *t = own_me()->task;

	for (; mask; mask &= mask - 1) {
		uint32_t thread = (uint32_t)__builtin_ctz(mask);

		forget(thread);
		if (!own.thread[thread].loop.parked)
			continue;
		/* No step of anybody, which would empty a buffer. */
		if (unlikely(own.quiet_from))
			word_store(t, own_object(thread, OWN_LOOP), 0);
		else
			gate_open(t, own_object(thread, OWN_LOOP), 0);
	}
}

static uint32_t watchers(const struct word *w)
{
	uint32_t at = number_of(w);

	return at < watched_words ? watched[at] : 0;
}

void own_changed(struct word *w)
{
	uint32_t mask = watchers(w);

	own.writes++;
	own_me()->progress++;
	if (unlikely(mask))
		wake((mask | mask >> FOUND_TAKEN) & ((1u << FOUND_TAKEN) - 1));
}

/* A store of a thread that is anywhere has come to memory. */
void own_landed(const struct word *w)
{
	uint32_t mask = watchers(w);

	own.writes++;
	if (mask)
		wake((mask | mask >> FOUND_TAKEN) & ((1u << FOUND_TAKEN) - 1));
}

/* @changed: what @w guards may have been changed. The current thread makes no progress by that. */
static void gave_back(const struct word *w, bool changed)
{
	uint32_t mask = watchers(w), others = mask >> FOUND_TAKEN;

	if (changed)
		others |= mask & ((1u << FOUND_TAKEN) - 1) & ~(1u << own.current);
	if (unlikely(others)) {
		own_turns = true;
		wake(others);
	}
}

void own_gave_back(struct word *w)
{
	gave_back(w, false);
}

/* --- locks --- */

void own_took_lock(void)
{
	if (!own_me()->loop.locks++)
		own_rounds[own.current].changes = 0;
	if (unlikely(own_turns))
		own_turn_goes_on(TURN_TOOK);
	own_wipe();
}

void own_give_up(struct word *w, uint64_t progress)
{
	struct own_thread *me = own_me();
	struct round *round = &own_rounds[own.current];

	me->loop.locks--;
	if (unlikely(own_turns))
		own_turn_goes_on(TURN_GAVE);
	for (uint32_t i = 0; i < round->places; i++)
		if (round->place[i].locks > me->loop.locks)
			round->place[i].locks = me->loop.locks;
	/* It may have changed what @w guards. */
	if ((me->progress ^ progress) << 16)
		own_changed(w);
	else
		gave_back(w, round->changes && own_changed_stack(round));
	own_wipe();
}

static __attribute__((noinline)) void watch_more_words(void)
{
	uint64_t words = fibers_hot(own_me()->task)->memory_bytes / sizeof(struct word);
	uint32_t *more = realloc(watched, words * sizeof(*more));

	if (!more)
		machine_bug("no memory for the words that loops read");
	memset(more + watched_words, 0, (words - watched_words) * sizeof(*more));
	watched = more;
	watched_words = words;
}

/* Returns whether there was room for it. */
static inline bool watch(struct word *w, uint32_t shift)
{
	struct round *round = &own_rounds[own.current];
	uint32_t at = number_of(w), bit = 1u << (own.current + shift);

	if (unlikely(at >= watched_words))
		watch_more_words();
	if (watched[at] & bit)
		return true;
	if (round->words == WORDS)
		return false;
	if (!(watched[at] & 0x10001u << own.current))
		round->word[round->words++] = at;
	watched[at] |= bit;
	return true;
}

static struct place *place_of(struct round *round, uintptr_t pc)
{
	for (uint32_t i = 0; i < round->places; i++)
		if (round->place[i].pc == pc)
			return &round->place[i];
	if (round->places == PLACES)
		return NULL;
	round->place[round->places] = (struct place){.pc = pc};
	return &round->place[round->places++];
}

static uint64_t as_it_is(uint64_t value, uint64_t by)
{
	(void)by;
	return value;
}

static void park(uintptr_t pc)
{
	struct own_thread *me = own_me();
	struct word *gate = own_object(own.current, OWN_LOOP);
	uint32_t thread;

	me->loop.parked = pc;
	gate_close(me->task, gate);
	thread = own_leave();
	weak_goes_round(me->task);
	gate_take(me->task, gate, as_it_is, 0, own_site(pc));
	own_return(thread);
	me->loop.parked = 0;
	forget(thread);
}

/*
 * Under a weak memory model it may have read what is not the newest: then it reads on behind that,
 * since nobody has to change anything for that. Returns whether there was such a word.
 */
static bool reads_on(void)
{
	struct own_thread *me = own_me();
	const struct round *round = &own_rounds[own.current];
	const struct word *first = (const struct word *)(const void *)fibers_hot(me->task)->memory;
	struct weak *weak = fibers_hot(me->task)->weak;
	bool any = false;

	if (likely(!own.memory))
		return false;
	for (uint32_t i = 0; i < round->words; i++)
		any |= weak->ops->pass_over(weak, me->task, &first[round->word[i]]);
	if (any)
		forget(own.current);
	return any;
}

/* A thread that has learned of other values is not where it was. */
static void forget_at_news(void)
{
	struct weak *weak = fibers_hot(own_me()->task)->weak;

	if (weak->ops->has_news && weak->ops->has_news(weak, own_me()->task))
		forget(own.current);
}

/* The thread comes to @place, at @inner, and has been there since its last progress. */
static __attribute__((noinline)) bool comes_again(struct place *place, uintptr_t pc,
						  uintptr_t inner, uint64_t value)
{
	uint64_t hash = own_hash_frames(inner, value);
	uint64_t memory = own_heap_hash(own_data_hash(1));

	if (place->hash == hash && hash && place->locks == own_me()->loop.locks &&
	    place->memory == memory) {
		if (!reads_on())
			park(pc);
		return true;
	}
	if (!(place->visits & (place->visits - 1))) {
		place->hash = hash;
		place->memory = memory;
		place->locks = own_me()->loop.locks;
	}
	return false;
}

/* What own_goes_round() does where the thread has made no progress since it read last. */
static inline bool comes_round(struct word *w, uintptr_t pc, uint64_t value)
{
	struct round *round = &own_rounds[own.current];
	/* In a header of the system, the place there: its caller reads at several. */
	uintptr_t inner = unlikely(own.of_headers != NULL) ? own_inner(pc) : pc;
	struct place *place = place_of(round, inner);

	if (unlikely(!place || (w && !watch(w, 0)))) {
		/* Too much to keep in mind: look at a later stretch. */
		forget(own.current);
		return false;
	}
	return unlikely(place->visits++) && comes_again(place, pc, inner, value);
}

/* What comes_round() does where the thread has made progress since it read last. */
static inline bool begins_round(struct word *w, uintptr_t pc)
{
	struct round *round = &own_rounds[own.current];

	if (likely(round->words == 1))
		watched[round->word[--round->words]] &= ~(0x10001u << own.current);
	else
		forget_words(own.current);
	round->places = 1;
	round->place[0] = (struct place){.pc = own.of_headers ? own_inner(pc) : pc, .visits = 1};
	if (w)
		watch(w, 0);
	return false;
}

static __attribute__((noinline)) bool comes_round_below(struct word *w, uintptr_t pc,
							uint64_t value)
{
	return comes_round(w, pc, value);
}

/* Where states are looked at: nothing is left below its caller. */
static __attribute__((noinline)) bool comes_round_aside(struct word *w, uintptr_t pc,
							uint64_t value)
{
	bool again = comes_round_below(w, pc, value);

	own_wipe();
	return again;
}

bool own_goes_round(struct word *w, uintptr_t pc, uint64_t value)
{
	struct own_thread *me = own_me();

	/* Its own plain writes are counted from when there are others. */
	if (own.count < 2)
		return false;
	if (unlikely(own.memory))
		forget_at_news();
	if (me->loop.stamp != me->progress) {
		me->loop.stamp = me->progress;
		return begins_round(w, pc);
	}
	if (unlikely(own_turns)) {
		uintptr_t inner = own_inner(pc);

		own_turn_begins(own_hash_frames(inner, value));
		/* To wait says more than to stop. */
		if (own.wipes ? comes_round_aside(w, pc, value) : comes_round(w, pc, value))
			return true;
		own_turn_ends(inner);
		return false;
	}
	return own.wipes ? comes_round_aside(w, pc, value) : comes_round(w, pc, value);
}

void own_found_taken(struct word *w)
{
	if (!watch(w, FOUND_TAKEN))
		forget(own.current);
	if (unlikely(own_turns))
		own_turn_goes_on(TURN_FOUND + number_of(w));
	own_wipe();
}

/* What is kept is of use where the thread has made no progress since. */
static uint64_t round_state(const struct own_thread *thread, const struct round *round)
{
	uint64_t hash = 0, words = 0;

	if (thread->loop.stamp == thread->progress) {
		hash = own_hash_bytes(round->places, round->place,
				      round->places * sizeof(round->place[0]));
		for (uint32_t i = 0; i < round->words; i++)
			words += fibers_mix(round->word[i], watched[round->word[i]]);
	}
	if (thread->loop.locks)
		hash = own_hash_bytes(hash, round->change,
				      round->changes * sizeof(round->change[0]));
	return fibers_mix(hash, words);
}

uint64_t own_loops_state(uint32_t running)
{
	uint64_t hash = 0;

	for (; running; running &= running - 1) {
		uint32_t thread = (uint32_t)__builtin_ctz(running);

		if (own_rounds[thread].places | own_rounds[thread].words |
		    own.thread[thread].loop.locks)
			hash += fibers_mix(thread,
					   round_state(&own.thread[thread], &own_rounds[thread]));
	}
	return hash;
}
