/* SPDX-License-Identifier: MIT */
/*
 * How a run is started, watched and stopped. Plain C types, so that the addon can include it.
 *
 * A run owns its pthreads: the players, and one controller that calls the listener. Nothing
 * here blocks but run_join_free().
 */
#ifndef DMTORTURE_ENGINE_H
#define DMTORTURE_ENGINE_H

#include "report.h"

#ifdef __cplusplus
extern "C" {
#endif

struct run;

/*
 * Thread programs travel as 32-bit words: an op is its code in bits 0..6 and its minor in bits
 * 8..31, ANY_MINOR where none is given. With NAME_FOLLOWS the next word is the name of the device
 * that it creates, below ANY_MINOR. A set of programs is, in this order: before, after, cpu1, cpu2,
 * ..., each as the number of its ops followed by them. An empty set is a storm.
 */
#define ANY_MINOR 0xffffffu
#define NAME_FOLLOWS 0x80u
#define PROGRAM_OPS_MAX 256
#define PROGRAM_CPUS_MAX MODEL_THREADS

struct run_input {
	struct plan plan;
	uint32_t mix[OP_ROWS_MAX]; /* weights of a storm by op code; all 0: op_table's */
	const uint32_t *programs;  /* copied by run_start() */
	size_t programs_len;
	bool look; /* outcomes include what the programs left behind; see left.h */
};

/*
 * Called on the controller's thread, one at a time. Pointers are valid during the call. A
 * non-zero return means that nobody listens any more: the run stops and calls no further.
 */
struct listener {
	int (*progress)(void *context, const struct progress *progress);
	int (*fault)(void *context, const struct fault_note *fault);
	int (*finished)(void *context, const struct report *report);
	void *context;
};

/*
 * Start a run. Returns 0; -EINVAL (a row of the plan out of range, bad programs), -ENOMEM,
 * -EAGAIN (no more threads). On success the caller owns *@run.
 */
int run_start(struct run **run, const struct run_input *input, const struct listener *listener);
/* Ask the run to end; it reports what it has. Context: any thread, any number of times. */
void run_stop(struct run *run);
/* Wait until every thread has ended and free the run. Stops nothing by itself. */
void run_join_free(struct run *run);

#ifdef __cplusplus
}
#endif
#endif
