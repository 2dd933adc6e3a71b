/* SPDX-License-Identifier: MIT */
/*
 * Libraries: one is found by the path of the program that opens it, one is opened so that it
 * bypasses what is preloaded, and one is opened again at an address that was another's. Built with
 * -DLIBRARY it is such a library.
 */
#define _GNU_SOURCE
#include <dlfcn.h>

#include "app.h"

#ifdef LIBRARY
void work_of_library(pthread_mutex_t *m);

void work_of_library(pthread_mutex_t *m)
{
	for (int i = 0; i < LIBRARY; i++) {
		pthread_mutex_lock(m);
		pthread_mutex_unlock(m);
	}
}
#else
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void use(const char *name, int mode)
{
	void *library = dlopen(name, mode);
	void (*work)(pthread_mutex_t *);

	if (!library)
		fprintf(stderr, "%s\n", dlerror());
	IS(library);
	work = (void (*)(pthread_mutex_t *))dlsym(library, "work_of_library");
	IS(work);
	work(&mutex);
	IS(!dlclose(library));
}

int main(int argc, char **argv)
{
	alarm(limit_s());
	use("libfirst.so", RTLD_NOW);
	use("libsecond.so",
	    RTLD_NOW | (argc > 1 && !strcmp(argv[1], "deepbind") ? RTLD_DEEPBIND : 0));
	puts("right");
	return 0;
}
#endif
