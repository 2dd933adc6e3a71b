/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into a program that `dmtorture stress` runs: it delays threads by random times, drawn
 * from a seed, where they begin and at mutexes. Threads that would begin one after another, each of
 * them done before the next, then run at once. Every delay is one that a busy machine makes as
 * well.
 *
 * It also has the program say how many threads it had, has a crash say where it was, and keeps it
 * from leaving a core file.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <threads.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define SPINS_LOG2 9	    /* a short delay is at most 512 rounds of a loop */
#define SLEEP_NS_LOG2 17    /* a long one at most 131 us */
#define MEETING_SPINS 20000 /* how long a thread waits for one that it created to begin */

static bool is_delaying;
static uint64_t seed;
static atomic_uint created, begun, met; /* numbers of threads, from 1 */
static uintptr_t program_base;

/* Of this thread; SplitMix64, Steele, Lea and Flood 2014. */
static _Thread_local uint64_t random_state;

static int (*next_pthread_create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
static int (*next_thrd_create)(thrd_t *, thrd_start_t, void *);
static int (*next_mutex_lock)(pthread_mutex_t *);
static int (*next_mutex_unlock)(pthread_mutex_t *);

static uint64_t draw(void)
{
	uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static void begin_drawing(uint64_t thread)
{
	random_state = seed + thread * UINT64_C(0xd1342543de82ef95);
}

static void spin(uint64_t rounds)
{
	for (volatile uint64_t i = 0; i < rounds; i++)
		;
}

/* One delay in two is none, so that whatever is common without delays stays common. */
static void rest(void)
{
	uint64_t how = draw() & 15, length = draw();

	if (how < 8)
		return;
	if (how < 13) {
		spin(length & ((1u << (draw() % (SPINS_LOG2 + 1))) - 1));
	} else if (how < 15) {
		sched_yield();
	} else {
		struct timespec time = {0, (long)(length & ((1u << SLEEP_NS_LOG2) - 1))};

		nanosleep(&time, NULL);
	}
}

/* What a new thread begins with; it frees it. */
struct beginning {
	void *(*function)(void *);
	thrd_start_t thrd_function;
	void *argument;
	unsigned int number;
	bool meets; /* it goes on when its creator does */
};

static void wait_for(atomic_uint *reached, unsigned int number)
{
	for (unsigned int i = 0; atomic_load(reached) < number && i < MEETING_SPINS; i++)
		if (i % 64 == 63)
			sched_yield();
	spin(draw() & 31);
}

static struct beginning enter(void *given)
{
	struct beginning beginning = *(struct beginning *)given;

	free(given);
	begin_drawing(beginning.number);
	atomic_fetch_add(&begun, 1);
	if (beginning.meets)
		wait_for(&met, beginning.number);
	else
		rest();
	return beginning;
}

static void *begin_pthread(void *given)
{
	struct beginning beginning = enter(given);

	return beginning.function(beginning.argument);
}

static int begin_thrd(void *given)
{
	struct beginning beginning = enter(given);

	return beginning.thrd_function(beginning.argument);
}

/* Memory for a new thread; NULL: it begins without a delay. */
static struct beginning *prepare(void *argument)
{
	struct beginning *beginning = is_delaying ? malloc(sizeof(*beginning)) : NULL;

	if (beginning) {
		beginning->argument = argument;
		beginning->number = atomic_fetch_add(&created, 1) + 1;
		beginning->meets = draw() & 1;
	}
	return beginning;
}

/* Half of the time the creator waits until the new thread has begun, so that both run at once. */
static void after_create(unsigned int number, bool meets)
{
	if (!meets) {
		rest();
		return;
	}
	wait_for(&begun, number);
	atomic_store(&met, number);
}

static void *next_of(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*function)(void *),
		   void *argument)
{
	struct beginning *beginning = prepare(argument);
	unsigned int number;
	bool meets;
	int error;

	if (!next_pthread_create)
		*(void **)&next_pthread_create = next_of("pthread_create");
	if (!beginning)
		return next_pthread_create(thread, attributes, function, argument);
	number = beginning->number;
	meets = beginning->meets;
	beginning->function = function;
	error = next_pthread_create(thread, attributes, begin_pthread, beginning);
	if (error)
		free(beginning);
	else
		after_create(number, meets);
	return error;
}

int thrd_create(thrd_t *thread, thrd_start_t function, void *argument)
{
	struct beginning *beginning = prepare(argument);
	unsigned int number;
	bool meets;
	int error;

	if (!next_thrd_create)
		*(void **)&next_thrd_create = next_of("thrd_create");
	if (!beginning)
		return next_thrd_create(thread, function, argument);
	number = beginning->number;
	meets = beginning->meets;
	beginning->thrd_function = function;
	error = next_thrd_create(thread, begin_thrd, beginning);
	if (error == thrd_success)
		after_create(number, meets);
	else
		free(beginning);
	return error;
}

/* Of locks one in four is delayed: a program may take thousands of them. */
static bool is_delayed_here(void)
{
	return is_delaying && !(draw() & 3);
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
	if (!next_mutex_lock)
		*(void **)&next_mutex_lock = next_of("pthread_mutex_lock");
	if (is_delayed_here())
		rest();
	return next_mutex_lock(mutex);
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	int error;

	if (!next_mutex_unlock)
		*(void **)&next_mutex_unlock = next_of("pthread_mutex_unlock");
	error = next_mutex_unlock(mutex);
	if (is_delayed_here())
		rest();
	return error;
}

static uintptr_t code_address(const ucontext_t *context)
{
#if defined(__x86_64__)
	return (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
	return context->uc_mcontext.pc;
#else
	(void)context;
	return 0;
#endif
}

/* Say where; the instruction then runs again, and the signal ends the process as it would have. */
static void on_crash(int number, siginfo_t *info, void *context)
{
	char text[] = "dmtorture: signal at 0x0000000000000000\n";
	uintptr_t offset = code_address(context) - program_base;
	char *digit = text + sizeof(text) - 3;

	(void)number;
	(void)info;
	for (; offset; offset >>= 4)
		*digit-- = "0123456789abcdef"[offset & 15];
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		return;
}

static int find_program(struct dl_phdr_info *info, size_t size, void *unused)
{
	(void)size;
	(void)unused;
	program_base = info->dlpi_addr;
	return 1; /* the first is the program itself */
}

__attribute__((constructor)) static void prepare_process(void)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
	struct sigaction action = {.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO | SA_RESETHAND};
	const char *text = getenv("DMTORTURE_DELAY_SEED"), *signal = getenv("DMTORTURE_SIGNALS");

	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	dl_iterate_phdr(find_program, NULL);
	/* A sanitizer has handlers of its own. */
	for (unsigned int i = 0; signal && i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &action, NULL);
	if (!text)
		return;
	seed = strtoull(text, NULL, 10);
	begin_drawing(0);
	is_delaying = true;
}

__attribute__((destructor)) static void report_threads(void)
{
	if (is_delaying)
		dprintf(STDERR_FILENO, "dmtorture: threads %u\n", atomic_load(&created) + 1);
}
