/* SPDX-License-Identifier: MIT */
/*
 * Every reader-writer lock under every memory model: writers exclude each other and readers, a
 * reader sees whole writes, nobody waits for ever, and readers share the lock.
 */
#include <errno.h>
#include <string.h>

#include "kit.h"
#include "rwlock.h"

static struct verify_size size_of(uint32_t writers, uint32_t readers, uint32_t rounds)
{
	return (struct verify_size){
		.threads = writers + readers, .rounds = rounds, .writers = writers};
}

static void check_rows(const struct verify_report *report, bool may_be_cut_off)
{
	for (size_t i = 0; i < report->row_count; i++) {
		const struct verify_row *row = &report->rows[i];
		bool cut_off = may_be_cut_off && row->verdict == VERIFY_UNFINISHED;

		CHECK_EQ(row->fault.kind, FAULT_COUNT);
		CHECK(row->verdict == VERIFY_CLEAN || cut_off);
		CHECK(row->exhausted || cut_off);
		CHECK(row->sites_reached > 0 && row->sites_reached <= row->sites);
	}
}

/*
 * Too many for a test: 1 writer and 2 readers in 2 rounds 5,855,376 and 2 and 2 2,325,412, all met
 * without a fault; of 1 and 3 16,777,216 were met, and there are more. A bias that is set by a
 * relaxed store shows within 22.
 */
#define BRAVO_STATES 300000

static void each_lock(struct verify_size size, uint32_t memories, uint64_t bravo_states)
{
	for (uint32_t i = 0; i < RWLOCK_COUNT; i++) {
		struct verify_input input = {.kind = VERIFY_RWLOCK,
					     .locks = &i,
					     .lock_count = 1,
					     .memories = memories,
					     .sizes = &size,
					     .size_count = 1};
		struct verify_report report;

		if (rwlock_table[i].reference || rwlock_table[i].class == LOCK_CONTROL)
			continue;
		if (i == RWLOCK_ID_bravo)
			input.states_max = bravo_states;
		CHECK_EQ(verify(&input, &report), 0);
		for (size_t row = 0; row < report.row_count; row++)
			kit_print_of(VERIFY_RWLOCK, &report.rows[row]);
		check_rows(&report, input.states_max);
		verify_report_free(&report);
	}
}

/* Those of the table with @threads threads, and there are some. */
static void sizes_of(uint32_t threads)
{
	uint32_t found = 0;

	for (uint32_t i = 0; i < rwlock_size_count; i++) {
		const struct rwlock_size *size = &rwlock_size_table[i];

		if (size->writers + size->readers != threads)
			continue;
		each_lock(size_of(size->writers, size->readers, size->rounds), kit_memories(), 0);
		found++;
	}
	CHECK(found > 0);
}

static void two_threads(void)
{
	sizes_of(2);
}

static void three_threads(void)
{
	sizes_of(3);
}

/* What the table claims of other numbers of threads would be tested nowhere. */
static void every_size(void)
{
	for (uint32_t i = 0; i < rwlock_size_count; i++) {
		uint32_t threads = rwlock_size_table[i].writers + rwlock_size_table[i].readers;

		CHECK(threads == 2 || threads == 3);
	}
}

static void more(void)
{
	const struct verify_size sizes[] = {size_of(1, 2, 2), size_of(2, 1, 2), size_of(2, 2, 1),
					    size_of(1, 3, 1)};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		each_lock(sizes[i], 1u << EXPLORE_RC11, BRAVO_STATES);
}

/* Two readers are in at once; of the optimistic one while a writer comes and goes. */
static void readers_share(void)
{
	struct verify_size sizes[] = {size_of(1, 2, 1), size_of(1, 1, 1)};

	for (uint32_t i = 0; i < RWLOCK_COUNT; i++) {
		struct verify_report report;

		if (rwlock_table[i].reference || rwlock_table[i].class == LOCK_CONTROL)
			continue;
		kit_verify(VERIFY_RWLOCK, i, sizes, 2, kit_memories(), &report);
		for (size_t row = 0; row < report.row_count; row++) {
			bool two = report.rows[row].size.threads == 3;

			CHECK_EQ(report.rows[row].sharing, two ? VERIFY_SHARED : VERIFY_NO_READERS);
		}
		verify_report_free(&report);
	}
}

/* A reader beside a writer, which the control lets in, is seen under every model. */
static void control_fails(void)
{
	struct verify_size size = size_of(1, 1, 1);

	kit_check_control(VERIFY_RWLOCK, RWLOCK_ID_broken_rwlock, &size);
}

/* Which orders of qrwlock are needed, with those of its headers. */
static void barriers(void)
{
	struct verify_size sizes[] = {size_of(1, 1, 1), size_of(2, 0, 1), size_of(1, 2, 1)};
	const uint32_t lock = RWLOCK_ID_qrwlock;
	struct verify_input input = {.kind = VERIFY_RWLOCK,
				     .locks = &lock,
				     .lock_count = 1,
				     .memories = 1u << EXPLORE_RC11,
				     .sizes = sizes,
				     .size_count = 3,
				     .barriers = true};
	bool has_own_header = false, has_shared_header = false;
	struct verify_report report;
	uint32_t needed = 0;

	CHECK_EQ(verify(&input, &report), 0);
	for (size_t i = 0; i < report.barrier_count; i++) {
		const struct verify_barrier *barrier = &report.barriers[i];

		CHECK(barrier->verdict == BARRIER_NEEDED || barrier->verdict == BARRIER_NOT_NEEDED);
		has_own_header |= strstr(barrier->site->file, "qrw.h") != NULL;
		has_shared_header |= strstr(barrier->site->file, "line_up.h") != NULL;
		if (barrier->verdict != BARRIER_NEEDED)
			continue;
		needed++;
		CHECK(barrier->fault.ticket && kit_replays(barrier->fault.ticket));
	}
	CHECK(has_own_header && has_shared_header);
	CHECK(needed > 0);
	verify_report_free(&report);
}

static void what_is_not_there(void)
{
	struct verify_size sizes[] = {size_of(0, 2, 1), size_of(3, 0, 1), {.threads = 2}};
	const uint32_t reference = RWLOCK_ID_pthread_rwlock, lock = RWLOCK_ID_qrwlock;
	struct verify_input input = {.kind = VERIFY_RWLOCK,
				     .locks = &lock,
				     .lock_count = 1,
				     .memories = 1u << EXPLORE_SC,
				     .size_count = 1};
	struct verify_report report;

	sizes[1].objects = 1;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		input.sizes = &sizes[i];
		CHECK_EQ(verify(&input, &report), -EINVAL);
	}
	sizes[0].writers = 1;
	input.sizes = sizes;
	input.locks = &reference;
	CHECK_EQ(verify(&input, &report), -EINVAL);
}

static const struct test tests[] = {
	{"reader-writer locks hold with two threads", two_threads},
	{"reader-writer locks hold with three threads", three_threads},
	{"reader-writer locks hold in two rounds, and with four threads", more},
	{"readers share every reader-writer lock", readers_share},
	{"every size that the table claims is tested", every_size},
	{"the control, which excludes no reader, does not hold", control_fails},
	{"orders that stand in headers are weakened, too", barriers},
	{"what is not there is refused", what_is_not_there},
};
TESTS(tests)
