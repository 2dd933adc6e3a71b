/* SPDX-License-Identifier: MIT */
/*
 * The trace of one execution as a story: one line a step, with values, which write a read came
 * from, the notes passed, and the fault. Plain C types, so that the addon can include it.
 */
#ifndef DMTORTURE_TRACE_H
#define DMTORTURE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "place.h"
#include "tables.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TRACE_VALUE_MAX 32
#define TRACE_MESSAGE_MAX 256
#define TRACE_NOBODY UINT32_MAX

struct trace_line {
	uint32_t step;	    /* from 1; an unlock has that of the step it follows */
	uint32_t cpu;	    /* from 0 */
	uint32_t kind;	    /* enum trace_kind */
	uint32_t op, minor; /* what the thread was doing; NO_OP, NO_MINOR */
	const struct site *site;
	const char *object, *field; /* what it touched; static; NULL: the model does not say */
	bool background;	    /* every operation begins and ends with such a step */
	bool has_read, has_written;
	char read[TRACE_VALUE_MAX];
	char was[TRACE_VALUE_MAX], wrote[TRACE_VALUE_MAX];
	uint32_t from_step, from_cpu; /* of the write that was read, another's; or TRACE_NOBODY */
	/*
	 * Of a memory model that is not sequentially consistent: what the schedule says that the
	 * access does, see struct deviation; the newest write that it did not read, where it read
	 * an older one, and whether that waits in a buffer; the write that its own landed before,
	 * and the next of them in modification order; or TRACE_NOBODY. Where one of the two is, and
	 * where the fault is a data race, `lacks` is the site whose order would have forbidden it,
	 * and `lacks_order` that order, by its name in C11: `release`; NULL: no order of one site
	 * would have. See lacks.h.
	 */
	uint32_t option;
	uint32_t missed_step, missed_cpu;
	bool missed_waits;
	uint32_t before_step, before_cpu;
	const struct site *lacks;
	const char *lacks_order;
	uint64_t notes; /* bit n: note n was passed after it */
	bool key;	/* the story cannot do without it */
	bool faulted;	/* the fault came with it */
};

struct trace {
	uint32_t cpus;
	char **title; /* owned, of each thread what it does; NULL: the model does not say */
	struct trace_line *line; /* owned */
	size_t count;
	bool reproduced; /* every choice of the schedule could be made */
	bool met;	 /* the fault that was wanted came; with none wanted, any */
	/* Of that fault, else of the first that came. */
	bool faulted;
	uint32_t fault;	    /* kind */
	uint32_t fault_cpu; /* == cpus: found at the end, when everything was put away */
	const struct site *fault_site;
	char message[TRACE_MESSAGE_MAX];
	uint32_t preemptions, steps;
};

void trace_free(struct trace *trace);
/* Where, the access, and its values: "find_md: md->disk  [= cpu1's disk, from step 6 of cpu1]". */
void trace_line_text(const struct trace_line *line, char *text, size_t size);
/*
 * The trace as a diagram, one column a CPU. @all: every line, else the key ones.
 * @width: of a column, in characters. Returns the text, to be freed, or NULL without memory.
 */
char *trace_diagram(const struct trace *trace, uint32_t width, bool all);

#ifdef __cplusplus
}
#endif
#endif
