/* SPDX-License-Identifier: MIT */
/* What the tests of the verification share. */
#ifndef DMTORTURE_VERIFY_KIT_H
#define DMTORTURE_VERIFY_KIT_H

#include "check.h"
#include "explore.h"
#include "lock.h"
#include "verify.h"

#define KIT_SIZES 3

/* What is verified when nothing is asked for. */
extern const struct verify_size kit_sizes[KIT_SIZES];

/* The memory models that the explorer has, as bits. */
uint32_t kit_memories(void);
/* All locks that the model has, into @locks of LOCK_COUNT. Returns how many. */
size_t kit_locks(uint32_t *locks);
/* Whether @ticket replays: every choice could be made, and its fault came at its site. */
bool kit_replays(const char *ticket);
/* Print a row, as a line. */
void kit_print(const struct verify_row *row);

#endif
