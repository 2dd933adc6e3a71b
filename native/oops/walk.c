/* SPDX-License-Identifier: MIT */
/*
 * A walk up the stack by frame pointers, which this binary is compiled with. It allocates nothing
 * and takes no lock, so that a signal handler can use it, and a free() as well.
 */
#define _GNU_SOURCE
#include "oops.h"

extern const char __ehdr_start[] __attribute__((visibility("hidden")));

static _Thread_local struct {
	uintptr_t low, high;
} stack;

void walk_begin(void)
{
	pthread_attr_t attributes;
	void *low;
	size_t bytes;

	if (pthread_getattr_np(pthread_self(), &attributes))
		return;
	if (!pthread_attr_getstack(&attributes, &low, &bytes)) {
		stack.low = (uintptr_t)low;
		stack.high = stack.low + bytes;
	}
	pthread_attr_destroy(&attributes);
}

uint32_t walk_from(uintptr_t pc, uintptr_t frame, uintptr_t *out, uint32_t frames)
{
	uint32_t count = 0;

	while (pc && count < frames) {
		const uintptr_t *at = (const uintptr_t *)frame;

		out[count++] = pc;
		if (frame < stack.low || frame + 2 * sizeof(*at) > stack.high ||
		    frame % sizeof(*at))
			break;
		/* Both machines that are known here keep the caller's frame, then where it goes on.
		 */
		pc = at[1];
		if (at[0] <= frame)
			break;
		frame = at[0];
	}
	return count;
}

uint32_t walk_here(uintptr_t *out, uint32_t frames)
{
	const uintptr_t *at = __builtin_frame_address(0);

	return walk_from(at[1], at[0], out, frames);
}

uintptr_t walk_base(void)
{
	return (uintptr_t)__ehdr_start;
}
