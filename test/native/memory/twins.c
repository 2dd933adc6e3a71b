/* SPDX-License-Identifier: MIT */
#include "twins.h"

static uint64_t plus(uint64_t value, uint64_t by)
{
	return value + by;
}

uint64_t exchanged(uint64_t value, uint64_t by)
{
	(void)value;
	return by;
}

static uint64_t read_plain(struct task *t, struct word *w, const struct site *site)
{
	point(t, POINT_READ_PLAIN, w, site);
	return observe(t, word_load(t, w));
}

static void write_plain(struct task *t, struct word *w, uint64_t value, const struct site *site)
{
	point(t, POINT_WRITE_PLAIN, w, site);
	word_store(t, w, value);
}

void count(struct shared *p, struct task *t, uint32_t cpu)
{
	write_plain(t, &p->data, read_plain(t, &p->data, SITE("counter")) + 1, SITE("counter++"));
	write_plain(t, &p->came[cpu], 1, SITE("I came"));
}

/* --- publishing: what a pointer leads to is plain --- */

static void publish(struct shared *p, struct task *t, uint32_t cpu)
{
	if (cpu == 0) {
		write_plain(t, &p->data, 42, SITE("p->value = 42"));
		word_write(t, &p->x, 1, AT(ORDER_RELEASE, "shared = p"));
	} else if (word_read(t, &p->x, AT(ORDER_ACQUIRE, "p = shared"))) {
		read_plain(t, &p->data, SITE("p->value"));
	}
}

/* --- a reference count: use, drop, and the last frees --- */

static void release_object(struct shared *p, struct task *t)
{
	point(t, POINT_FREE, &p->data, SITE("kfree(object)"));
}

static void refcount(struct shared *p, struct task *t, uint32_t cpu)
{
	(void)cpu;
	read_plain(t, &p->data, SITE("object->field"));
	if (word_update(t, &p->x, plus, (uint64_t)-1, AT(ORDER_ACQ_REL, "refcount_dec")) == 1)
		release_object(p, t);
}

static void refcount_fence(struct shared *p, struct task *t, uint32_t cpu)
{
	(void)cpu;
	read_plain(t, &p->data, SITE("object->field"));
	if (word_update(t, &p->x, plus, (uint64_t)-1, AT(ORDER_RELEASE, "refcount_dec")) != 1)
		return;
	fence(t, AT(ORDER_ACQUIRE, "smp_acquire"));
	release_object(p, t);
}

/* --- Peterson's lock, tried once: x is `turn` --- */

static void peterson_enter(struct shared *p, struct task *t, uint32_t cpu, bool other, bool turn)
{
	if (!other || !turn)
		count(p, t, cpu);
	word_write(t, &p->flag[cpu], 0, AT(ORDER_RELEASE, "flag[me] = 0"));
}

static void peterson_sc(struct shared *p, struct task *t, uint32_t cpu)
{
	bool other, turn;

	word_write(t, &p->flag[cpu], 1, AT(ORDER_SEQ_CST, "flag[me] = 1"));
	word_write(t, &p->x, 1 - cpu, AT(ORDER_SEQ_CST, "turn = other"));
	other = word_read(t, &p->flag[1 - cpu], AT(ORDER_SEQ_CST, "flag[other]"));
	turn = other && word_read(t, &p->x, AT(ORDER_SEQ_CST, "turn")) == 1 - cpu;
	peterson_enter(p, t, cpu, other, turn);
}

/* The first fence is needed, too: without it the two stores may land in another order (shape R). */
static void peterson_mb(struct shared *p, struct task *t, uint32_t cpu)
{
	bool other, turn;

	word_write(t, &p->flag[cpu], 1, AT(ORDER_RELEASE, "flag[me] = 1"));
	fence(t, AT(ORDER_SEQ_CST, "smp_mb before turn"));
	word_write(t, &p->x, 1 - cpu, AT(ORDER_RELEASE, "turn = other"));
	fence(t, AT(ORDER_SEQ_CST, "smp_mb"));
	other = word_read(t, &p->flag[1 - cpu], AT(ORDER_ACQUIRE, "flag[other]"));
	turn = other && word_read(t, &p->x, AT(ORDER_ACQUIRE, "turn")) == 1 - cpu;
	peterson_enter(p, t, cpu, other, turn);
}

