/* SPDX-License-Identifier: MIT */
/*
 * Data races by happens-before: two accesses to a word, one of them a write and one of them plain,
 * that no lock, marked access or stop_machine() orders. Marked accesses (READ_ONCE(), atomics,
 * bits) order what comes before the write and what comes after the read of it; that is more than
 * the kernel's memory model promises, so what is reported is a race there, too.
 */
#ifndef DMTORTURE_RACES_H
#define DMTORTURE_RACES_H

#include "fibers.h"

struct races;

/* Listen to @f, which executes nothing after races_free(). Returns NULL without memory. */
struct races *races_new(struct fibers *f, size_t memory_bytes);
void races_free(struct races *r);
/* A new execution begins. */
void races_reset(struct races *r);
/* What fault @fault of the execution, a race, is with. */
void races_text(const struct races *r, uint32_t fault, char *text, size_t size);

/*
 * The same by how many times a vector has, since more of them cost more: RACES() names what
 * races.c and races_run.c make, which races_wide.c makes again.
 */
#ifndef RACES
#define RACES(name) races_of_8_##name
#endif

struct races *races_of_8_new(struct fibers *f, size_t memory_bytes);
void races_of_8_free(struct races *r);
void races_of_8_reset(struct races *r);
void races_of_8_text(const struct races *r, uint32_t fault, char *text, size_t size);
struct races *races_of_16_new(struct fibers *f, size_t memory_bytes);
void races_of_16_free(struct races *r);
void races_of_16_reset(struct races *r);
void races_of_16_text(const struct races *r, uint32_t fault, char *text, size_t size);

#endif
