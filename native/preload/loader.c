/* SPDX-License-Identifier: MIT */
/* What the program does to its own modules, as far as it matters here. */
#define _GNU_SOURCE
#include <dlfcn.h>

#include "counts.h"
#include "notes.h"
#include "reals.h"
#include "verbs.h"

/*
 * A library that is opened with RTLD_DEEPBIND finds libc's functions before these, so it does not
 * exclude a thread that locks the same mutex through these: the report says so.
 *
 * The loader searches by the caller's own path, which it takes from the return address: the call
 * has to be a jump.
 */
API void *dlopen(const char *file, int mode)
{
	if (unlikely(mode & RTLD_DEEPBIND) && replaces())
		note("deepbind", 0, 0);
	return real()->dlopen(file, mode);
}

API int dlclose(void *handle)
{
	int result = real()->dlclose(handle);

	counts_modules_changed();
	return result;
}
