/* SPDX-License-Identifier: MIT */
/*
 * What a run reports: progress, faults, and the report at its end. Plain C types, so that the
 * addon can include it.
 */
#ifndef DMTORTURE_REPORT_H
#define DMTORTURE_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "place.h"
#include "tables.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FAULT_MESSAGE_MAX 256
#define ERRNO_ROWS_MAX 32
#define OP_ROWS_MAX 64
#define NO_MINOR UINT32_MAX
#define NO_OP UINT32_MAX

/* A fault as users see it. @count > 1: equal ones (kind, site, op) reported as one. */
struct fault_note {
	enum fault_kind kind;
	uint32_t cpu;	/* 0-based */
	uint32_t op;	/* enum op_code, or NO_OP (found at the end of a world) */
	uint32_t minor; /* or NO_MINOR */
	uint64_t count;
	uint64_t at_ns; /* since the start of the run, of the first of them */
	uint64_t world; /* number of the world (round or epoch) it was in */
	const struct site *site;
	char message[FAULT_MESSAGE_MAX];
};

struct progress {
	uint64_t elapsed_ns;
	uint64_t ops;
	uint64_t rounds; /* worlds finished */
	uint64_t faults;
};

/* Operations of one kind that took up to @upper_ns, and longer than the bucket below. */
struct latency_bucket {
	uint32_t op; /* enum op_code */
	uint64_t upper_ns, count;
};

/* Latencies in nanoseconds; 0 where nothing was measured. */
struct op_stats {
	uint64_t count, ok;
	uint64_t errors[ERRNO_ROWS_MAX]; /* by row of errno_table */
	uint64_t p50_ns, p90_ns, p99_ns, p999_ns, max_ns;
};

enum grade {
	GRADE_ACCEPTABLE,  /* also seen when the programs run one after another */
	GRADE_INTERESTING, /* takes concurrency, breaks no invariant */
	GRADE_FORBIDDEN,   /* a fault */
};

/* One combination of results of a scenario's programs: cpu1's operations first, then cpu2's... */
struct outcome {
	int32_t *results; /* 0 or above: success; -errno; owned by the report */
	uint64_t count;
	enum grade grade;
};

struct report {
	int error;     /* 0, or -ENOMEM: something of what happened is not counted */
	bool complete; /* false: stopped from outside */
	struct progress totals;
	uint64_t notes_seen; /* bit n: note n was passed */
	struct op_stats ops[OP_ROWS_MAX];
	uint64_t faults_by_kind[FAULT_COUNT];
	struct outcome *outcomes; /* owned by the report */
	size_t outcome_count, results_per_outcome;
	struct latency_bucket *latency; /* owned by the report; by op, then the shortest first */
	size_t latency_count;
};

#ifdef __cplusplus
}
#endif
#endif
