/* SPDX-License-Identifier: MIT */
/*
 * No checks: the control that benchmarks measure the ledger against. Sound only where no fault
 * can happen. Included by ledger.h only.
 */
#ifndef DMTORTURE_LEDGER_CHECK_H
#define DMTORTURE_LEDGER_CHECK_H

static inline void ledger_check_pointer(struct task *t, const void *p, const struct site *site)
{
	(void)t;
	(void)p;
	(void)site;
}

static inline void ledger_check_alive(struct task *t, const void *p, const struct site *site)
{
	(void)t;
	(void)p;
	(void)site;
}

static inline void ledger_check_read(struct task *t, const void *p, size_t offset,
				     const struct site *site)
{
	(void)offset;
	ledger_check_alive(t, p, site);
}

static inline void ledger_check_write(struct task *t, const void *p, size_t offset,
				      const struct site *site)
{
	ledger_check_read(t, p, offset, site);
}

static inline void ledger_check_init(struct task *t, const void *p, size_t offset,
				     const struct site *site)
{
	ledger_check_read(t, p, offset, site);
}

#endif
