/* SPDX-License-Identifier: MIT */
/* Counting an acquisition and a hold, for mutexes and for the writers of rwlocks alike. */
#ifndef DMTORTURE_PRELOAD_COUNTING_H
#define DMTORTURE_PRELOAD_COUNTING_H

#include "clock.h"
#include "counts.h"
#include "self.h"

static inline struct count_site *site_of(struct self *s, const void *from)
{
	uint64_t key = site_key(from);
	struct count_site *site = &s->record->sites[site_slot(key)];

	return likely(site->key == key) ? site : counts_new_site(s, key);
}

/* The thread that counts a hold, and its site, in 32 bits: 0 is nobody. */
static inline uint32_t timed_by(const struct self *s, const struct count_site *site)
{
	return s->index << SITES_BITS | (uint32_t)(site - s->record->sites);
}

/* An acquisition that did not wait. @since, @timed: of the lock, which is held. */
static inline void note_acquired(struct self *s, const void *from, uint64_t *since, uint32_t *timed)
{
	struct count_site *site;

	*since = 0;
	if (unlikely(!s->record))
		return;
	site = site_of(s, from);
	if (unlikely(!site))
		return;
	site->acquired++;
	if (unlikely(s->pace-- == 0) && counts_pace(s)) {
		*since = ticks();
		*timed = timed_by(s, site);
	}
}

/* One that waited for @waited ticks. */
void note_waited(struct self *s, const void *from, uint64_t waited, uint64_t *since,
		 uint32_t *timed);
/* A hold that was timed is over. */
void note_hold(uint64_t since, uint32_t timed);

static inline void note_released(uint64_t since, uint32_t timed)
{
	if (unlikely(since))
		note_hold(since, timed);
}

/* The calling thread, with a record where things are counted. */
static inline struct self *counting_self(void)
{
	struct self *s = myself();

	if (unlikely(!s->record) && !s->uncounted)
		counts_attach(s);
	return s;
}

#endif
