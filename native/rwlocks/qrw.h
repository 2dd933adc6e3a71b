/* SPDX-License-Identifier: MIT */
/*
 * The queued reader-writer lock of Linux since 3.16. Waiman Long, kernel/locking/qrwlock.c.
 * Written anew from its states. Fair: those that cannot go at once line up, readers and writers.
 *
 *	bits 0..7   a writer has it
 *	bit 8       a writer waits for readers to go
 *	bits 9..31  how many readers
 */
#ifndef DMTORTURE_QRW_H
#define DMTORTURE_QRW_H

#include "line_up.h"

#define QRW_WRITER 0xffu
#define QRW_WAITING 0x100u
#define QRW_READER 0x200u

struct qrw {
	struct atom word;
	struct line_up line;
};

static inline void qrw_make(struct qrw *l)
{
	atom_init(&l->word, 0);
	line_up_make(&l->line);
}

static inline void qrw_read_lock(struct qrw *l, struct locker *me)
{
	uint32_t word = atom_add_acquire(me, &l->word, QRW_READER);

	if (likely(!(word & (QRW_WRITER | QRW_WAITING))))
		return;
	/* A writer waits for all readers to go, and this one is not in. */
	atom_add_relaxed(me, &l->word, -QRW_READER);
	line_up(&l->line, me);
	atom_add_relaxed(me, &l->word, QRW_READER);
	spin_until(me, word, &l->word, !(word & QRW_WRITER));
	line_leave(&l->line, me);
}

static inline void qrw_read_unlock(struct qrw *l, struct locker *me)
{
	atom_add_release(me, &l->word, -QRW_READER);
}

static inline void qrw_write_lock(struct qrw *l, struct locker *me)
{
	uint32_t word;

	if (likely(!atom_cas_acquire(me, &l->word, 0, QRW_WRITER)))
		return;
	line_up(&l->line, me);
	atom_or_relaxed(me, &l->word, QRW_WAITING);
	do
		spin_until_relaxed(me, word, &l->word, word == QRW_WAITING);
	while (atom_cas_acquire(me, &l->word, QRW_WAITING, QRW_WRITER) != QRW_WAITING);
	line_leave(&l->line, me);
}

static inline void qrw_write_unlock(struct qrw *l, struct locker *me)
{
	/* Readers may be about to go again, and a writer may wait: their bits stay. */
	atom_store_byte(me, &l->word, 0);
}

#endif
