/* SPDX-License-Identifier: MIT */
/* Where those wait that cannot go at once: a ticket lock. See locks/ticket.c. */
#ifndef DMTORTURE_LINE_UP_H
#define DMTORTURE_LINE_UP_H

#include "atom.h"

struct line_up {
	struct atom next, called;
};

static inline void line_up_make(struct line_up *line)
{
	atom_init(&line->next, 0);
	atom_init(&line->called, 0);
}

static inline void line_up(struct line_up *line, struct locker *me)
{
	uint32_t mine = atom_add_relaxed(me, &line->next, 1), called;

	spin_until(me, called, &line->called, called == mine);
}

static inline void line_leave(struct line_up *line, struct locker *me)
{
	atom_store(me, &line->called, atom_load_relaxed(me, &line->called) + 1);
}

#endif
