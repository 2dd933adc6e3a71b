/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "reals.h"

struct reals reals;
__thread bool resolving __attribute__((tls_model("initial-exec")));

/*
 * x86-64 has two layouts of pthread_cond_t, and before glibc 2.36 dlsym(RTLD_NEXT) could give the
 * functions of the old one. Other ports begin after that, and have no such version: the look-up of
 * one that is missing calls malloc() for its message.
 */
static void *find(const char *name, bool twice)
{
#ifdef __x86_64__
	if (twice)
		return dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2");
#else
	(void)twice;
#endif
	return dlsym(RTLD_NEXT, name);
}

void resolve(void)
{
	if (resolving)
		return;
	resolving = true;
#define FIND(name, twice) reals.name = (__typeof__(&(name)))find(#name, twice);
	REALS(FIND)
#undef FIND
	reals.known = true;
	resolving = false;
}
