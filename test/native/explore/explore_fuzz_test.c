/* SPDX-License-Identifier: MIT */
/*
 * Random programs: reads, writes, atomics, locks, waits, and faults that depend on what was read.
 * Complete depth-first search says what is true; DPOR and stateful search have to agree.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "explore.h"

#define WORDS 3
#define LOCKS 2
#define OPS_MAX 4
#define PROGRAMS 3000
#define DFS_MAX 60000 /* executions; larger programs are compared without it */

enum kind {
	READ,
	WRITE,
	ADD,
	CAS,
	LOCKED_WRITE,
	LOCKED_READ,
	FAIL_IF,
	LOCKED_FAIL_IF,
	AWAIT,
	STOP,
	KINDS
};

struct op {
	enum kind kind;
	uint32_t word, lock, value;
};

struct program {
	struct machine machine;
	struct word word[WORDS];
	struct spinlock lock[LOCKS];
};

struct shape {
	uint32_t threads, length[4];
	struct op op[4][OPS_MAX];
};

static uint64_t state = 88172645463325252u;

static uint32_t draw(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)((state >> 32) * below >> 32);
}

static struct shape random_shape(void)
{
	struct shape s = {.threads = 2 + draw(2)};

	for (uint32_t t = 0; t < s.threads; t++) {
		s.length[t] = 1 + draw(OPS_MAX - (s.threads == 3));
		for (uint32_t i = 0; i < s.length[t]; i++)
			s.op[t][i] = (struct op){.kind = (enum kind)draw(KINDS - !!draw(4)),
						 .word = draw(WORDS),
						 .lock = draw(LOCKS),
						 .value = draw(3)};
	}
	return s;
}

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	struct program *p = memory;

	(void)context;
	machine_init(&p->machine, &nobody);
	for (uint32_t i = 0; i < LOCKS; i++)
		spinlock_init(&p->lock[i], SPIN_TTAS);
	return &p->machine;
}

static uint64_t read_word(struct task *t, struct word *w)
{
	point(t, POINT_READ, w, SITE("read"));
	return observe(t, word_load(w));
}

static void write_word(struct task *t, struct word *w, uint64_t value)
{
	point(t, POINT_WRITE, w, SITE("write"));
	word_store(t, w, value);
}

static uint64_t run_op(struct program *p, struct task *t, const struct op *op)
{
	static const struct site fail = {"op", "fail", 1};
	struct word *w = &p->word[op->word];
	uint64_t r = 0;

	switch (op->kind) {
	case READ:
		return read_word(t, w);
	case WRITE:
		write_word(t, w, op->value);
		break;
	case ADD:
		point(t, POINT_RMW, w, SITE("add"));
		return observe(t, word_add(t, w, 1));
	case CAS:
		point(t, POINT_RMW, w, SITE("cas"));
		r = observe(t, word_cas(t, w, op->value, op->value + 1) == op->value);
		if (!r)
			point_wrote_nothing(t);
		break;
	case LOCKED_WRITE:
		spin_lock(t, &p->lock[op->lock]);
		write_word(t, w, op->value);
		spin_unlock(t, &p->lock[op->lock]);
		break;
	case LOCKED_READ:
		spin_lock(t, &p->lock[op->lock]);
		r = read_word(t, w);
		spin_unlock(t, &p->lock[op->lock]);
		break;
	case FAIL_IF:
		r = read_word(t, w);
		if (r == op->value + 1)
			machine_fault(t, FAULT_USE_AFTER_FREE, &fail, "read %u", op->value);
		break;
	case LOCKED_FAIL_IF:
		spin_lock(t, &p->lock[op->lock]);
		r = read_word(t, w);
		if (r == op->value)
			machine_fault(t, FAULT_DOUBLE_FREE, &fail, "read %u", op->value);
		spin_unlock(t, &p->lock[op->lock]);
		break;
	case AWAIT:
		return await_change(t, w, 0);
	default:
		point(t, POINT_STOP, w, SITE("stop"));
		word_store(t, w, 2);
	}
	return r;
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	const struct shape *s = context;
	uint64_t digest = 0;

	for (uint32_t i = 0; i < s->length[cpu]; i++)
		digest = fibers_mix(digest, run_op(memory, t, &s->op[cpu][i]));
	return digest;
}

static struct explore_report run(struct shape *s, enum explore_strategy strategy, uint64_t most)
{
	struct explore_model model = {.threads = s->threads,
				      .memory_bytes = sizeof(struct program),
				      .init = init,
				      .thread = thread,
				      .context = s};
	struct explore_plan plan = {.strategy = strategy,
				    .preemptions_max = UINT32_MAX,
				    .executions_max = most,
				    .all_faults = true,
				    .collect = true};
	struct explore_report report;

	CHECK_EQ(explore(&model, &plan, &report), 0);
	return report;
}

static void show(const struct shape *s, const char *what)
{
	static const char *const name[] = {
		"read",	   "write",	     "add",   "cas", "locked-write", "locked-read",
		"fail-if", "locked-fail-if", "await", "stop"};

	printf("  %s\n", what);
	for (uint32_t t = 0; t < s->threads; t++) {
		printf("    cpu%u:", t + 1);
		for (uint32_t i = 0; i < s->length[t]; i++)
			printf(" %s w%u l%u v%u;", name[s->op[t][i].kind], s->op[t][i].word,
			       s->op[t][i].lock, s->op[t][i].value);
		printf("\n");
	}
}

static bool agree(const struct explore_report *a, const struct explore_report *b)
{
	return a->fault_kinds == b->fault_kinds && a->finals_hash == b->finals_hash;
}

static void random_programs(void)
{
	uint32_t wrong = 0, checked = 0, more = 0;

	for (uint32_t i = 0; i < PROGRAMS; i++) {
		struct shape s = random_shape();
		struct explore_report dfs = run(&s, EXPLORE_DFS, DFS_MAX);
		struct explore_report dpor = run(&s, EXPLORE_DPOR, 0);
		struct explore_report states = run(&s, EXPLORE_STATEFUL, 0);
		bool fine = agree(&dpor, &states);

		if (dfs.exhausted) {
			checked++;
			fine = fine && agree(&dfs, &states) && dfs.traces == dpor.traces;
			more += dpor.executions > dpor.traces;
		}
		if (!fine && wrong++ < 4) {
			show(&s, "they differ");
			printf("    dfs %llu of %llu, dpor %llu of %llu (%llu), states %llu\n",
			       (unsigned long long)dfs.finals, (unsigned long long)dfs.traces,
			       (unsigned long long)dpor.finals, (unsigned long long)dpor.traces,
			       (unsigned long long)dpor.executions,
			       (unsigned long long)states.finals);
		}
		explore_report_free(&dfs);
		explore_report_free(&dpor);
		explore_report_free(&states);
	}
	printf("  %u programs, %u of them checked by DFS, %u with redundant executions\n", PROGRAMS,
	       checked, more);
	CHECK_EQ(wrong, 0);
}

static const struct test tests[] = {{"random programs", random_programs}};
TESTS(tests)