/* No fence: which thread swaps second has acquired the flag of the first. */
static void peterson_swap(struct shared *p, struct task *t, uint32_t cpu)
{
	bool other, turn;

	word_write(t, &p->flag[cpu], 1, AT(ORDER_RELAXED, "flag[me] = 1"));
	word_update(t, &p->x, exchanged, 1 - cpu, AT(ORDER_ACQ_REL, "swap(turn, other)"));
	other = word_read(t, &p->flag[1 - cpu], AT(ORDER_ACQUIRE, "flag[other]"));
	turn = other && word_read(t, &p->x, AT(ORDER_ACQUIRE, "turn")) == 1 - cpu;
	peterson_enter(p, t, cpu, other, turn);
}

static void dekker(struct shared *p, struct task *t, uint32_t cpu)
{
	word_write(t, &p->flag[cpu], 1, AT(ORDER_SEQ_CST, "flag[me] = 1"));
	if (!word_read(t, &p->flag[1 - cpu], AT(ORDER_SEQ_CST, "flag[other]")))
		count(p, t, cpu);
}

/* Wrong under x86-TSO, too: both stores are in buffers when both look. */
static void dekker_released(struct shared *p, struct task *t, uint32_t cpu)
{
	word_write(t, &p->flag[cpu], 1, AT(ORDER_RELEASE, "flag[me] = 1"));
	if (!word_read(t, &p->flag[1 - cpu], AT(ORDER_ACQUIRE, "flag[other]")))
		count(p, t, cpu);
}

/* --- a sequence lock: x is the sequence, y and z belong together --- */

static void seqlock_read(struct shared *p, struct task *t)
{
	uint64_t sequence = word_read(t, &p->x, AT(ORDER_ACQUIRE, "seq")), a, b;

	if (sequence & 1)
		return;
	a = word_read(t, &p->y, AT(ORDER_RELAXED, "a"));
	b = word_read(t, &p->z, AT(ORDER_RELAXED, "b"));
	fence(t, AT(ORDER_ACQUIRE, "smp_rmb"));
	if (word_read(t, &p->x, AT(ORDER_RELAXED, "seq again")) == sequence && a != b)
		oops(t, CHECK_FAILED, SITE("a torn read"), "a is %u, b is %u", (unsigned int)a,
		     (unsigned int)b);
}

static void seqlock(struct shared *p, struct task *t, uint32_t cpu)
{
	if (cpu) {
		seqlock_read(p, t);
		return;
	}
	word_write(t, &p->x, 1, AT(ORDER_RELAXED, "seq = 1"));
	fence(t, AT(ORDER_RELEASE, "smp_wmb"));
	word_write(t, &p->y, 7, AT(ORDER_RELAXED, "a = 7"));
	word_write(t, &p->z, 7, AT(ORDER_RELAXED, "b = 7"));
	word_write(t, &p->x, 2, AT(ORDER_RELEASE, "seq = 2"));
}

/* --- an event count: the waiter announces itself and looks again, the waker looks for waiters ---
 */

static void eventcount(struct shared *p, struct task *t, uint32_t cpu)
{
	if (cpu == 0) {
		word_write(t, &p->x, 1, AT(ORDER_RELEASE, "ready = 1"));
		fence(t, AT(ORDER_SEQ_CST, "smp_mb of the waker"));
		if (word_read(t, &p->y, AT(ORDER_ACQUIRE, "waiters")))
			word_write(t, &p->z, 1, AT(ORDER_RELEASE, "wake"));
		return;
	}
	word_write(t, &p->y, 1, AT(ORDER_RELEASE, "waiters = 1"));
	fence(t, AT(ORDER_SEQ_CST, "smp_mb of the waiter"));
	if (word_read(t, &p->x, AT(ORDER_ACQUIRE, "ready")))
		return;
	while (!word_read(t, &p->z, AT(ORDER_ACQUIRE, "asleep")))
		WAIT(&p->z, 0);
}

