/* SPDX-License-Identifier: MIT */
/* A device on a stand, not built yet, for planting the ledger's faults. */
#ifndef DMTORTURE_BOOK_H
#define DMTORTURE_BOOK_H

#include "ledger.h"
#include "stand.h"

struct book {
	struct stand *stand;
	struct slab *slab;
	struct mapped_device *md;
	struct spinlock lock;
};

/* A stand with one device, not built yet, allocated by cpu1. */
struct book *book_open(unsigned int tasks);
/* Initialise what the tests use of a device. */
void build(struct task *t, struct mapped_device *md);
void build_and_free(struct task *t, struct book *b);
/* Run @body as cpu1 and check that it ends in @kind, as the only fault. */
const struct caught *plant(body_fn body, struct book *b, enum fault_kind kind, const char *file,
			   int line);
#define PLANT(body, b, kind) plant((body), (b), FAULT_##kind, __FILE__, __LINE__)

#endif
