/* SPDX-License-Identifier: MIT */
/* From a schedule to the trace of its execution. */
#ifndef DMTORTURE_STORY_H
#define DMTORTURE_STORY_H

#include "explore.h"
#include "memory.h"
#include "trace.h"

/* What a model adds to its traces. Functions may be NULL. */
struct teller {
	/* What thread @cpu is doing. */
	void (*doing)(const struct fibers *f, uint32_t cpu, uint32_t *op, uint32_t *minor);
	/* What thread @cpu does, a text to be freed; NULL without memory. */
	char *(*title)(const struct explore_model *model, uint32_t cpu);
	/* Set the object and the field that @a touches, and whether it is of the background. */
	void (*touches)(const struct fibers *f, const struct access *a, struct trace_line *line);
	/*
	 * Name @value, which access @a read or wrote, in @text of TRACE_VALUE_MAX. Returns
	 * false to have it printed as a number. An empty text leaves the value out.
	 */
	bool (*value)(const struct fibers *f, const struct access *a, uint64_t value, char *text);
	/* The execution has ended; what it met is in @f. */
	void (*ended)(const struct fibers *f);
	bool bare;	    /* the caller itself asks which orders are missing: lacks.h */
	uint32_t steps_max; /* the execution is cut off there; 0: STEPS_MAX */
	/* Under RC11: orders that stand in for those of sites, beside the plan's. */
	const struct digest_order *orders;
	uint32_t order_count;
};

/* A fault of an execution that has several. */
struct wanted_fault {
	uint32_t kind; /* enum fault_kind, or EXPLORE_ANY_FAULT */
	uint32_t site; /* site_digest(); 0: anywhere */
};

/* What @a is in a trace. */
enum trace_kind trace_kind_of(const struct access *a);
/*
 * Run @schedule on @model and make its trace; the story is that of @wanted, where it comes. Of
 * @plan are read: run_on, races, memory, orders, order_count, c11_sequences. Returns 0 or -errno as
 * explore() does; free *@trace.
 */
int explore_tell_as(const struct explore_model *model, const struct explore_plan *plan,
		    const struct schedule *schedule, const struct teller *teller,
		    struct wanted_fault wanted, struct trace *trace);
/* The same under sequential consistency, and the story is that of the first fault. */
int explore_tell(const struct explore_model *model, const struct schedule *schedule, bool run_on,
		 bool races, const struct teller *teller, struct trace *trace);
/* The same under sequential consistency. */
int explore_tell_of(const struct explore_model *model, const struct schedule *schedule, bool run_on,
		    bool races, const struct teller *teller, struct wanted_fault wanted,
		    struct trace *trace);

#endif