/* --- fences order, and do not publish: what comes first among them happens before nothing --- */

static void fences(struct shared *p, struct task *t, uint32_t cpu)
{
	if (cpu == 0) {
		write_plain(t, &p->data, 1, SITE("data = 1"));
		fence(t, AT(ORDER_SEQ_CST, "smp_mb"));
		if (!word_read(t, &p->y, AT(ORDER_RELAXED, "y")))
			word_write(t, &p->x, 1, AT(ORDER_RELAXED, "x = 1"));
		return;
	}
	word_write(t, &p->y, 1, AT(ORDER_RELAXED, "y = 1"));
	fence(t, AT(ORDER_SEQ_CST, "smp_mb"));
	if (word_read(t, &p->x, AT(ORDER_ACQUIRE, "x")))
		read_plain(t, &p->data, SITE("data"));
}

/* --- simple locks --- */

static void tas(struct shared *p, struct task *t, uint32_t cpu)
{
	while (word_update(t, &p->x, exchanged, 1, AT(ORDER_ACQUIRE, "swap(taken, 1)")))
		WAIT(&p->x, 1);
	count(p, t, cpu);
	word_write(t, &p->x, 0, AT(ORDER_RELEASE, "taken = 0"));
}

static void ticket(struct shared *p, struct task *t, uint32_t cpu)
{
	uint64_t mine = word_update(t, &p->x, plus, 1, AT(ORDER_RELAXED, "add(next, 1)")), called;

	while ((called = word_read(t, &p->y, AT(ORDER_ACQUIRE, "called"))) != mine)
		WAIT(&p->y, called);
	count(p, t, cpu);
	word_write(t, &p->y, mine + 1, AT(ORDER_RELEASE, "called = mine + 1"));
}

/* --- the table --- */

#define PETERSON_RA                                                                                \
	{"flag[me] = 1", ORDER_RELEASE}, {"turn = other", ORDER_RELEASE},                          \
		{"flag[other]", ORDER_ACQUIRE},                                                    \
	{                                                                                          \
		"turn", ORDER_ACQUIRE                                                              \
	}

