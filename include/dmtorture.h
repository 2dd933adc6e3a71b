/* SPDX-License-Identifier: MIT */
/*
 * Report what a thread of your program read, for C11 and C++11 or newer:
 *
 *     #include <dmtorture.h>
 *     record("r1", value);
 *
 * `dmtorture explore` and `dmtorture stress` count what the runs of a program recorded, and print
 * it as a table of outcomes. They find this header by themselves. Everywhere else it is a header
 * and nothing more: there is no library to link, and record() prints `r1=1`.
 */
#ifndef DMTORTURE_H
#define DMTORTURE_H

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The explorer's own, which is there while it runs the program; elsewhere the address is NULL. */
extern void dmtorture_record(const char *name, long long value) __attribute__((weak));

/*
 * Record @value under @name, which has no blank and no `=` in it. The last value of a name counts.
 * Any thread may call it; it orders nothing between threads, and is no point to switch at.
 * A fault that names its place names the line of the caller.
 */
__attribute__((always_inline)) static inline void record(const char *name, long long value)
{
	if (dmtorture_record)
		dmtorture_record(name, value);
	else
		printf("%s=%lld\n", name, value);
}

#ifdef __cplusplus
}
#endif

#endif
