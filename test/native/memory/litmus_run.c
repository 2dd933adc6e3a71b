/* SPDX-License-Identifier: MIT */
#include "litmus_run.h"

#include "check.h"

#define OP_TEXT 12

const enum explore_strategy litmus_strategy[LITMUS_STRATEGIES] = {EXPLORE_STATEFUL, EXPLORE_DFS};

struct program {
	struct machine machine;
	struct word place[LITMUS_PLACES];
	struct word idle;
};

struct local {
	struct task task; /* must be first */
	uint64_t got[LITMUS_OPS];
};

struct context {
	const struct litmus *litmus;
	struct litmus_run *run;
	struct site site[LITMUS_THREADS][LITMUS_OPS];
	char text[LITMUS_THREADS][LITMUS_OPS][OP_TEXT];
};

static bool has_access(const struct litmus *l, uint32_t t)
{
	for (uint32_t i = 0; i < l->length[t]; i++)
		if (l->op[t][i].kind != 'F')
			return true;
	return false;
}

/* The explorer wants two threads that come to a point: others that read for nothing are added. */
static uint32_t threads_of(const struct litmus *l)
{
	uint32_t with_access = 0;

	for (uint32_t t = 0; t < l->threads; t++)
		with_access += has_access(l, t);
	return l->threads + (with_access < 2 ? 2 - with_access : 0);
}

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	struct program *p = memory;

	(void)context;
	machine_init(&p->machine, &nobody);
	return &p->machine;
}

static uint64_t plus(uint64_t value, uint64_t by)
{
	return (value + by) & 15;
}

static uint64_t exchanged(uint64_t value, uint64_t by)
{
	(void)value;
	return by;
}

static uint64_t load(struct task *t, struct word *w, enum word_order order, const struct site *site)
{
	if (order != ORDER_NONE)
		return word_read(t, w, order, site);
	point(t, POINT_READ_PLAIN, w, site);
	return observe(t, word_load(t, w));
}

static void store(struct task *t, struct word *w, uint64_t value, enum word_order order,
		  const struct site *site)
{
	if (order != ORDER_NONE) {
		word_write(t, w, value, order, site);
		return;
	}
	point(t, POINT_WRITE_PLAIN, w, site);
	word_store(t, w, value);
}

/* Returns what it read. @last: what the thread read before. */
static uint64_t run_op(struct program *p, struct task *t, const struct litmus_op *op, uint64_t last,
		       const struct site *site)
{
	struct word *w = &p->place[op->place];

	switch (op->kind) {
	case 'R':
		return load(t, w, op->order, site);
	case 'W':
		store(t, w, op->forwards ? last : op->value, op->order, site);
		return 0;
	case 'A':
		return word_update(t, w, plus, op->value, op->order, site);
	case 'X':
		return word_update(t, w, exchanged, op->value, op->order, site);
	case 'C':
		return word_cas(t, w, op->value, op->swap, op->order, site);
	default:
		fence(t, op->order, site);
		return 0;
	}
}

static void enter(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct local *local = (struct local *)t;

	(void)context;
	task_init(t, &((struct program *)memory)->machine, cpu);
	for (uint32_t i = 0; i < LITMUS_OPS; i++)
		local->got[i] = 0;
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	const struct context *c = context;
	struct program *p = memory;
	struct local *local = (struct local *)t;
	uint64_t last = 0, digest = 0;

	if (cpu >= c->litmus->threads)
		return word_read(t, &p->idle, ORDER_RELAXED, SITE("idle"));
	for (uint32_t i = 0; i < c->litmus->length[cpu]; i++) {
		const struct litmus_op *op = &c->litmus->op[cpu][i];
		uint64_t got = run_op(p, t, op, last, &c->site[cpu][i]);

		if (!litmus_reads(op))
			continue;
		last = local->got[i] = got;
		digest = digest << 4 | got;
	}
	return digest;
}

static void outcome(void *context, struct fibers *f, bool faulted)
{
	const struct context *c = context;
	const struct program *p = (const struct program *)f->hot.memory;
	uint64_t end = 0;

	if (faulted)
		return;
	for (uint32_t cpu = 0; cpu < c->litmus->threads; cpu++)
		for (uint32_t i = 0; i < c->litmus->length[cpu]; i++)
			if (litmus_reads(&c->litmus->op[cpu][i]))
				end = end << 4 |
				      ((const struct local *)f->fiber[cpu].local)->got[i];
	for (uint32_t i = 0; i < c->litmus->places; i++)
		end = end << 4 | word_peek(&p->place[i]);
	outcomes_add(&c->run->outcomes, end);
}

static void name_sites(struct context *c)
{
	static const char *const func[LITMUS_THREADS] = {"cpu1", "cpu2", "cpu3", "cpu4", "cpu5"};

	for (uint32_t t = 0; t < c->litmus->threads; t++) {
		for (uint32_t i = 0; i < c->litmus->length[t]; i++) {
			litmus_print_op(&c->litmus->op[t][i], c->text[t][i], OP_TEXT);
			c->site[t][i] = (struct site){.func = func[t],
						      .text = c->text[t][i],
						      .line = i + 1,
						      .order = c->litmus->op[t][i].order,
						      .file = __FILE__};
		}
	}
}

void litmus_explore(const struct litmus *l, struct explore_plan plan, struct litmus_run *run)
{
	static struct context context; /* sites outlive the search */
	struct explore_model model = {.threads = threads_of(l),
				      .memory_bytes = sizeof(struct program),
				      .local_bytes = sizeof(struct local),
				      .init = init,
				      .enter = enter,
				      .thread = thread,
				      .outcome = outcome,
				      .context = &context};
	struct explore_report report;
	int r;

	context = (struct context){.litmus = l, .run = run};
	*run = (struct litmus_run){0};
	name_sites(&context);
	plan.all_faults = true;
	plan.preemptions_max = UINT32_MAX;
	r = explore(&model, &plan, &report);
	if (!CHECK_EQ(r, 0)) {
		check_same_text(report.refused, "", __FILE__, __LINE__);
		return;
	}
	run->graphs = report.traces;
	run->states = report.states;
	run->executions = report.executions;
	run->exhausted = report.exhausted;
	run->races = report.fault_kinds >> FAULT_DATA_RACE & 1;
	run->other_faults = report.fault_kinds & ~(1u << FAULT_DATA_RACE);
	explore_report_free(&report);
}
