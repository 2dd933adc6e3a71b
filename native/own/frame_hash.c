/* SPDX-License-Identifier: MIT */
/* The state of a thread as loops.c compares it: the frames of the program, and its registers. */
#include "state.h"

#include <unwind.h>

/* Registers that a call keeps, by their numbers in DWARF. */
#if defined(__x86_64__)
static const uint8_t kept_registers[] = {3, 6, 12, 13, 14, 15};
#elif defined(__aarch64__)
static const uint8_t kept_registers[] = {19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29};
#endif

struct state {
	uintptr_t pc;
	uint64_t hash;
	bool found;
};

/* The frame that called us at state->pc: its registers, and the stack from there on. */
static _Unwind_Reason_Code look_at_frame(struct _Unwind_Context *context, void *argument)
{
	struct state *state = argument;
	const uint64_t *at, *end = (const uint64_t *)own_me()->task;

	if (_Unwind_GetIP(context) != state->pc)
		return _URC_NO_REASON;
	for (size_t i = 0; i < sizeof(kept_registers); i++)
		state->hash = own_mix(state->hash, _Unwind_GetGR(context, kept_registers[i]));
	for (at = (const uint64_t *)_Unwind_GetCFA(context); at < end; at++)
		state->hash = own_mix(state->hash, *at);
	state->found = true;
	return _URC_END_OF_STACK;
}

static __attribute__((noinline)) uint64_t hash_frames(uintptr_t pc, uint64_t value)
{
	struct state state = {.pc = pc, .hash = value};
	bool inside = own.inside;

	own.inside = false; /* what the unwinder calls is not the program's */
	_Unwind_Backtrace(look_at_frame, &state);
	own.inside = inside;
	return state.found ? state.hash | 1 : 0;
}

uint64_t own_hash_frames(uintptr_t pc, uint64_t value)
{
	uint64_t hash = hash_frames(pc, value);

	if (unlikely(own.wipes))
		own_wipe_more();
	return hash;
}
