/* SPDX-License-Identifier: MIT */
/* What tasks wait for, on a stand whose watchdog looks soon. */
#ifndef DMTORTURE_ROOM_H
#define DMTORTURE_ROOM_H

#include "stand.h"

#include <string.h>

#define WATCHDOG_NS UINT64_C(60000000)

struct room {
	struct stand *stand;
	struct word word, other, third, fourth;
	struct spinlock spin[2];
	struct mutex mutex[2];
	struct rwsem sem;
	bool answer[STAND_TASKS];
};

static inline struct room *room_open(unsigned int tasks)
{
	static struct room r;

	memset(&r, 0, sizeof(r));
	r.stand = stand_open(tasks);
	r.stand->machine.watchdog_ns = WATCHDOG_NS;
	for (unsigned int i = 0; i < 2; i++) {
		spinlock_init(&r.spin[i], 0);
		mutex_init(&r.mutex[i]);
	}
	rwsem_init(&r.sem);
	return &r;
}

#endif
