/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "park.h"
#include "worker.h"

void harvest_progress(const struct run *run, struct progress *progress)
{
	progress->elapsed_ns = clock_ns() - run->began_ns;
	progress->ops = run_ops(run);
	progress->faults = atomic_load(&run->fault_total);
	progress->rounds = 0;
	for (uint32_t i = 0; i <= run->threads; i++)
		progress->rounds +=
			atomic_load_explicit(&run->workers[i].rounds, memory_order_relaxed);
}

/* The faults of one worker that are news. Returns what the listener returned. */
static int harvest_log(struct run *run, struct fault_log *log)
{
	int answer = 0;

	for (uint32_t i = 0; !answer; i++) {
		struct fault_note news;
		bool any;

		pthread_mutex_lock(&log->lock);
		any = i < log->count;
		if (any) {
			news = log->entry[i].note;
			news.count -= log->entry[i].told;
			log->entry[i].told = log->entry[i].note.count;
		}
		pthread_mutex_unlock(&log->lock);
		if (!any)
			break;
		if (news.count)
			answer = run->listener.fault(run->listener.context, &news);
	}
	return answer;
}

int harvest_faults(struct run *run)
{
	int answer = 0;

	for (uint32_t i = 0; i <= run->threads && !answer; i++)
		answer = harvest_log(run, &run->workers[i].faults);
	return answer;
}

static void harvest_op(const struct run *run, enum op_code op, double ns_per_tick,
		       struct histogram *merged, struct op_stats *stats)
{
	memset(merged, 0, sizeof(*merged));
	for (uint32_t i = 0; i < run->threads; i++) {
		const struct worker *worker = &run->workers[i];

		histogram_merge(merged, &worker->latency[op]);
		stats->ok += atomic_load(&worker->stat[op][0]);
		for (uint32_t row = 0; row < errno_count; row++)
			stats->errors[row] += atomic_load(&worker->stat[op][row + 1]);
	}
	stats->count = stats->ok;
	for (uint32_t row = 0; row < errno_count; row++)
		stats->count += stats->errors[row];
	stats->p50_ns = (uint64_t)((double)histogram_quantile(merged, 0.5) * ns_per_tick);
	stats->p90_ns = (uint64_t)((double)histogram_quantile(merged, 0.9) * ns_per_tick);
	stats->p99_ns = (uint64_t)((double)histogram_quantile(merged, 0.99) * ns_per_tick);
	stats->p999_ns = (uint64_t)((double)histogram_quantile(merged, 0.999) * ns_per_tick);
	stats->max_ns = (uint64_t)((double)histogram_quantile(merged, 1) * ns_per_tick);
}

/* The buckets of @merged that have something, so that runs can be added up. Returns 0 or -ENOMEM.
 */
static int harvest_latency(const struct histogram *merged, enum op_code op, double ns_per_tick,
			   struct report *report)
{
	size_t count = report->latency_count;
	struct latency_bucket *all;

	for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++)
		count += atomic_load_explicit(&merged->bucket[i], memory_order_relaxed) != 0;
	if (count == report->latency_count)
		return 0;
	all = realloc(report->latency, count * sizeof(*all));
	if (!all)
		return -ENOMEM;
	report->latency = all;
	for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		uint64_t here = atomic_load_explicit(&merged->bucket[i], memory_order_relaxed);

		if (here)
			all[report->latency_count++] = (struct latency_bucket){
				.op = op,
				.upper_ns = (uint64_t)((double)histogram_upper(i) * ns_per_tick),
				.count = here};
	}
	return 0;
}

static int harvest_outcomes(struct run *run, struct report *report)
{
	struct tally all;
	int r = tally_init(&all, run->outcome_width);

	for (uint32_t i = 0; i <= run->threads && !r; i++)
		r = tally_merge(&all, &run->workers[i].tally);
	if (!r)
		r = tally_report(&all, report);
	tally_free(&all);
	return r;
}

int harvest_report(struct run *run, struct report *report)
{
	struct histogram *merged = malloc(sizeof(*merged));
	double ns_per_tick;
	int r = 0;

	if (!merged)
		return -ENOMEM;
	harvest_progress(run, &report->totals);
	ns_per_tick = (double)report->totals.elapsed_ns / (double)(ticks() - run->began_ticks);
	report->complete = !atomic_load(&run->stopped_early);
	for (uint32_t op = 0; op < OP_COUNT && !r; op++) {
		harvest_op(run, (enum op_code)op, ns_per_tick, merged, &report->ops[op]);
		r = harvest_latency(merged, (enum op_code)op, ns_per_tick, report);
	}
	free(merged);
	if (r)
		return r;
	for (uint32_t i = 0; i <= run->threads; i++) {
		const struct fault_log *log = &run->workers[i].faults;

		report->notes_seen |= atomic_load(&run->workers[i].notes_seen);
		for (uint32_t k = 0; k < log->count; k++)
			report->faults_by_kind[log->entry[k].note.kind] += log->entry[k].note.count;
	}
	return run->has_programs ? harvest_outcomes(run, report) : 0;
}
