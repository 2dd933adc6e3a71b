/* SPDX-License-Identifier: MIT */
/*
 * No checks: memory that is freed is out of reach, and a thread that touches it dies. What a thread
 * is about to touch is written down, for the report of its death. Included by ledger.h only.
 */
#ifndef DMTORTURE_LEDGER_CHECK_H
#define DMTORTURE_LEDGER_CHECK_H

/* The last access that a thread came to. */
struct touch {
	const struct site *site; /* NULL: none yet */
	uintptr_t object;	 /* the pointer that it went by */
	size_t offset;
};

extern _Thread_local volatile struct touch last_touch;

static inline void ledger_touch(const void *p, size_t offset, const struct site *site)
{
	last_touch.site = site;
	last_touch.object = (uintptr_t)p;
	last_touch.offset = offset;
	/* A signal comes between this and the access. */
	atomic_signal_fence(memory_order_seq_cst);
}

static inline void ledger_check_pointer(struct task *t, const void *p, const struct site *site)
{
	(void)t;
	(void)p;
	(void)site;
}

static inline void ledger_check_alive(struct task *t, const void *p, const struct site *site)
{
	(void)t;
	ledger_touch(p, 0, site);
}

static inline void ledger_check_read(struct task *t, const void *p, size_t offset,
				     const struct site *site)
{
	(void)t;
	ledger_touch(p, offset, site);
}

static inline void ledger_check_write(struct task *t, const void *p, size_t offset,
				      const struct site *site)
{
	(void)t;
	ledger_touch(p, offset, site);
}

static inline void ledger_check_init(struct task *t, const void *p, size_t offset,
				     const struct site *site)
{
	(void)t;
	ledger_touch(p, offset, site);
}

#endif
