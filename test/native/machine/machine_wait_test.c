/* SPDX-License-Identifier: MIT */
/* Words, waiting, faults and abandoned worlds on the threads machine. */
#include "room.h"

#include <pthread.h>
#include <unistd.h>

#include "bug.h"

#define ROUNDS 50000
/* --- words --- */

static void word_functions(void)
{
	struct room *r = room_open(1);
	struct task *t = &r->stand->task[0];
	struct word *w = &r->word;

	word_store(t, w, 5);
	CHECK_EQ(word_peek(w), 5);
	CHECK_EQ(word_add(t, w, 2), 5);
	CHECK_EQ(word_add(t, w, -(uint64_t)7), 7);
	CHECK_EQ(word_peek(w), 0);
	CHECK_EQ(word_add_unless(t, w, 1, 0), 0);
	CHECK_EQ(word_peek(w), 0);
	CHECK_EQ(word_add_unless(t, w, 3, 1), 0);
	CHECK_EQ(word_peek(w), 3);
	CHECK_EQ(word_or(t, w, 12), 3);
	CHECK_EQ(word_peek(w), 15);
	CHECK_EQ(word_replace(t, w, 14, 1), 15);
	CHECK_EQ(word_peek(w), 15);
	CHECK_EQ(word_replace(t, w, 15, UINT64_MAX), 15);
	CHECK_EQ(word_peek(w), UINT64_MAX);
	CHECK_EQ(observe(t, 42), 42);
	point(t, POINT_WRITE, w, SITE("nothing"));
	point_wrote_nothing(t);
	stand_close(r->stand);
}

static uint64_t times(uint64_t value, uint64_t by)
{
	return value * by;
}

static void words_by_order(void)
{
	static const enum word_order orders[] = {ORDER_RELAXED, ORDER_ACQUIRE, ORDER_RELEASE,
						 ORDER_ACQ_REL, ORDER_SEQ_CST};
	struct room *r = room_open(1);
	struct task *t = &r->stand->task[0];
	struct word *w = &r->word;

	CHECK_EQ(SITE_ORDERED(ORDER_RELEASE, "store")->order, ORDER_RELEASE);
	CHECK_EQ(SITE("says no order")->order, ORDER_NONE);
	CHECK_EQ(atomic_order(ORDER_ACQ_REL), memory_order_acq_rel);
	CHECK_EQ(order_of_load(ORDER_RELEASE), memory_order_relaxed);
	CHECK_EQ(order_of_load(ORDER_ACQ_REL), memory_order_acquire);
	CHECK_EQ(order_of_store(ORDER_ACQUIRE), memory_order_relaxed);
	CHECK_EQ(order_of_store(ORDER_ACQ_REL), memory_order_release);
	CHECK_EQ(order_of_store(ORDER_SEQ_CST), memory_order_seq_cst);
	for (unsigned int i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		const struct site *site = SITE("by order");

		word_write(t, w, 5, orders[i], site);
		CHECK_EQ(word_read(t, w, orders[i], site), 5);
		CHECK_EQ(word_update(t, w, times, 3, orders[i], site), 5);
		CHECK_EQ(word_load(t, w), 15);
		CHECK_EQ(word_update(t, w, times, 1, orders[i], site), 15);
		CHECK_EQ(word_cas(t, w, 14, 1, orders[i], site), 15);
		CHECK_EQ(word_peek(w), 15);
		CHECK_EQ(word_cas(t, w, 15, 2, orders[i], site), 15);
		CHECK_EQ(word_map(t, w, times, 4), 2);
		CHECK_EQ(word_peek(w), 8);
		fence(t, orders[i], site);
		word_point(t, POINT_WRITE, w, orders[i], site);
		word_store(t, w, 0);
	}
	stand_close(r->stand);
}

static uint64_t one_more(uint64_t value, uint64_t by)
{
	return value + 1 + by;
}

static void count_up(struct task *t, void *context)
{
	struct room *r = context;
	uint64_t now;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		point(t, POINT_RMW, &r->word, SITE("count"));
		word_add(t, &r->word, 1);
		do
			now = word_peek(&r->other);
		while (word_replace(t, &r->other, now, now + 1) != now);
		word_update(t, &r->third, one_more, 0, ORDER_RELAXED, SITE("third++"));
		do
			now = word_read(t, &r->fourth, ORDER_RELAXED, SITE("fourth"));
		while (word_cas(t, &r->fourth, now, now + 1, ORDER_RELAXED, SITE("cas")) != now);
	}
}

static void words_are_atomic(void)
{
	struct room *r = room_open(4);

	CHECK_EQ(stand_run(r->stand, count_up, r), 4);
	CHECK_EQ(word_peek(&r->word), 4 * ROUNDS);
	CHECK_EQ(word_peek(&r->other), 4 * ROUNDS);
	CHECK_EQ(word_peek(&r->third), 4 * ROUNDS);
	CHECK_EQ(word_peek(&r->fourth), 4 * ROUNDS);
	stand_close(r->stand);
}

/* --- waiting for a change --- */

static void change_or_wait(struct task *t, void *context)
{
	struct room *r = context;

	if (t->common.cpu == 0) {
		nap_ms(20);
		word_store(t, &r->word, 1);
		r->answer[0] = true;
		return;
	}
	r->answer[t->common.cpu] = await_change(t, &r->word, 0) && word_peek(&r->word) == 1;
}

