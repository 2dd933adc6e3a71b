/* SPDX-License-Identifier: MIT */
#include "shapes.h"

#include <stdio.h>

struct program {
	struct machine machine;
	struct word word[WORDS];
	struct word guarded[LOCKS];
	struct spinlock lock[LOCKS];
	struct rwsem sem;
};

/* A thread's own memory: what its operations gave so far. */
struct local {
	struct task task; /* must be first */
	uint64_t digest;
};

/* Where a thread fails, by what it read. */
static const struct site fail[] = {{.func = "op", .text = "read 0", .line = 1},
				   {.func = "op", .text = "read 1", .line = 2},
				   {.func = "op", .text = "read 2", .line = 3},
				   {.func = "op", .text = "read more", .line = 4}};

static const struct site *fail_of(uint64_t value)
{
	return &fail[value < 3 ? value : 3];
}

static uint64_t state = 88172645463325252u;

uint32_t draw(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)((state >> 32) * below >> 32);
}

struct shape random_shape(void)
{
	struct shape s = {.keeps_results = state & 1, .threads = 2 + draw(2)};

	for (uint32_t t = 0; t < s.threads; t++) {
		s.length[t] = 1 + draw(OPS_MAX - (s.threads == 3));
		for (uint32_t i = 0; i < s.length[t]; i++)
			s.op[t][i] =
				(struct shape_op){.kind = (enum shape_kind)draw(KINDS - !!draw(4)),
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
	rwsem_init(&p->sem);
	return &p->machine;
}

static uint64_t plus(uint64_t value, uint64_t by)
{
	return value + by;
}

static uint64_t read_word(struct task *t, struct word *w)
{
	return word_read(t, w, ORDER_SEQ_CST, SITE("read"));
}

static void write_word(struct task *t, struct word *w, uint64_t value)
{
	word_write(t, w, value, ORDER_SEQ_CST, SITE("write"));
}

/* Operations that one step of is in: a lock, or an await, and what comes with it. */
static uint64_t run_guarded(struct program *p, struct task *t, const struct shape_op *op)
{
	struct word *w = &p->word[op->word], *guarded = &p->guarded[op->lock];
	uint64_t r = 0;

	switch (op->kind) {
	case GUARDED_WRITE:
		spin_lock(t, &p->lock[op->lock]);
		r = read_word(t, w);
		word_store(t, guarded, op->value);
		spin_unlock(t, &p->lock[op->lock]);
		break;
	case GUARDED_FAIL_IF:
		spin_lock(t, &p->lock[op->lock]);
		r = observe(t, word_load(t, guarded));
		if (r >= op->value)
			machine_fault(t, FAULT_DOUBLE_FREE, fail_of(r), "saw %u", op->value);
		spin_unlock(t, &p->lock[op->lock]);
		break;
	default:
		if (!await_change(t, w, 0))
			break;
		r = observe(t, word_load(t, w));
		if (r > op->value)
			machine_fault(t, FAULT_PUT_ON_FREEING, fail_of(r), "saw %u", op->value);
	}
	return r;
}

static uint64_t run_rwsem_op(struct program *p, struct task *t, const struct shape_op *op)
{
	uint64_t r;

	if (op->kind == ALONE_WRITE) {
		down_write(t, &p->sem);
		write_word(t, &p->word[op->word], op->value);
		up_write(t, &p->sem);
		return 0;
	}
	down_read(t, &p->sem);
	r = read_word(t, &p->word[op->word]);
	if (op->kind == SHARED_TWICE) {
		down_read(t, &p->sem);
		up_read(t, &p->sem);
	}
	up_read(t, &p->sem);
	return r;
}

static uint64_t run_op(struct program *p, struct task *t, const struct shape_op *op)
{
	struct word *w = &p->word[op->word];
	uint64_t r = 0;

	switch (op->kind) {
	case READ:
		return read_word(t, w);
	case WRITE:
		write_word(t, w, op->value);
		break;
	case ADD:
		return word_update(t, w, plus, 1, ORDER_SEQ_CST, SITE("add"));
	case CAS:
		point(t, POINT_RMW, w, SITE("cas"));
		r = observe(t, word_replace(t, w, op->value, op->value + 1) == op->value);
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
			machine_fault(t, FAULT_USE_AFTER_FREE, fail_of(r), "read %u", op->value);
		break;
	case LOCKED_FAIL_IF:
		spin_lock(t, &p->lock[op->lock]);
		r = read_word(t, w);
		if (r == op->value)
			machine_fault(t, FAULT_DOUBLE_FREE, fail_of(r), "read %u", op->value);
		spin_unlock(t, &p->lock[op->lock]);
		break;
	case SHARED_READ:
	case SHARED_TWICE:
	case ALONE_WRITE:
		return run_rwsem_op(p, t, op);
	case AWAIT:
		return await_change(t, w, 0);
	case REPORT_IF:
		r = read_word(t, w);
		if (r == op->value)
			machine_report(t, FAULT_REFERENCE_LEAK, fail_of(r), "read %u", op->value);
		break;
	case GUARDED_WRITE:
	case GUARDED_FAIL_IF:
	case AWAIT_FAIL_IF:
		return run_guarded(p, t, op);
	default:
		point(t, POINT_STOP, w, SITE("stop"));
		word_store(t, w, 2);
	}
	return r;
}

static void enter(void *context, void *memory, struct task *t, uint32_t cpu)
{
	const struct shape *s = context;

	task_init(t, &((struct program *)memory)->machine, cpu);
	((struct local *)t)->digest = 0;
	t->results = s->keeps_results;
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	const struct shape *s = context;
	struct local *local = (struct local *)t;

	for (uint32_t i = 0; i < s->length[cpu]; i++) {
		const struct shape_op *op = &s->op[cpu][i];

		if (op->kind == USELESS_READ)
			read_word(t, &((struct program *)memory)->word[op->word]);
		else
			local->digest = fibers_mix(local->digest, run_op(memory, t, op));
		if (s->keeps_results)
			t->results = local->digest | 1;
	}
	return local->digest;
}

struct explore_model shape_model(struct shape *s)
{
	return (struct explore_model){.threads = s->threads,
				      .memory_bytes = sizeof(struct program),
				      .local_bytes = sizeof(struct local),
				      .init = init,
				      .enter = enter,
				      .thread = thread,
				      .context = s};
}

void shape_add_read(struct shape *s, uint32_t cpu, uint32_t at, uint32_t word)
{
	struct shape_op *op = s->op[cpu];

	for (uint32_t i = s->length[cpu]++; i > at; i--)
		op[i] = op[i - 1];
	op[at] = (struct shape_op){.kind = USELESS_READ, .word = word};
}

uint64_t shape_outcome(const struct fibers *f, bool faulted)
{
	const struct program *p = (const void *)f->hot.memory;
	uint64_t hash = fibers_mix(faulted, fibers_faults_hash(f));

	for (uint32_t cpu = 0; cpu + 1 < f->cpus; cpu++)
		hash = fibers_mix(hash, ((const struct local *)f->fiber[cpu].local)->digest);
	if (faulted)
		return hash;
	for (uint32_t i = 0; i < WORDS; i++)
		hash = fibers_mix(hash, word_peek(&p->word[i]));
	for (uint32_t i = 0; i < LOCKS; i++)
		hash = fibers_mix(hash, word_peek(&p->guarded[i]));
	for (uint32_t cpu = 0; cpu + 1 < f->cpus; cpu++)
		hash = fibers_mix(hash, fiber_task(&f->fiber[cpu])->history);
	return hash;
}

void shape_show(const struct shape *s, const char *what)
{
	static const char *const name[] = {
		"read",		 "write",	    "add",	     "cas",
		"locked-write",	 "locked-read",	    "fail-if",	     "locked-fail-if",
		"shared-read",	 "shared-twice",    "alone-write",   "await",
		"guarded-write", "guarded-fail-if", "await-fail-if", "report-if",
		"stop",		 "useless-read"};

	printf("  %s\n", what);
	for (uint32_t t = 0; t < s->threads; t++) {
		printf("    cpu%u:", t + 1);
		for (uint32_t i = 0; i < s->length[t]; i++)
			printf(" %s w%u l%u v%u;", name[s->op[t][i].kind], s->op[t][i].word,
			       s->op[t][i].lock, s->op[t][i].value);
		printf("\n");
	}
}