const struct twin twins[] = {
	{"publish: store release -> relaxed",
	 2,
	 publish,
	 0,
	 FAULT_DATA_RACE,
	 {{"shared = p", ORDER_RELAXED}}},
	{"rcu: load acquire -> relaxed",
	 2,
	 publish,
	 0,
	 FAULT_DATA_RACE,
	 {{"p = shared", ORDER_RELAXED}}},
	{"refcount: dec acq_rel -> acquire",
	 2,
	 refcount,
	 2,
	 FAULT_DATA_RACE,
	 {{"refcount_dec", ORDER_ACQUIRE}}},
	{"refcount: dec acq_rel -> release",
	 2,
	 refcount,
	 2,
	 FAULT_DATA_RACE,
	 {{"refcount_dec", ORDER_RELEASE}}},
	{"refcount: acquire fence left out",
	 2,
	 refcount_fence,
	 2,
	 FAULT_DATA_RACE,
	 {{"smp_acquire", ORDER_RELAXED}}},
	{"peterson: seq_cst -> release, acquire",
	 2,
	 peterson_sc,
	 0,
	 FAULT_DATA_RACE,
	 {PETERSON_RA}},
	{"peterson: fence before turn left out",
	 2,
	 peterson_mb,
	 0,
	 FAULT_DATA_RACE,
	 {{"smp_mb before turn", ORDER_RELAXED}}},
	{"peterson by swap: acq_rel -> acquire",
	 2,
	 peterson_swap,
	 0,
	 FAULT_DATA_RACE,
	 {{"swap(turn, other)", ORDER_ACQUIRE}}},
	{"dekker: seq_cst -> release, acquire",
	 2,
	 dekker,
	 0,
	 FAULT_DATA_RACE,
	 {{"flag[me] = 1", ORDER_RELEASE}, {"flag[other]", ORDER_ACQUIRE}}},
	{"seqlock: writer's first fence left out",
	 2,
	 seqlock,
	 0,
	 FAULT_CHECK_FAILED,
	 {{"smp_wmb", ORDER_RELAXED}}},
	{"seqlock: last store -> relaxed",
	 2,
	 seqlock,
	 0,
	 FAULT_CHECK_FAILED,
	 {{"seq = 2", ORDER_RELAXED}}},
	{"seqlock: first load -> relaxed",
	 2,
	 seqlock,
	 0,
	 FAULT_CHECK_FAILED,
	 {{"seq", ORDER_RELAXED}}},
	{"seqlock: reader's fence left out",
	 2,
	 seqlock,
	 0,
	 FAULT_CHECK_FAILED,
	 {{"smp_rmb", ORDER_RELAXED}}},
	{"dpdk mcs 2020: prev->next -> relaxed",
	 2,
	 mcs,
	 0,
	 FAULT_DEADLOCK,
	 {{"prev->next = me", ORDER_RELAXED}}},
	{"dpdk mcs 2025: me->next -> relaxed",
	 2,
	 mcs,
	 0,
	 FAULT_DEADLOCK,
	 {{"me->next", ORDER_RELAXED}, {"me->next again", ORDER_RELAXED}}},
	{"linux 95bcade33a8a: prev->next -> relaxed",
	 2,
	 qspinlock,
	 0,
	 FAULT_DEADLOCK,
	 {{"prev->next = node", ORDER_RELAXED}}},
	{"eventcount: fences left out",
	 2,
	 eventcount,
	 0,
	 FAULT_DEADLOCK,
	 {{"smp_mb of the waker", ORDER_RELAXED}, {"smp_mb of the waiter", ORDER_RELAXED}}},
	{"fences order, and do not publish: load -> relaxed",
	 2,
	 fences,
	 0,
	 FAULT_DATA_RACE,
	 {{"x", ORDER_RELAXED}}},
	{"tas: unlock -> relaxed", 3, tas, 0, FAULT_DATA_RACE, {{"taken = 0", ORDER_RELAXED}}},
	{"ticket: called acquire -> relaxed",
	 3,
	 ticket,
	 0,
	 FAULT_DATA_RACE,
	 {{"called", ORDER_RELAXED}}},
};
const uint32_t twin_count = sizeof(twins) / sizeof(*twins);

const struct twin twin_of_tso = {"dekker under tso", 2,	   dekker_released, 0,
				 FAULT_CHECK_FAILED, {{0}}};

/* --- as models --- */

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	struct shared *p = memory;

	machine_init(&p->machine, &nobody);
	p->x.value = ((const struct twin *)context)->first_x;
	return &p->machine;
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	((const struct twin *)context)->thread(memory, t, cpu);
	return 0;
}

/* All that came were counted. Programs that count nothing leave zeroes. */
static const struct site *check(void *context, void *memory, struct task *closer)
{
	const struct twin *twin = context;
	const struct shared *p = memory;
	uint64_t came = 0;

	(void)closer;
	for (uint32_t cpu = 0; cpu < twin->threads; cpu++)
		came += word_peek(&p->came[cpu]);
	return !came || word_peek(&p->data) == came ? NULL : SITE("a count was lost");
}

struct explore_model twin_model(const struct twin *twin)
{
	return (struct explore_model){.threads = twin->threads,
				      .memory_bytes = sizeof(struct shared),
				      .init = init,
				      .thread = thread,
				      .check = check,
				      .context = (void *)(uintptr_t)twin};
}
