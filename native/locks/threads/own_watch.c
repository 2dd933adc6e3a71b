/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "own_watch.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "own_lock.h"

#if defined(__GLIBC__) && __has_include(<execinfo.h>)
#include <execinfo.h>
#define HAVE_BACKTRACE
#endif
#if defined(__linux__)
#include <ucontext.h>
#define LOOK_SIGNAL (SIGRTMIN + 3)
#else
#define LOOK_SIGNAL SIGUSR2
#endif

#define FRAMES_MAX 48
#define LOOK_NS 1000000
#define LOOKS_MAX 500
#define ALARM_S 5
#define EXIT_HUNG 70

static int watch_fd = -1;
static int32_t entered = -1;

/* A thread's place: where in which lock. */
struct place {
	int32_t lock; /* -1: elsewhere */
	uintptr_t offset;
};

static struct place found;
static _Atomic bool looked;

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void say(const char *format, ...)
{
	char line[128];
	va_list values;
	int length;

	va_start(values, format);
	length = vsnprintf(line, sizeof(line), format, values);
	va_end(values);
	if (length > 0 && write(watch_fd, line, (size_t)length) < 0)
		watch_fd = -1; /* the parent is gone */
}

/* Whether @address is code of one of the locks. */
static bool is_of_lock(uintptr_t address, struct place *place)
{
	Dl_info where;

	if (!dladdr((const void *)address, &where))
		return false;
	for (uint32_t i = 0; i < own_lock_count(); i++) {
		if (own_lock_base(i) != where.dli_fbase)
			continue;
		*place = (struct place){(int32_t)i, address - (uintptr_t)where.dli_fbase};
		return true;
	}
	return false;
}

static uintptr_t counter_of(const void *context)
{
#if defined(__linux__) && defined(__x86_64__)
	return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
#elif defined(__linux__) && defined(__aarch64__)
	return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.pc;
#else
	(void)context;
	return 0;
#endif
}

/* Where the calling thread was when a signal came: in a lock, or in what a lock called. */
static struct place place_of(const void *context)
{
	struct place place = {.lock = -1};

	if (is_of_lock(counter_of(context), &place))
		return place;
#ifdef HAVE_BACKTRACE
	void *frames[FRAMES_MAX];
	int count = backtrace(frames, FRAMES_MAX);

	/* What it returns to is behind the call. */
	for (int i = 0; i < count; i++)
		if (is_of_lock((uintptr_t)frames[i] - 1, &place))
			break;
#endif
	return place;
}

static void say_place(uint32_t thread, const struct place *place)
{
	say("at %u %d %lx\n", thread, place->lock, (unsigned long)place->offset);
}

static void on_look(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)info;
	found = place_of(context);
	atomic_store(&looked, true);
}

static void on_crash(int number, siginfo_t *info, void *context)
{
	struct place place;

	(void)info;
	/* What follows may crash, or wait for what the thread that crashed holds. */
	signal(number, SIG_DFL);
	alarm(ALARM_S);
	say("crashed %d\n", number);
	place = place_of(context);
	say_place(0, &place);
	raise(number);
}

void own_watch_open(int fd)
{
	static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP};
	struct sigaction action = {.sa_flags = SA_SIGINFO | SA_NODEFER | SA_RESTART};

	watch_fd = fd;
	action.sa_sigaction = on_crash;
	for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		sigaction(crashes[i], &action, NULL);
	action.sa_sigaction = on_look;
	sigaction(LOOK_SIGNAL, &action, NULL);
#ifdef HAVE_BACKTRACE
	/* The first call loads what it needs, which a handler must not. */
	void *frames[1];

	backtrace(frames, 1);
#endif
}

bool own_watch_is_open(void)
{
	return watch_fd >= 0;
}

void own_watch_enters(const struct lock_row *row)
{
	int32_t lock = -1;

	for (uint32_t i = 0; i < own_lock_count() && row; i++)
		if (own_lock_at(i) == row)
			lock = (int32_t)i;
	if (watch_fd < 0 || lock == entered)
		return;
	entered = lock;
	say("enters %d\n", lock);
}

void own_watch_hangs(const pthread_t *threads, uint32_t count)
{
	const struct timespec nap = {.tv_nsec = LOOK_NS};

	say("hangs\n");
	for (uint32_t i = 0; i < count; i++) {
		found = (struct place){.lock = -1};
		atomic_store(&looked, false);
		pthread_kill(threads[i], LOOK_SIGNAL);
		for (uint32_t n = 0; n < LOOKS_MAX && !atomic_load(&looked); n++)
			nanosleep(&nap, NULL);
		say_place(i, &found);
	}
	_exit(EXIT_HUNG);
}

void own_watch_scribbles(void)
{
	say("scribbles\n");
	_exit(EXIT_HUNG);
}
