/* SPDX-License-Identifier: MIT */
/* Which lock, and the beginning of a process. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.h"
#include "conditions.h"
#include "counts.h"
#include "lock.h"
#include "mutex.h"
#include "notes.h"
#include "reals.h"
#include "verbs.h"

#define ENVIRONMENT_BYTES 65536
#define CALIBRATION_NS UINT64_C(100000)
#define VARIABLE "DMTORTURE_PRELOAD="

#define PRELOADED(slug, room) extern const struct verbs slug##_verbs_true, slug##_verbs_false;
#include "preload.def"
#undef PRELOADED

static const struct {
	const char *slug;
	enum lock_id id;
	const struct verbs *counted, *uncounted;
} locks[] = {
#define PRELOADED(slug, room) {#slug, LOCK_ID_##slug, &slug##_verbs_true, &slug##_verbs_false},
#include "preload.def"
#undef PRELOADED
};

static const enum lock_class classes[LOCK_COUNT] = {
#define LOCK(slug, class, ...) [LOCK_ID_##slug] = LOCK_##class,
#define REFERENCE(slug, class, ...) [LOCK_ID_##slug] = LOCK_##class,
#include "locks.def"
#undef LOCK
#undef REFERENCE
};

bool refuse_crowds;
uint32_t cpus_of_process = UINT32_MAX;

static int choose_lock(pthread_mutex_t *m, void *from)
{
	return chosen()->lock(m, from);
}

static int choose_trylock(pthread_mutex_t *m, void *from)
{
	return chosen()->trylock(m, from);
}

static int choose_unlock(pthread_mutex_t *m)
{
	return chosen()->unlock(m);
}

static const struct verbs unchosen = {
	.lock = choose_lock, .trylock = choose_trylock, .unlock = choose_unlock};
const struct verbs *verbs = &unchosen;

static uint32_t count_cpus(void)
{
	unsigned long set[128] = {0};
	uint32_t cpus = 0;
	long bytes = syscall(SYS_sched_getaffinity, 0, sizeof(set), set);

	for (long i = 0; i < bytes / (long)sizeof(*set); i++)
		cpus += (uint32_t)__builtin_popcountl(set[i]);
	return cpus ? cpus : UINT32_MAX;
}

/* One word of "<lock> <count|plain> <force|refuse> <folder>", which ends in a space or zero. */
static const char *next_word(const char **at)
{
	const char *word = *at;

	*at += strcspn(*at, " ");
	*at += **at == ' ';
	return word;
}

static bool is_word(const char *at, const char *word)
{
	size_t length = strlen(word);

	return !strncmp(at, word, length) && (at[length] == ' ' || !at[length]);
}

static const struct verbs *chosen_by(const char *value)
{
	const char *slug = next_word(&value);
	bool counted = is_word(next_word(&value), "count");
	bool forced = is_word(next_word(&value), "force");

	for (size_t i = 0; i < sizeof(locks) / sizeof(*locks); i++) {
		if (!is_word(slug, locks[i].slug))
			continue;
		if (strlen(value) < FOLDER_BYTES)
			memcpy(notes_folder, value, strlen(value) + 1);
		refuse_crowds = classes[locks[i].id] != LOCK_BLOCKS && !forced;
		/* A lock that sleeps does so by itself. */
		cpus_of_process = classes[locks[i].id] == LOCK_BLOCKS ? UINT32_MAX : count_cpus();
		return counted ? locks[i].counted : locks[i].uncounted;
	}
	return &pthread_mutex_verbs_false;
}

/* The environment as the process began: this may come before libc has it. */
static const char *variable(void)
{
	static char environment[ENVIRONMENT_BYTES];
	long file = syscall(SYS_openat, AT_FDCWD, "/proc/self/environ", O_RDONLY | O_CLOEXEC);
	long length = 0, got;

	if (file < 0)
		return NULL;
	while (length < ENVIRONMENT_BYTES - 1 &&
	       (got = syscall(SYS_read, file, environment + length,
			      ENVIRONMENT_BYTES - 1 - length)) > 0)
		length += got;
	syscall(SYS_close, file);
	for (const char *at = environment; at < environment + length; at += strlen(at) + 1)
		if (!strncmp(at, VARIABLE, strlen(VARIABLE)))
			return at + strlen(VARIABLE);
	return NULL;
}

void choose(void)
{
	const char *value = variable();

	verbs = value ? chosen_by(value) : &pthread_mutex_verbs_false;
}

uint64_t ticks_per_us(void)
{
	static _Atomic uint64_t known;
	uint64_t value = atomic_load_explicit(&known, memory_order_relaxed);
	uint64_t ns, began, now;

	if (likely(value))
		return value;
	ns = monotonic_ns();
	began = ticks();
	do
		now = monotonic_ns();
	while (now - ns < CALIBRATION_NS);
	value = (ticks() - began) * 1000 / (now - ns);
	value = value ? value : 1;
	atomic_store_explicit(&known, value, memory_order_relaxed);
	return value;
}

static void after_fork(void)
{
	self_after_fork();
	counts_after_fork();
	conditions_after_fork();
}

static __attribute__((constructor(101))) void begin(void)
{
	int error = errno;

	chosen();
	resolve();
	self_begin();
	pthread_atfork(NULL, NULL, after_fork);
	note("reached", 0, 0);
	errno = error;
}
