/* SPDX-License-Identifier: MIT */
/*
 * The oracle against what is known, without the engine: the litmus table, GenMC's counts, and for
 * sequential consistency and x86-TSO a machine that shares nothing with the axioms.
 */
#include <stdio.h>

#include "check.h"
#include "oracle.h"
#include "litmus_random.h"
#include "table.h"

#define PROGRAMS 1000

static struct verdict verdict;

static void expect(const struct litmus_row *row, const struct litmus *l, enum axioms axioms,
		   bool allowed)
{
	oracle(l, axioms, false, &verdict);
	if (outcomes_have(&verdict.outcomes, row->outcome) != allowed)
		printf("  %s: %s\n", row->name, row->text);
	CHECK_EQ(outcomes_have(&verdict.outcomes, row->outcome), allowed);
}

static void expect_graphs(const struct litmus_row *row, uint64_t graphs)
{
	if (verdict.graphs != graphs)
		printf("  %s: %s\n", row->name, row->text);
	CHECK_EQ(verdict.graphs, graphs);
}

static void table_of_outcomes(void)
{
	CHECK_EQ(litmus_row_count, 73);
	for (uint32_t i = 0; i < litmus_row_count; i++) {
		const struct litmus_row *row = &litmus_rows[i];
		struct litmus l = litmus_of(row);

		expect(row, &l, AXIOMS_RC11, row->rc11);
		expect_graphs(row, row->graphs);
		expect(row, &l, AXIOMS_PUBLISHED, row->published);
		expect_graphs(row, row->graphs_published);
		expect(row, &l, AXIOMS_APPEND, row->append);
		expect(row, &l, AXIOMS_TSO, row->tso);
		expect(row, &l, AXIOMS_SC, row->sc);
	}
}

static void counts_of_genmc(void)
{
	uint32_t compared = 0;

	for (uint32_t i = 0; i < litmus_row_count; i++) {
		const struct litmus_row *row = &litmus_rows[i];
		struct litmus l = litmus_of(row);

		if (!row->genmc)
			continue;
		oracle(&l, AXIOMS_GENMC, false, &verdict);
		expect_graphs(row, row->genmc);
		compared++;
	}
	CHECK_EQ(compared, 42);
}

/* C++20 shortened release sequences: a later store of the same thread does not belong to them. */
static void release_sequences(void)
{
	static const char *const text[] = {"Wx1 Wy1.rel Wy2 | Ry.acq Rx",
					   "Wx1 Wy1.rel Wy2 | Ay1 | Ry.acq Rx",
					   "Wx1 F.rel Wy1 Wy2 | Ry.acq Rx"};
	static const char *const outcome[] = {"20??", "230??", "20??"};
	static const bool as_cpp20[] = {true, true, false};

	for (uint32_t i = 0; i < 3; i++) {
		struct litmus l;

		CHECK(litmus_parse(text[i], &l));
		oracle(&l, AXIOMS_RC11, false, &verdict);
		CHECK_EQ(outcomes_have(&verdict.outcomes, outcome[i]), as_cpp20[i]);
		oracle(&l, AXIOMS_RC11, true, &verdict);
		CHECK(!outcomes_have(&verdict.outcomes, outcome[i]));
	}
}

static void data_races(void)
{
	static const struct {
		const char *text;
		bool races;
		uint64_t graphs;
	} row[] = {
		{"Wx1.na Wy1.rel | Ry.acq", false, 2},
		{"Wx1.na Wy1.rel | Ry.acq Rx.na", true, 1},
		{"Wx1.na Wy1 | Cy12.acq", false, 2},
		{"Wx1.na | Rx.na", true, 0},
		{"Rx.na | Rx.na", false, 1},
		{"Wx1.na | Rx", true, 0},
		{"Wx1 | Rx", false, 2},
		{"Wx1.na F.sc Ry | Wy1 F.sc Rx.na", true, 0},
	};

	for (uint32_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct litmus l;

		CHECK(litmus_parse(row[i].text, &l));
		oracle(&l, AXIOMS_RC11, false, &verdict);
		if (verdict.races != row[i].races || verdict.graphs != row[i].graphs)
			printf("  %s\n", row[i].text);
		CHECK_EQ(verdict.races, row[i].races);
		CHECK_EQ(verdict.graphs, row[i].graphs);
	}
}

static uint32_t differ(const struct litmus *l, bool buffers)
{
	static struct outcomes steps;
	char text[LITMUS_TEXT];

	oracle(l, buffers ? AXIOMS_TSO : AXIOMS_SC, false, &verdict);
	interleave(l, buffers, &steps);
	if (outcomes_are(&verdict.outcomes, &steps))
		return 0;
	litmus_print(l, text);
	printf("  %s: %s: axioms %u, steps %u\n", buffers ? "tso" : "sc", text,
	       verdict.outcomes.count, steps.count);
	return 1;
}

static void axioms_are_steps(void)
{
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < litmus_row_count; i++) {
		struct litmus l = litmus_of(&litmus_rows[i]);

		wrong += differ(&l, false) + differ(&l, true);
	}
	for (uint32_t i = 0; i < PROGRAMS; i++) {
		struct litmus l = random_litmus(false);

		wrong += differ(&l, false) + differ(&l, true);
	}
	CHECK_EQ(wrong, 0);
}

static void texts_are_programs(void)
{
	static const char *const wrong[] = {
		"Q",  "W", "Wx", "Wq1", "Rx.foo", "Cx0", "Wx1 | | | | | Rx", "Rx Rx Rx Rx Rx Rx Rx",
		"Rx1"};
	char text[LITMUS_TEXT];
	struct litmus l;

	for (uint32_t i = 0; i < litmus_row_count; i++) {
		l = litmus_of(&litmus_rows[i]);
		litmus_print(&l, text);
		CHECK_TEXT(text, litmus_rows[i].text);
	}
	for (uint32_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		CHECK(!litmus_parse(wrong[i], &l));
	CHECK(litmus_parse("Wx1.rlx Rx.na", &l));
	CHECK_EQ(l.op[0][0].order, ORDER_RELAXED);
	CHECK_EQ(l.op[0][1].order, ORDER_NONE);
}

static const struct test tests[] = {
	{"texts are programs", texts_are_programs},
	{"table of outcomes and graphs", table_of_outcomes},
	{"counts of GenMC", counts_of_genmc},
	{"release sequences", release_sequences},
	{"data races", data_races},
	{"axioms are steps", axioms_are_steps},
};
TESTS(tests)
