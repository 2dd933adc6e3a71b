/* SPDX-License-Identifier: MIT */
/* What the tests of the verification share. */
#ifndef DMTORTURE_VERIFY_KIT_H
#define DMTORTURE_VERIFY_KIT_H

#include "check.h"
#include "explore.h"
#include "lock.h"
#include "subject.h"
#include "verify.h"

#define KIT_SIZES 3
/* A size of a lock. */
#define KIT_SIZE(of_threads, of_rounds)                                                            \
	{                                                                                          \
		.threads = (of_threads), .rounds = (of_rounds)                                     \
	}

/* What is verified when nothing is asked for. */
extern const struct verify_size kit_sizes[KIT_SIZES];

/* The memory models that the explorer has, as bits. */
uint32_t kit_memories(void);
/* All locks that the model has, into @locks of LOCK_COUNT. Returns how many. */
size_t kit_locks(uint32_t *locks);
/* Whether @ticket replays: every choice could be made, and its fault came at its site. */
bool kit_replays(const char *ticket);
/* Print a row of a lock, as a line; and one of any kind. */
void kit_print(const struct verify_row *row);
void kit_print_of(enum verify_kind kind, const struct verify_row *row);
/*
 * Number @id of @kind at @sizes, under all memory models or those of @memories. Free *@report. The
 * rows are printed.
 */
void kit_verify(enum verify_kind kind, uint32_t id, const struct verify_size *sizes, size_t count,
		uint32_t memories, struct verify_report *report);
/* The same of a control, which has to fail under each model with a ticket that replays. */
void kit_check_control(enum verify_kind kind, uint32_t id, const struct verify_size *size);

#endif
