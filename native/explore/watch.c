/* SPDX-License-Identifier: MIT */
#include "watch.h"

#include <inttypes.h>
#include <stdio.h>

#include "clock.h"
#include "cond.h"

#define MS_NS UINT64_C(1000000)
#define LOOKS 20 /* before it is a hang: what goes on is not taken for it by chance */
#define TEXT_MAX 400

/* Threads come to their first points one after another: the one that runs now, or NOBODY. */
static int starting(const struct fibers *f)
{
	uint32_t begun = f->running & ~(uint32_t)f->starting;

	return begun ? 31 - __builtin_clz(begun) : NOBODY;
}

/*
 * Which of the model's functions is running, as text. Returns false where none is. Context: the
 * search goes on meanwhile, so that this is a guess, unless it does not.
 */
static bool name_function(const struct stage *stage, const struct fibers *f, char *text,
			  size_t size)
{
	uint32_t steps = __atomic_load_n(&f->steps, __ATOMIC_RELAXED);
	enum fibers_mode mode = (enum fibers_mode)__atomic_load_n(&f->hot.mode, __ATOMIC_RELAXED);
	const struct access *last;
	int cpu;

	if (f->alone) {
		snprintf(text, size, "`%s` has not come to its end",
			 stage->phase == STAGE_BEFORE ? "before" : "check");
		return true;
	}
	if (mode == FIBERS_ALONE)
		return false;
	cpu = steps ? (int)choice_chosen(f->schedule[steps - 1]) : starting(f);
	if (cpu == NOBODY || cpu >= (int)f->cpus)
		return false;
	last = &f->next[cpu];
	if (!steps)
		snprintf(text, size, "cpu%d has not come to its first point", cpu + 1);
	else if (mode == FIBERS_RECORD && last->site)
		snprintf(text, size,
			 "cpu%d has not come to another point after step %u, \"%s\" in %s,",
			 cpu + 1, steps, last->site->text, last->site->func);
	else
		snprintf(text, size, "cpu%d has not come to another point after step %u", cpu + 1,
			 steps);
	return true;
}

static void say(const struct watch *w, const struct fibers *f, uint64_t ns)
{
	char function[TEXT_MAX / 2], text[TEXT_MAX];

	if (!name_function(w->stage, f, function, sizeof(function)))
		return;
	snprintf(text, sizeof(text),
		 "%s for %" PRIu64 " ms: a loop without points cannot be ended, see explore.h",
		 function, ns / MS_NS);
	if (w->plan->hangs)
		w->plan->hangs(w->plan->hangs_context, text);
	else
		fprintf(stderr, "dmtorture: %s\n", text);
}

static struct whereabouts look(const struct stage *stage, const struct fibers *f)
{
	return (struct whereabouts){
		.calls = __atomic_load_n(&stage->calls, __ATOMIC_RELAXED),
		.steps = __atomic_load_n(&f->steps, __ATOMIC_RELAXED),
		.alone_points = __atomic_load_n(&f->alone_points, __ATOMIC_RELAXED),
	};
}

static bool is_same(struct whereabouts a, struct whereabouts b)
{
	return a.calls == b.calls && a.steps == b.steps && a.alone_points == b.alone_points;
}

static void *watch(void *context)
{
	struct watch *w = context;
	uint64_t limit_ns = w->plan->hang_ms * MS_NS, since_ns = monotonic_ns();
	struct whereabouts seen = {0};
	bool said = false;

	pthread_mutex_lock(&w->lock);
	/* A short search is over before this thread has begun. */
	while (!w->over) {
		const struct fibers *f;
		struct whereabouts now;

		cond_wait_ns(&w->over_changed, &w->lock, limit_ns / LOOKS);
		if (w->over)
			break;
		f = __atomic_load_n(&w->stage->fibers, __ATOMIC_ACQUIRE);
		if (!f)
			continue;
		now = look(w->stage, f);
		if (!is_same(now, seen)) {
			seen = now;
			since_ns = monotonic_ns();
			said = false;
		} else if (!said && monotonic_ns() - since_ns >= limit_ns) {
			said = true;
			say(w, f, monotonic_ns() - since_ns);
		}
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

void watch_start(struct watch *w, const struct explore_plan *plan, const struct stage *stage)
{
	*w = (struct watch){.plan = plan, .stage = stage};
	if (plan->hang_ms == EXPLORE_NOT_WATCHED)
		return;
	pthread_mutex_init(&w->lock, NULL);
	cond_init(&w->over_changed);
	w->watches = !pthread_create(&w->thread, NULL, watch, w);
}

void watch_stop(struct watch *w)
{
	if (!w->watches)
		return;
	pthread_mutex_lock(&w->lock);
	w->over = true;
	pthread_cond_signal(&w->over_changed);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	pthread_cond_destroy(&w->over_changed);
	pthread_mutex_destroy(&w->lock);
	w->watches = false;
}