static void a_change_wakes(void)
{
	struct room *r = room_open(3);

	CHECK_EQ(stand_run(r->stand, change_or_wait, r), 3);
	CHECK(r->answer[0] && r->answer[1] && r->answer[2]);
	CHECK(await_change(&r->stand->task[1], &r->word, 0));
	CAUGHT_NOTHING(r->stand);
	stand_close(r->stand);
}

static void all_await(struct task *t, void *context)
{
	struct room *r = context;

	if (t->common.cpu == 0)
		nap_ms(20);
	else
		r->answer[t->common.cpu] = await_change(t, &r->word, 0);
}

static void nobody_is_left(void)
{
	struct room *r = room_open(4);
	uint64_t began = now_ms();

	r->answer[1] = r->answer[2] = r->answer[3] = true;
	CHECK_EQ(stand_run(r->stand, all_await, r), 4);
	CHECK(!r->answer[1] && !r->answer[2] && !r->answer[3]);
	CHECK(now_ms() - began < 10000);
	CAUGHT_NOTHING(r->stand);
	stand_close(r->stand);
}

/* --- faults and abandoned worlds --- */

/* What cpu2 to cpu5 are caught in the middle of. */
static void wait_in_every_way(struct task *t, struct room *r)
{
	switch (t->common.cpu) {
	case 1:
		spin_lock(t, &r->spin[0]);
		return;
	case 2:
		down_read(t, &r->sem);
		return;
	case 3:
		await_change(t, &r->word, 0);
		return;
	default:
		for (;;)
			point(t, POINT_READ, &r->word, SITE("round and round"));
	}
}

static void take_both_and_fault(struct task *t, void *context)
{
	struct room *r = context;

	if (t->common.cpu) {
		while (word_peek(&r->other) == 0)
			point(t, POINT_READ, &r->other, SITE("until cpu1 holds both"));
		wait_in_every_way(t, r);
		return;
	}
	down_write(t, &r->sem);
	spin_lock(t, &r->spin[0]);
	word_store(t, &r->other, 1);
	nap_ms(30);
	oops(t, DOUBLE_FREE, SITE("planted"), "number %d", 7);
}

static void a_fault_takes_all_along(void)
{
	struct room *r = room_open(5);
	const struct caught *caught;
	uint64_t began = now_ms();

	r->stand->machine.watchdog_ns = UINT64_C(60000000000);
	CHECK_EQ(stand_run(r->stand, take_both_and_fault, r), 0);
	CHECK(now_ms() - began < 10000);
	caught = CAUGHT(r->stand, DOUBLE_FREE, 0);
	CHECK(caught && caught->line);
	if (caught) {
		CHECK_TEXT(caught->message, "number 7");
		CHECK_TEXT(caught->text, "planted");
		CHECK_TEXT(caught->func, "take_both_and_fault");
	}
	for (unsigned int i = 0; i < 5; i++)
		CHECK(r->stand->task[i].left);
	stand_close(r->stand);
}

static void *abandon_later(void *stand)
{
	nap_ms(30);
	machine_abandon(&((struct stand *)stand)->machine);
	return NULL;
}

static void wait_for_nobody(struct task *t, void *context)
{
	struct room *r = context;

	for (;;) {
		if (t->common.cpu == 0)
			point(t, POINT_READ, &r->word, SITE("round and round"));
		else
			await_change(t, &r->word, 0);
	}
}

static void abandoned_from_outside(void)
{
	struct room *r = room_open(3);
	pthread_t thread;

	pthread_create(&thread, NULL, abandon_later, r->stand);
	CHECK_EQ(stand_run(r->stand, wait_for_nobody, r), 0);
	pthread_join(thread, NULL);
	CAUGHT_NOTHING(r->stand);
	stand_close(r->stand);
}

static void report_and_go_on(struct task *t, void *context)
{
	struct room *r = context;

	machine_report(t, FAULT_MINOR_LEAK, SITE("planted"), "minor %d", 3);
	r->answer[0] = true;
	point(t, POINT_READ, &r->word, SITE("leaves here"));
	r->answer[1] = true;
}

static void a_report_goes_on(void)
{
	struct room *r = room_open(1);

	CHECK(!attempt(&r->stand->task[0], report_and_go_on, r));
	CHECK(r->answer[0] && !r->answer[1]);
	CAUGHT(r->stand, MINOR_LEAK, 0);
	stand_close(r->stand);
}

/* A bug of ours is told apart from a fault: a line, and the end of the process. */
static void make_nonsense(void)
{
	machine_bug("nonsense %d", 5);
}

static void a_bug_aborts(void)
{
	char line[256];

	bug_of(make_nonsense, line, sizeof(line));
	CHECK_TEXT(line, "dmtorture bug: nonsense 5");
}

static const struct test tests[] = {
	{"words", word_functions},
	{"words by order", words_by_order},
	{"words are atomic", words_are_atomic},
	{"await_change: a change wakes", a_change_wakes},
	{"await_change: nobody is left", nobody_is_left},
	{"a fault takes every task along", a_fault_takes_all_along},
	{"a world abandoned from outside", abandoned_from_outside},
	{"a report goes on to the next point", a_report_goes_on},
	{"a bug of our own aborts", a_bug_aborts},
};

TESTS(tests)
