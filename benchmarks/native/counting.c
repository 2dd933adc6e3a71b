/* SPDX-License-Identifier: MIT */
/*
 * What the stress engine pays per operation for its books: the count alone, and the count with
 * its latency, beside two reads of the cycle counter and one bucket. Nanoseconds each (the
 * lowest tenth of many short windows), the operation's body included.
 *
 *   counting ROUNDS
 */
#include <stdio.h>
#include <stdlib.h>

#include "park.h"
#include "worker.h"

#define OPS 4096  /* a power of two: the drawn operations, gone through again and again */
#define PASSES 16 /* over them in one timed window */

static struct worker *worker;
static uint8_t op[OPS];
static int16_t result[OPS];

enum loop { LOOP_EMPTY, LOOP_COUNT, LOOP_LATENCY, LOOP_BARE_CLOCK };

/*
 * Stands for the operation itself: a chain of multiplications, about 20 ns, so that counts do not
 * follow each other more closely than they ever do.
 */
static uint64_t body(uint64_t value)
{
	for (unsigned int i = 0; i < 16; i++)
		value = value * UINT64_C(0x9e3779b97f4a7c15) + 1;
	return value;
}

/* Nanoseconds per operation of one window. */
static double window(enum loop loop)
{
	uint64_t began = clock_ns(), value = began;

	for (unsigned int pass = 0; pass < PASSES; pass++)
		for (unsigned int i = 0; i < OPS; i++) {
			uint64_t before = 0;

			if (loop >= LOOP_LATENCY)
				before = ticks();
			value = body(value);
			__asm__ volatile("" ::"r"(value), "r"((int)op[i]), "r"((int)result[i]));
			if (loop == LOOP_LATENCY)
				histogram_add(&worker->latency[op[i]], ticks() - before);
			if (loop == LOOP_BARE_CLOCK)
				counter_bump(&worker->latency[0]
						      .bucket[histogram_bucket(ticks() - before)]);
			if (loop == LOOP_COUNT || loop == LOOP_LATENCY)
				worker_count(worker, (enum op_code)op[i], result[i]);
		}
	return (double)(clock_ns() - began) / ((double)OPS * PASSES);
}

static int by_value(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

int main(int argc, char **argv)
{
	static const char *const name[] = {"empty", "count", "latency", "bareClock"};
	unsigned int rounds = argc > 1 ? (unsigned int)strtoul(argv[1], NULL, 10) : 201;
	double *ns = calloc((size_t)rounds * 4, sizeof(*ns));
	static struct run run;

	worker = aligned_alloc(128, sizeof(*worker));
	if (!worker || !ns || !rounds)
		return 2;
	__builtin_memset(worker, 0, sizeof(*worker));
	worker->run = &run;
	worker->random = 88172645463325252u;
	for (uint32_t row = 0; row < errno_count; row++)
		run.errno_row[(uint8_t)errno_table[row].value] = (uint8_t)(row + 1);
	for (unsigned int i = 0; i < OPS; i++) {
		op[i] = (uint8_t)(worker_random(worker) % OP_COUNT);
		result[i] = worker_random(worker) & 1
				    ? 0
				    : (int16_t)-errno_table[i % errno_count].value;
	}
	for (unsigned int round = 0; round < rounds; round++)
		for (unsigned int loop = 0; loop < 4; loop++)
			ns[loop * rounds + round] = window((enum loop)loop);
	printf("{");
	for (unsigned int loop = 0; loop < 4; loop++) {
		qsort(ns + loop * rounds, rounds, sizeof(*ns), by_value);
		printf("%s\"%s\": %.3f", loop ? ", " : "", name[loop],
		       ns[loop * rounds + rounds / 10]);
	}
	printf("}\n");
	free(ns);
	free(worker);
	return 0;
}
