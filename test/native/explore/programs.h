/* SPDX-License-Identifier: MIT */
/* Inside the classic programs: how they access words, and those that are in files of their own. */
#ifndef DMTORTURE_PROGRAMS_H
#define DMTORTURE_PROGRAMS_H

#include "classics.h"

#define LOAD(w) word_read(t, &(w), ORDER_SEQ_CST, SITE(#w))
#define STORE(w, v) word_write(t, &(w), (v), ORDER_SEQ_CST, SITE(#w " = " #v))

/* object.c: find and put of explorer.md */
void object_before(struct classic *c, struct task *t);
void find_put(struct classic *c, struct task *t, uint32_t cpu);
void find_find_put(struct classic *c, struct task *t, uint32_t cpu);
void find_findput(struct classic *c, struct task *t, uint32_t cpu);
void two_finders_put(struct classic *c, struct task *t, uint32_t cpu);

/* endings.c: faults that come with a lock or an await */
void fault_with_lock(struct classic *c, struct task *t, uint32_t cpu);
void fault_with_await(struct classic *c, struct task *t, uint32_t cpu);
void fault_whoever_is_first(struct classic *c, struct task *t, uint32_t cpu);
void two_places(struct classic *c, struct task *t, uint32_t cpu);

/* waits.c: which thread wakes which */
void readers_writer(struct classic *c, struct task *t, uint32_t cpu);
void two_readers_inside(struct classic *c, struct task *t, uint32_t cpu);
void readers_overlap(struct classic *c, struct task *t, uint32_t cpu);
void reads_twice(struct classic *c, struct task *t, uint32_t cpu);
void writer_between(struct classic *c, struct task *t, uint32_t cpu);
void writers_and_a_stop(struct classic *c, struct task *t, uint32_t cpu);
void writers_queue(struct classic *c, struct task *t, uint32_t cpu);
void wait_for_it(struct classic *c, struct task *t, uint32_t cpu);
void wait_for_nobody(struct classic *c, struct task *t, uint32_t cpu);
void handshake(struct classic *c, struct task *t, uint32_t cpu);
void wait_with_the_lock(struct classic *c, struct task *t, uint32_t cpu);
const struct site *check_readers(struct classic *c);
const struct site *check_gave_up(struct classic *c);
uint64_t what_was_seen(const struct classic *c);

#endif
