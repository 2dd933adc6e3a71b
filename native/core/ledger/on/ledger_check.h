/* SPDX-License-Identifier: MIT */
/* The ledger's checks, as every build but one has them. Included by ledger.h only. */
#ifndef DMTORTURE_LEDGER_CHECK_H
#define DMTORTURE_LEDGER_CHECK_H

static inline void ledger_check_pointer(struct task *t, const void *p, const struct site *site)
{
	if (unlikely(!is_object(p)))
		ledger_bad_pointer(t, p, site);
}

static inline void ledger_check_alive(struct task *t, const void *p, const struct site *site)
{
	if (unlikely((word_peek(&life_of(p)->tag) & LIFE_TAG) != tag_of(p)))
		ledger_stale(t, p, site);
}

static inline void ledger_check_read(struct task *t, const void *p, size_t offset,
				     const struct site *site)
{
	if (unlikely((word_peek(&life_of(p)->tag) & LIFE_TAG) != tag_of(p)))
		ledger_stale_read(t, p, site);
	else if (unlikely(!ledger_is_built(p, offset)))
		ledger_unbuilt_read(t, p, offset, site);
}

static inline void ledger_check_write(struct task *t, const void *p, size_t offset,
				      const struct site *site)
{
	ledger_check_alive(t, p, site);
	if (unlikely(!ledger_is_built(p, offset)))
		ledger_unbuilt_write(t, p, offset);
}

static inline void ledger_check_init(struct task *t, const void *p, size_t offset,
				     const struct site *site)
{
	ledger_check_alive(t, p, site);
	if (unlikely(word_peek(&life_of(p)->dirty)))
		ledger_init_check(t, p, offset, site);
}

#endif
