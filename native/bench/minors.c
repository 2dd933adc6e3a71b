/* SPDX-License-Identifier: MIT */
#include "minors.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arrays.h"
#include "deadline.h"
#include "stats.h"
#include "ticks.h"

#define PASS_IDS 16384u	      /* of one window: long against a look at the clock */
#define SAMPLE_IDS (1u << 20) /* random ids are drawn beforehand */
#define BATCH_MAX 4096u	      /* ids that are free at once */
#define TABLES_MAX 16
_Static_assert(SAMPLE_IDS > PASS_IDS, "a window is a part of the sample");
#define PASS_NS_GUESS 500000

enum order { SEQUENTIAL, RANDOM, ORDERS };

struct minors {
	const struct minors_trial *trial;
	const struct table_peer *tables[TABLES_MAX];
	void *table[TABLES_MAX];
	uint32_t table_count;
	uint32_t *chain;       /* by id: the next of one cycle through all */
	uint32_t *ids[ORDERS]; /* SAMPLE_IDS each */
	uint32_t *batch;
	uint32_t cursor;
	uint64_t random;
	double *ns[TABLES_MAX]; /* by round */
	double *scratch;
	uint64_t began_ns;
	uint32_t ops_done;
	uintptr_t sink;
};

static const struct table_peer idr_peer = {"idr", &table_ids, 0};
static const struct table_peer radix_peer = {"radix", &table_radix, 0};

const char *table_op_name(enum table_op op)
{
	static const char *const name[TABLE_OPS] = {"find",   "find",  "replace",
						    "remove", "alloc", "remove+add"};

	return name[op];
}

static uint64_t draw(struct minors *m)
{
	uint64_t x = m->random;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	m->random = x;
	return x >> 16;
}

/* Sattolo's algorithm: a permutation that is one cycle. */
static void draw_chain(struct minors *m)
{
	uint32_t population = m->trial->population;

	for (uint32_t i = 0; i < population; i++)
		m->chain[i] = i;
	for (uint32_t i = population - 1; i > 0; i--) {
		uint32_t j = (uint32_t)(draw(m) % i), swapped = m->chain[i];

		m->chain[i] = m->chain[j];
		m->chain[j] = swapped;
	}
}

static int make(struct minors *m)
{
	uint32_t population = m->trial->population;

	m->random = m->trial->seed * 2 + 1;
	m->chain = array_new(population, 1, sizeof(*m->chain));
	m->batch = malloc(PASS_IDS * sizeof(*m->batch));
	m->scratch = array_new(m->trial->rounds, 1, sizeof(*m->scratch));
	for (unsigned int order = 0; order < ORDERS; order++)
		m->ids[order] = malloc(SAMPLE_IDS * sizeof(**m->ids));
	if (!m->chain || !m->batch || !m->scratch || !m->ids[0] || !m->ids[1])
		return -ENOMEM;
	draw_chain(m);
	for (uint32_t i = 0; i < SAMPLE_IDS; i++) {
		m->ids[SEQUENTIAL][i] = i % population;
		m->ids[RANDOM][i] = (uint32_t)(draw(m) % population);
	}
	m->tables[m->table_count++] = &radix_peer;
	m->tables[m->table_count++] = &idr_peer;
	for (uint32_t i = 0; i < m->trial->peer_count && m->table_count < TABLES_MAX; i++)
		m->tables[m->table_count++] = m->trial->peers[i];
	for (uint32_t i = 0; i < m->table_count; i++) {
		m->table[i] = m->tables[i]->ops->make(population, m->chain);
		m->ns[i] = array_new(m->trial->rounds, 1, sizeof(double));
		if (!m->table[i] || !m->ns[i])
			return -ENOMEM;
	}
	return 0;
}

static void unmake(struct minors *m)
{
	for (uint32_t i = 0; i < m->table_count; i++) {
		if (m->table[i])
			m->tables[i]->ops->unmake(m->table[i]);
		free(m->ns[i]);
	}
	for (unsigned int order = 0; order < ORDERS; order++)
		free(m->ids[order]);
	free(m->chain);
	free(m->batch);
	free(m->scratch);
}

static uint64_t timed(struct minors *m, uint32_t table, enum table_op op, struct table_pass *pass)
{
	uint64_t began = monotonic_ns();

	m->sink += m->tables[table]->ops->pass(m->table[table], op, pass);
	return monotonic_ns() - began;
}

/* Ns per operation of one window of an operation that leaves the table as it is. */
static double steady_window(struct minors *m, uint32_t table, enum table_op op, enum order order)
{
	struct table_pass pass = {.ids = m->ids[order] + m->cursor,
				  .count = PASS_IDS,
				  .first = m->ids[RANDOM][m->cursor],
				  .chain = m->chain};

	return (double)timed(m, table, op, &pass) / PASS_IDS;
}

