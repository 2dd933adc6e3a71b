/* SPDX-License-Identifier: MIT */
/*
 * Which line of the program it was that called a library, which called us. What lies on a stack
 * between the two may be of frames that are gone, so that nothing is guessed: the unwinder says how
 * large the frame of each caller is. It is slow, and the frame of one call has always the same
 * size, so that it is asked twice for each; where it says two things, always.
 */
#define _GNU_SOURCE
#include <unwind.h>

#include "process.h"

#define SLOTS 1024
#define FRAMES_MAX 64

/* What is known of the frame that a return address leads back to. */
struct frame {
	uintptr_t pc;
	uint32_t bytes;
	uint8_t asked; /* how often it was this; VARIES: it is not always the same */
};

#define SURE 2
#define VARIES 255

static struct frame known[SLOTS];

static struct frame *slot_of(uintptr_t pc)
{
	return &known[pc * UINT64_C(0x9e3779b97f4a7c15) >> 54];
}

/* A walk by the unwinder, up to the program. */
struct walk {
	uintptr_t from;		 /* the return address where it begins to count; 0: anywhere */
	uintptr_t before, stack; /* the frame that was seen last, and where its callee's begins */
	uintptr_t found;
	uint32_t frames;
};

static void learn(uintptr_t pc, uintptr_t bytes)
{
	struct frame *f = slot_of(pc);

	if (f->pc != pc)
		*f = (struct frame){.pc = pc, .bytes = (uint32_t)bytes};
	if (f->asked == VARIES)
		return;
	f->asked = f->bytes == bytes ? f->asked + (f->asked < SURE) : VARIES;
}

static _Unwind_Reason_Code look(struct _Unwind_Context *context, void *to)
{
	struct walk *walk = to;
	uintptr_t pc = _Unwind_GetIP(context), stack = _Unwind_GetCFA(context);

	if (++walk->frames > FRAMES_MAX)
		return _URC_END_OF_STACK;
	if (walk->before)
		learn(walk->before, stack - walk->stack);
	if (own_is_code(pc) && (!walk->found || !own_is_of_headers(pc)))
		walk->found = pc;
	if (walk->found && !own_is_of_headers(walk->found))
		return _URC_END_OF_STACK;
	if (pc == walk->from || walk->before) {
		walk->before = pc;
		walk->stack = stack;
	}
	return _URC_NO_REASON;
}

uintptr_t own_unwind(uintptr_t from)
{
	struct walk walk = {.from = from};

	_Unwind_Backtrace(look, &walk);
	return walk.found;
}

#ifdef __x86_64__
/* Where the stack of the function that @pc leads back to begins: our own frames are chained. */
static uintptr_t stack_at(uintptr_t pc)
{
	const uintptr_t *frame = __builtin_frame_address(0);

	for (uint32_t i = 0; i < FRAMES_MAX; i++) {
		if (frame[1] == pc)
			return (uintptr_t)(frame + 2);
		if (frame[0] <= (uintptr_t)frame)
			break;
		frame = (const uintptr_t *)frame[0];
	}
	return 0;
}

/* By what is known; 0: it does not lead to the program. */
static uintptr_t follow(uintptr_t pc)
{
	uintptr_t stack = stack_at(pc);

	for (uint32_t i = 0; stack && i < FRAMES_MAX; i++) {
		const struct frame *f = slot_of(pc);

		if (f->pc != pc || f->asked != SURE)
			return 0;
		stack += f->bytes;
		pc = ((const uintptr_t *)stack)[-1];
		if (own_is_code(pc) && !own_is_of_headers(pc))
			return pc;
	}
	return 0;
}
#else
static uintptr_t follow(uintptr_t pc)
{
	(void)pc;
	return 0;
}
#endif

uintptr_t own_caller(uintptr_t pc)
{
	uintptr_t found;

	if (likely(own_is_code(pc)))
		return pc;
	found = follow(pc);
	if (!found)
		found = own_unwind(pc);
	return found ? found : pc;
}
