/* SPDX-License-Identifier: MIT */
#include "litmus_random.h"

#include <stdlib.h>

#include "check.h"

/* Each has what is known of two to four threads; orders are drawn anew. */
static const char *const shapes[] = {
	"Wx1 Ry | Wy1 Rx",		 /* SB */
	"Wx1 F Ry | Wy1 F Rx",		 /* SB with fences */
	"Wx1 Wy1 | Ry Rx",		 /* MP */
	"Wx1 F Wy1 | Ry F Rx",		 /* MP with fences */
	"Rx Wy1 | Ry Wx1",		 /* LB */
	"Wx1 | Wy1 | Rx Ry | Ry Rx",	 /* IRIW */
	"Wx1 | Wy1 | Rx F Ry | Ry F Rx", /* IRIW with fences */
	"Wx1 Wy2 | Wy1 Wx2",		 /* 2+2W */
	"Wx1 F Wy2 | Wy1 F Wx2",	 /* 2+2W with fences */
	"Wx2 Wy1 | Ry Wx1",		 /* S */
	"Wx2 F Wy1 | Ry F Wx1",		 /* S with fences */
	"Wx1 Wy1 | Wy2 Rx",		 /* R */
	"Wx1 F Wy1 | Wy2 F Rx",		 /* R with fences */
	"Wx1 | Rx Wy1 | Ry Rx",		 /* WRC */
	"Wx1 | Rx F Wy1 | Ry F Rx",	 /* WRC with fences */
	"Wx1 Wy1 | Ry Wz1 | Rz Rx",	 /* ISA2 */
	"Wx1 F Wy1 | Ry Wz1 | Wz2 F Rx", /* Z6 */
	"Wx1 Wy1 | Ay1 Ry | Wy3 Rx",	 /* Z6.U */
	"Wx1 | Rx F Ry | Wy1 F Rx",	 /* RWC */
	"Wx1 | Rx F Ry | Wy1 Rx",	 /* RWC with one fence */
	"Wx1 Wz1 | Rz F Ry | Wy1 F Rx",	 /* W+RWC */
	"Rx Ry | Wx1 Wx2 | Wy1 Rx",	 /* WWmerge */
	"Ry F Rz | Wz1 F Wx1 | Rx Wy1",	 /* psc */
	"Wx1 Wy1 Wy2 | Ry Rx",		 /* a release sequence of one thread */
	"Wx1 Wy1 Wy2 | Xy3 | Ry F Rx",	 /* ... that another goes on with */
	"Wx1 F Wy1 | Ay1 | Ry F Rx",	 /* ... and that begins with a fence */
	"Wx1 Wy1 | Ay1 | Ay1 | Ry Rx",	 /* a chain of read-modify-writes */
	"Wx1 Wy1 | Wy2 | Ry Rx",	 /* a sequence that a store ends */
	"Wx1 Wy1 | Ay1 Wy3 | Ry Rx",	 /* ... that goes on with what is read, and with its own */
	"Wx1 Wy1 | Xy2 Wy3 | Ry F Rx",	 /* ... and a fence */
	"Wx1 Cy01 | Wx2 Cy02 | Ry Rx",	 /* one cas fails */
	"Wx1 Cy01 Rz | Wz1 Cy02 Rx",	 /* and has to be ordered all the same */
	"Cx01 Ry | Wy1 Cx02",		 /* a cas of an old value */
	"Ax1 | Ax1 | Wx4 | Rx Rx",	 /* nothing comes between */
	"Xx1 Ry | Xy1 Rx",		 /* SB of exchanges */
	"Wx1 Rx Ry | Wy1 Ry Rx",	 /* SB that reads its own */
	"Wx1 | Wx2 | Rx Rx | Rx Rx",	 /* CoRR */
	"Rx Wx1 | Wx2 Rx",		 /* CoRW, CoWR */
	"Wx1 | Rx Wyr | Ry F Rx",	 /* a value handed on */
	"Wx1 | Rx Wz1 | Rz Wx2 Ry | Wy1 Rx", /* seq_cst that comes late */
};

static uint64_t state = 88172645463325252u;

uint32_t litmus_draw(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)((state >> 32) * below >> 32);
}

void litmus_seed(uint64_t seed)
{
	state = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15);
}

uint32_t litmus_programs(uint32_t otherwise)
{
	const char *asked = getenv("DMTORTURE_PROGRAMS");

	return asked ? (uint32_t)strtoul(asked, NULL, 10) : otherwise;
}

/* How the orders of a program are drawn: a model goes wrong where they are mixed in some way. */
enum flavour {
	ANY_ORDER,
	MOSTLY_SC,  /* seq_cst with one weaker order here and there */
	SC_OR_LESS, /* seq_cst and relaxed; fences are seq_cst */
	SEQUENCES,  /* relaxed, and a release or acquire at some place; fences of one side */
	FLAVOURS,
};

static enum word_order weak_order(char kind)
{
	if (kind == 'R')
		return ORDER_ACQUIRE;
	return kind == 'W' ? ORDER_RELEASE : ORDER_ACQ_REL;
}

