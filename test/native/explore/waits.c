/* SPDX-License-Identifier: MIT */
/* Programs in which threads keep each other waiting. */
#include "programs.h"

/* --- readers and a writer --- */

void readers_writer(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu < 2) {
		down_read(t, &c->sem);
		word_store(t, &c->word[2 + cpu], LOAD(c->word[0]) == LOAD(c->word[1]));
		up_read(t, &c->sem);
		return;
	}
	down_write(t, &c->sem);
	STORE(c->word[0], 1);
	STORE(c->word[1], 1);
	up_write(t, &c->sem);
}

const struct site *check_readers(struct classic *c)
{
	return word_peek(&c->word[2]) && word_peek(&c->word[3]) ? NULL : SITE("readers see pairs");
}

/* --- waits --- */

void wait_for_it(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu == 0) {
		STORE(c->word[0], 1);
		STORE(c->word[0], 0);
		STORE(c->word[0], 2);
		return;
	}
	if (await_change(t, &c->word[0], 0))
		word_store(t, &c->word[15], LOAD(c->word[0]));
}

void wait_for_nobody(struct classic *c, struct task *t, uint32_t cpu)
{
	(void)cpu;
	word_store(t, &c->word[cpu], 1 + await_change(t, &c->word[8], 0));
}

const struct site *check_gave_up(struct classic *c)
{
	return word_peek(&c->word[0]) == 1 && word_peek(&c->word[1]) == 1
		       ? NULL
		       : SITE("nobody changed it");
}

uint64_t what_was_seen(const struct classic *c)
{
	return word_peek(&c->word[15]);
}

/* Each waits for the other's word: nobody may be left waiting, or go on too early. */
void handshake(struct classic *c, struct task *t, uint32_t cpu)
{
	bool heard;

	if (cpu == 0)
		STORE(c->word[0], 1);
	heard = await_change(t, &c->word[1 - cpu], 0);
	if (cpu == 1)
		STORE(c->word[1], 1);
	if (!heard)
		machine_report(t, FAULT_INIT_OVERWRITE, SITE("handshake"), "not heard");
}

/* One reader leaves only when the other is inside, too. */
void two_readers_inside(struct classic *c, struct task *t, uint32_t cpu)
{
	down_read(t, &c->sem);
	if (cpu == 1)
		STORE(c->word[0], 1);
	else if (!await_change(t, &c->word[0], 0))
		machine_report(t, FAULT_INIT_OVERWRITE, SITE("two inside"), "alone");
	up_read(t, &c->sem);
}

/* Readers may see each other inside, or not. */
void readers_overlap(struct classic *c, struct task *t, uint32_t cpu)
{
	down_read(t, &c->sem);
	STORE(c->word[cpu], 1);
	word_store(t, &c->word[2 + cpu], LOAD(c->word[1 - cpu]));
	STORE(c->word[cpu], 0);
	up_read(t, &c->sem);
}

/* A reader takes the rwsem again; a writer that has queued in between holds both up forever. */
void reads_twice(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu == 1) {
		down_write(t, &c->sem);
		up_write(t, &c->sem);
		return;
	}
	down_read(t, &c->sem);
	down_read(t, &c->sem);
	up_read(t, &c->sem);
	up_read(t, &c->sem);
}

/* Writers queue behind a writer, and nobody can see in which order. */
void writers_queue(struct classic *c, struct task *t, uint32_t cpu)
{
	down_write(t, &c->sem);
	STORE(c->word[0], LOAD(c->word[0]) + 1);
	word_store(t, &c->word[15], word_peek(&c->word[15]) * 4 + cpu + 1);
	up_write(t, &c->sem);
}

/* Both readers have to be inside at once, which a writer that queues between them prevents. */
void writer_between(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu == 0) {
		down_write(t, &c->sem);
		word_store(t, &c->word[3], observe(t, word_load(t, &c->word[1])));
		up_write(t, &c->sem);
		return;
	}
	down_read(t, &c->sem);
	STORE(c->word[cpu], 1);
	await_change(t, &c->word[3 - cpu], 0);
	up_read(t, &c->sem);
}

/* Whether a writer has queued when the machine stops does not change the order of accesses. */
void writers_and_a_stop(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu == 2) {
		point(t, POINT_STOP, &c->word[2], SITE("stop"));
		return;
	}
	down_write(t, &c->sem);
	STORE(c->word[cpu], 1);
	up_write(t, &c->sem);
}

/*
 * A thread that waits for a change, and holds the lock that the other needs for it, waits forever;
 * the other way round all is well. A search has to look at accesses still to come to see that.
 */
void wait_with_the_lock(struct classic *c, struct task *t, uint32_t cpu)
{
	spin_lock(t, &c->lock[0]);
	if (cpu == 0)
		await_change(t, &c->word[0], 0);
	else
		STORE(c->word[0], 1);
	spin_unlock(t, &c->lock[0]);
}
