/* SPDX-License-Identifier: MIT */
/*
 * Code of the program that comes from headers of the system: templates and inline functions of C++.
 * `std::mutex::lock()` is compiled into the program, and its line says nothing to a reader: what
 * counts is the line that called it. Which code that is, stands beside the object, in a file of
 * pairs of offsets from its first address: where a function begins, where it ends.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "process.h"

/* Of each thread, what own_outer() last did. A return address of the program belongs to one call.
 */
static struct {
	uintptr_t inner, outer;
} last[OWN_THREADS];

bool own_is_of_headers(uintptr_t pc)
{
	return own.of_headers && own_is_code(pc) && own.of_headers[pc - 1 - own.text_low];
}

/* Fills own.of_headers from @file. */
static void read_ranges(FILE *file, size_t bytes)
{
	uint32_t range[2];

	own.of_headers = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (own.of_headers == MAP_FAILED) {
		own.of_headers = NULL;
		return;
	}
	while (fread(range, sizeof(range), 1, file) == 1)
		if (range[0] < range[1] && range[1] <= bytes)
			memset(own.of_headers + range[0], 1, range[1] - range[0]);
}

void own_headers_begin(const char *object)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s.headers", object);
	file = fopen(path, "rb");
	if (!file)
		return;
	read_ranges(file, own.text_end - own.text_low);
	fclose(file);
}

/* It has to have a frame of its own, below that of its caller. */
__attribute__((noinline)) uintptr_t own_outer(uintptr_t pc)
{
	uintptr_t low, end, code = pc;
	/* Frames begin with where that of the caller is, and where the caller goes on. */
	const uintptr_t *at = *(const uintptr_t **)__builtin_frame_address(0);

	if (!own_is_of_headers(pc) || !own_stack_of(own.current, &low, &end))
		return pc;
	while (own_is_of_headers(code)) {
		uintptr_t next = at[0];

		if (next <= (uintptr_t)at || next < low || next % sizeof(next) ||
		    next > end - 2 * sizeof(next))
			return pc;
		at = (const uintptr_t *)next;
		code = at[1];
	}
	if (!own_is_code(code))
		return pc;
	last[own.current].inner = pc;
	last[own.current].outer = code;
	return code;
}

uintptr_t own_inner(uintptr_t pc)
{
	return last[own.current].outer == pc ? last[own.current].inner : pc;
}