static enum word_order any_order(char kind)
{
	static const enum word_order of_fence[] = {ORDER_ACQUIRE, ORDER_RELEASE, ORDER_ACQ_REL,
						   ORDER_SEQ_CST, ORDER_SEQ_CST};
	static const enum word_order of_both[] = {ORDER_RELAXED, ORDER_ACQUIRE, ORDER_RELEASE,
						  ORDER_ACQ_REL, ORDER_SEQ_CST};

	if (kind == 'F')
		return of_fence[litmus_draw(5)];
	if (kind != 'R' && kind != 'W')
		return of_both[litmus_draw(5)];
	switch (litmus_draw(5)) {
	case 0:
	case 1:
		return ORDER_RELAXED;
	case 2:
		return ORDER_SEQ_CST;
	default:
		return weak_order(kind);
	}
}

static enum word_order draw_order(char kind, enum flavour flavour)
{
	switch (flavour) {
	case MOSTLY_SC:
		return litmus_draw(4) ? ORDER_SEQ_CST : any_order(kind);
	case SC_OR_LESS:
		if (kind == 'F' || litmus_draw(5) > 1)
			return ORDER_SEQ_CST;
		return litmus_draw(4) ? ORDER_RELAXED : weak_order(kind);
	case SEQUENCES:
		if (kind == 'F')
			return litmus_draw(2) ? ORDER_ACQUIRE : ORDER_RELEASE;
		return litmus_draw(2) ? ORDER_RELAXED : weak_order(kind);
	default:
		return any_order(kind);
	}
}

static struct litmus_op random_op(const struct litmus *l)
{
	struct litmus_op op = {.kind = "RRRRWWWWWFFAXC"[litmus_draw(14)]};

	if (op.kind != 'F')
		op.place = (uint8_t)litmus_draw(l->places);
	if (op.kind == 'C') {
		op.value = (uint8_t)litmus_draw(2);
		op.swap = (uint8_t)(1 + litmus_draw(3));
	} else if (op.kind != 'F' && op.kind != 'R') {
		op.value = (uint8_t)(1 + litmus_draw(3));
	}
	return op;
}

static uint32_t events(const struct litmus *l)
{
	uint32_t all = 0;

	for (uint32_t t = 0; t < l->threads; t++)
		all += l->length[t];
	return all;
}

static void insert(struct litmus *l, uint32_t t, uint32_t at, struct litmus_op op)
{
	if (l->length[t] == LITMUS_OPS || events(l) == RANDOM_EVENTS_MAX)
		return;
	for (uint32_t i = l->length[t]++; i > at; i--)
		l->op[t][i] = l->op[t][i - 1];
	l->op[t][at] = op;
}

/* One change that keeps what is left of the shape. */
static void change(struct litmus *l)
{
	uint32_t t = litmus_draw(l->threads), at;
	struct litmus_op *op;

	at = litmus_draw(l->length[t] + 1);
	if (litmus_draw(2) || at == l->length[t]) {
		insert(l, t, at, random_op(l));
		return;
	}
	op = &l->op[t][at];
	if (op->kind == 'W' && !op->forwards)
		op->kind = "XA"[litmus_draw(2)];
	else if (op->kind == 'R')
		*op = (struct litmus_op){.kind = 'C',
					 .place = op->place,
					 .value = (uint8_t)litmus_draw(3),
					 .swap = (uint8_t)(1 + litmus_draw(3))};
	else
		op->place = op->kind == 'F' ? 0 : (uint8_t)litmus_draw(l->places);
}

static struct litmus uniform(void)
{
	struct litmus l = {.threads = 2 + litmus_draw(3), .places = 2 + litmus_draw(2)};

	for (uint32_t t = 0; t < l.threads; t++)
		for (uint32_t left = 1 + litmus_draw(4); left--;)
			if (events(&l) < RANDOM_EVENTS_MAX - 1)
				l.op[t][l.length[t]++] = random_op(&l);
	return l;
}

static struct litmus of_a_shape(void)
{
	struct litmus l;

	CHECK(litmus_parse(shapes[litmus_draw(sizeof(shapes) / sizeof(*shapes))], &l));
	for (uint32_t changes = litmus_draw(3); changes--;)
		change(&l);
	return l;
}

/* Of one place, or here and there. Only loads and stores can be plain. */
static void make_plain(struct litmus *l)
{
	uint32_t place = litmus_draw(l->places), rarely = litmus_draw(2) ? 1 : 3;

	for (uint32_t t = 0; t < l->threads; t++) {
		for (uint32_t i = 0; i < l->length[t]; i++) {
			struct litmus_op *op = &l->op[t][i];

			if ((op->kind == 'W' || op->kind == 'R') && op->place == place &&
			    !litmus_draw(rarely))
				op->order = ORDER_NONE;
		}
	}
}

struct litmus random_litmus(bool plain)
{
	struct litmus l = litmus_draw(5) ? of_a_shape() : uniform();
	enum flavour flavour = (enum flavour)litmus_draw(FLAVOURS);
	char text[LITMUS_TEXT];

	for (uint32_t t = 0; t < l.threads; t++)
		for (uint32_t i = 0; i < l.length[t]; i++)
			l.op[t][i].order = draw_order(l.op[t][i].kind, flavour);
	if (plain)
		make_plain(&l);
	/* What it is as a text is what it is: places and registers are counted anew. */
	litmus_print(&l, text);
	CHECK(litmus_parse(text, &l));
	return l;
}