static int by_id(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

/* Distinct ids, a run of them or any; half of the population at most. Returns how many. */
static uint32_t draw_batch(struct minors *m, enum order order)
{
	uint32_t population = m->trial->population;
	uint32_t count = population / 2 < BATCH_MAX ? population / 2 : BATCH_MAX;
	uint32_t stride = population / count,
		 first = (uint32_t)(draw(m) % (population - count + 1));

	if (order == SEQUENTIAL) {
		for (uint32_t i = 0; i < count; i++)
			m->batch[i] = first + i;
		return count;
	}
	/* One out of each stretch, then shuffled. */
	for (uint32_t i = 0; i < count; i++)
		m->batch[i] = i * stride + (uint32_t)(draw(m) % stride);
	for (uint32_t i = count - 1; i > 0; i--) {
		uint32_t j = (uint32_t)(draw(m) % (i + 1)), swapped = m->batch[i];

		m->batch[i] = m->batch[j];
		m->batch[j] = swapped;
	}
	return count;
}

/*
 * Ns per removal, or per allocation: batches are removed and taken again, and one half of that is
 * timed. All tables take the lowest id first, as the IDR does by itself.
 */
static double batch_window(struct minors *m, uint32_t table, enum table_op op, enum order order)
{
	uint64_t spent = 0;
	uint32_t done = 0;

	while (done < PASS_IDS) {
		uint32_t count = draw_batch(m, order);
		struct table_pass pass = {.ids = m->batch, .count = count, .chain = m->chain};
		uint64_t ns = timed(m, table, TABLE_REMOVE, &pass);

		if (op == TABLE_ALLOC) {
			qsort(m->batch, count, sizeof(*m->batch), by_id);
			ns = timed(m, table, TABLE_ALLOC, &pass);
		} else {
			qsort(m->batch, count, sizeof(*m->batch), by_id);
			timed(m, table, TABLE_ALLOC, &pass);
		}
		spent += ns;
		done += count;
	}
	return (double)spent / done;
}

#define OPS_AN_ORDER 5
#define OPS_ALL (ORDERS * OPS_AN_ORDER + 1)

/* Whether the time of the operation that runs is over. */
static bool late(const struct minors *m)
{
	return share_is_over(m->began_ns, m->trial->deadline_ns, m->ops_done, OPS_ALL);
}

static bool stopped(const struct minors *m)
{
	return m->trial->stop && atomic_load(m->trial->stop);
}

static struct bench_figure figure(struct estimate e)
{
	return (struct bench_figure){.median = e.median, .low = e.low, .high = e.high};
}

/* A row for each table. A peer's op is named after it: "find (judy)". */
static int tell(struct minors *m, enum table_op op, const char *order, uint32_t rounds)
{
	int r = 0;

	for (uint32_t i = 1; i < m->table_count && !r && rounds; i++) {
		char name[64];
		struct bench_minor_row row = {.op = table_op_name(op),
					      .order = order,
					      .set = -1,
					      .population = m->trial->population,
					      .threads = 1,
					      .windows = m->ns[i],
					      .window_count = rounds};

		if (m->tables[i]->lacks >> op & 1)
			continue;
		if (i > 1) {
			snprintf(name, sizeof(name), "%s (%s)", row.op, m->tables[i]->slug);
			row.op = name;
		}
		row.vs_bare = figure(estimate_ratio(m->ns[i], m->ns[0], rounds, m->scratch));
		memcpy(m->scratch, m->ns[i], rounds * sizeof(*m->scratch));
		row.ns_per_op = figure(estimate_of(m->scratch, rounds));
		row.bare_windows = m->ns[0];
		r = m->trial->row(m->trial->context, &row);
	}
	return r;
}

static int run_op(struct minors *m, enum table_op op, enum order order)
{
	bool batches = op == TABLE_REMOVE || op == TABLE_ALLOC;
	uint32_t round;

	for (round = 0; round < m->trial->rounds && !stopped(m); round++) {
		if (round && late(m))
			break;
		m->cursor = (uint32_t)(draw(m) % (SAMPLE_IDS - PASS_IDS));
		for (uint32_t i = 0; i < m->table_count; i++) {
			uint32_t table = (round + i) % m->table_count;

			if (m->tables[table]->lacks >> op & 1)
				continue;
			m->ns[table][round] = batches ? batch_window(m, table, op, order)
						      : steady_window(m, table, op, order);
		}
	}
	m->ops_done++;
	return tell(m, op,
		    op == TABLE_CHAIN ? "chain"
		    : order == RANDOM ? "random"
				      : "sequential",
		    round);
}

static int run_all(struct minors *m)
{
	static const enum table_op ops[] = {TABLE_FIND, TABLE_REPLACE, TABLE_REMOVE_ADD,
					    TABLE_REMOVE, TABLE_ALLOC};
	int r = 0;

	for (unsigned int order = 0; order < ORDERS && !r; order++)
		for (unsigned int i = 0; i < sizeof(ops) / sizeof(ops[0]) && !r; i++) {
			/* Of so few the clock would be all there is to see. */
			if (ops[i] >= TABLE_REMOVE && ops[i] <= TABLE_ALLOC &&
			    m->trial->population < 64)
				continue;
			r = run_op(m, ops[i], (enum order)order);
		}
	return r ? r : run_op(m, TABLE_CHAIN, RANDOM);
}

uint64_t minors_ns(const struct minors_trial *trial)
{
	return (uint64_t)trial->rounds * (trial->peer_count + 2) * OPS_ALL * PASS_NS_GUESS;
}

int minors_run(const struct minors_trial *trial)
{
	struct minors m = {.trial = trial};
	int r = make(&m);

	m.began_ns = monotonic_ns();
	if (!r)
		r = run_all(&m);
	unmake(&m);
	return r;
}
