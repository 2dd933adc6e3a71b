/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "crew.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arrays.h"

#define SPINS_A_YIELD 256
#define NAP_NS_MAX UINT64_C(50000000)

uint32_t crew_cpus(void)
{
#ifdef __linux__
	cpu_set_t allowed;

	if (!sched_getaffinity(0, sizeof(allowed), &allowed))
		return (uint32_t)CPU_COUNT(&allowed);
#endif
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	return cpus > 0 ? (uint32_t)cpus : 1;
}

/* Give @thread the (@index mod n)-th of the n CPUs that there are. */
static void pin(pthread_t thread, uint32_t index)
{
#ifdef __linux__
	cpu_set_t allowed, one;
	uint32_t wanted;

	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		return;
	wanted = index % (uint32_t)CPU_COUNT(&allowed);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &allowed) || wanted--)
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		pthread_setaffinity_np(thread, sizeof(one), &one);
		return;
	}
#else
	(void)thread;
	(void)index;
#endif
}

static uint64_t thread_cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Stand at the line until all do. A thread that waits for a CPU of its own gets one. */
static void wait_at_line(struct crew *crew)
{
	atomic_fetch_add(&crew->at_line, 1);
	for (unsigned int turn = 1; !atomic_load_explicit(&crew->go, memory_order_acquire);
	     turn++) {
		if (turn % SPINS_A_YIELD)
			cpu_pause();
		else
			sched_yield();
	}
}

static void *member_main(void *argument)
{
	struct member *member = argument;
	struct crew *crew = member->crew;
	uint64_t turn = 0, cpu_ns;

	pthread_mutex_lock(&crew->lock);
	for (;;) {
		while (crew->turn == turn && !crew->ends)
			pthread_cond_wait(&crew->turn_begins, &crew->lock);
		if (crew->ends)
			break;
		turn = crew->turn;
		pthread_mutex_unlock(&crew->lock);
		wait_at_line(crew);
		atomic_store_explicit(&member->at_work, true, memory_order_relaxed);
		cpu_ns = thread_cpu_ns();
		member->began = ticks();
		crew->work(member);
		member->ended = ticks();
		atomic_store_explicit(&member->at_work, false, memory_order_relaxed);
		member->cpu_ns = thread_cpu_ns() - cpu_ns;
		pthread_mutex_lock(&crew->lock);
		if (--crew->working == 0)
			pthread_cond_signal(&crew->turn_ends);
	}
	pthread_mutex_unlock(&crew->lock);
	return NULL;
}

struct crew *crew_new(uint32_t threads, bool pinned, double ticks_per_ns)
{
	struct crew *crew = array_aligned(CREW_ALIGN, 1, sizeof(*crew));
	struct member *members = array_aligned(CREW_ALIGN, threads, sizeof(*members));
	int failed = 0;

	if (!crew || !members) {
		free(crew);
		free(members);
		return NULL;
	}
	crew->members = members;
	crew->ticks_per_ns = ticks_per_ns;
	pthread_mutex_init(&crew->lock, NULL);
	pthread_cond_init(&crew->turn_begins, NULL);
	pthread_cond_init(&crew->turn_ends, NULL);
	for (uint32_t i = 0; i < threads && !failed; i++) {
		members[i].crew = crew;
		members[i].index = i;
		failed = pthread_create(&members[i].thread, NULL, member_main, &members[i]);
		if (!failed && pinned)
			pin(members[i].thread, i);
		crew->threads += !failed;
	}
	if (failed) {
		crew_free(crew);
		return NULL;
	}
	return crew;
}

void crew_free(struct crew *crew)
{
	if (!crew)
		return;
	pthread_mutex_lock(&crew->lock);
	crew->ends = true;
	pthread_cond_broadcast(&crew->turn_begins);
	pthread_mutex_unlock(&crew->lock);
	for (uint32_t i = 0; i < crew->threads; i++)
		pthread_join(crew->members[i].thread, NULL);
	pthread_mutex_destroy(&crew->lock);
	pthread_cond_destroy(&crew->turn_begins);
	pthread_cond_destroy(&crew->turn_ends);
	free(crew->members);
	free(crew);
}

/* Sleep, in naps that are short enough for @stop to be heard. */
static void sleep_ns(uint64_t ns, const _Atomic bool *stop)
{
	uint64_t until = monotonic_ns() + ns, now;

	while ((now = monotonic_ns()) < until && !(stop && atomic_load(stop))) {
		uint64_t nap = until - now < NAP_NS_MAX ? until - now : NAP_NS_MAX;
		struct timespec time = {.tv_nsec = (long)nap};

		nanosleep(&time, NULL);
	}
}

double jain_index(const uint64_t *values, uint32_t count, size_t stride)
{
	double sum = 0, squares = 0;

	for (uint32_t i = 0; i < count; i++) {
		double value = (double)*(const uint64_t *)((const char *)values + i * stride);

		sum += value;
		squares += value * value;
	}
	return squares > 0 ? sum * sum / (count * squares) : 1;
}

static void sum_up(const struct crew *crew, struct window *window)
{
	const struct member *m = crew->members;
	uint64_t first = m->began, last = m->ended, all_from = m->began, all_to = m->ended;
	uint64_t cpu_ns = 0;

	*window = (struct window){0};
	for (uint32_t i = 0; i < crew->threads; i++, m++) {
		first = m->began < first ? m->began : first;
		last = m->ended > last ? m->ended : last;
		all_from = m->began > all_from ? m->began : all_from;
		all_to = m->ended < all_to ? m->ended : all_to;
		window->ops += m->ops;
		cpu_ns += m->cpu_ns;
	}
	window->seconds = (double)(last - first) / (crew->ticks_per_ns * 1e9);
	window->overlap =
		all_to > all_from ? (double)(all_to - all_from) / (double)(last - first) : 0;
	window->jain = jain_index(&crew->members->ops, crew->threads, sizeof(*m));
	window->cpu_ns_per_op = window->ops ? (double)cpu_ns / (double)window->ops : 0;
	window->ops_per_second = window->seconds > 0 ? (double)window->ops / window->seconds : 0;
}

/* Wait until all have ended this turn. Context: holds crew->lock. */
static void wait_for_end(struct crew *crew)
{
	struct timespec until;

	if (crew->hangs) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += (time_t)(crew->hang_ns / 1000000000u);
		until.tv_nsec += (long)(crew->hang_ns % 1000000000u);
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
	}
	while (crew->working) {
		if (!crew->hangs)
			pthread_cond_wait(&crew->turn_ends, &crew->lock);
		else if (pthread_cond_timedwait(&crew->turn_ends, &crew->lock, &until))
			crew->hangs(crew);
	}
}

void crew_run(struct crew *crew, void (*work)(struct member *member), void *context,
	      uint64_t window_ns, const _Atomic bool *stop, struct window *window)
{
	pthread_mutex_lock(&crew->lock);
	crew->work = work;
	crew->context = context;
	crew->working = crew->threads;
	crew->turn++;
	atomic_store(&crew->stop, false);
	atomic_store(&crew->go, false);
	atomic_store(&crew->at_line, 0);
	pthread_cond_broadcast(&crew->turn_begins);
	pthread_mutex_unlock(&crew->lock);
	while (atomic_load(&crew->at_line) < crew->threads)
		sched_yield();
	atomic_store_explicit(&crew->go, true, memory_order_release);
	sleep_ns(window_ns, stop);
	atomic_store(&crew->stop, true);
	pthread_mutex_lock(&crew->lock);
	wait_for_end(crew);
	pthread_mutex_unlock(&crew->lock);
	sum_up(crew, window);
}
