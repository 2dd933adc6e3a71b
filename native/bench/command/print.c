/* SPDX-License-Identifier: MIT */
#include "print.h"

#include <math.h>
#include <string.h>
#include <time.h>

static const char *yes_no(bool yes)
{
	return yes ? "true" : "false";
}

void print_begin(struct printer *p)
{
	if (p->json)
		fprintf(p->out,
			"{\"tool\": \"dmtorture-bench\", \"kind\": \"bench\", \"suite\": \"%s\", "
			"\"rows\": [",
			p->suite);
}

/* What comes before a row. */
static void begin_row(struct printer *p)
{
	if (p->json)
		fputs(p->rows ? ",\n" : "\n", p->out);
	p->rows++;
}

static void json_doubles(FILE *out, const char *name, const double *values, size_t count)
{
	fprintf(out, ", \"%s\": [", name);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s%.6g", i ? ", " : "", values[i]);
	fputc(']', out);
}

static void json_counts(FILE *out, const char *name, const uint64_t *values, size_t count)
{
	fprintf(out, ", \"%s\": [", name);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s%llu", i ? ", " : "", (unsigned long long)values[i]);
	fputc(']', out);
}

static void json_figure(FILE *out, const char *name, const char *interval,
			const struct bench_figure *f)
{
	fprintf(out, ", \"%s\": %.6g, \"%s\": ", name, f->median, interval);
	if (isnan(f->low))
		fputs("null", out);
	else
		fprintf(out, "[%.6g, %.6g]", f->low, f->high);
}

/* An interval for people, @scale times smaller; a dash where there is none. */
static const char *interval_text(const struct bench_figure *f, double scale)
{
	static char text[64];

	if (isnan(f->low))
		return "-";
	snprintf(text, sizeof(text), "%.2f - %.2f", f->low / scale, f->high / scale);
	return text;
}

static void json_quantiles(FILE *out, const char *name, const struct bench_quantiles *q)
{
	fprintf(out,
		", \"%s\": {\"p50\": %.1f, \"p90\": %.1f, \"p99\": %.1f, \"p999\": %.1f, "
		"\"max\": %.1f}",
		name, q->p50, q->p90, q->p99, q->p999, q->max);
}

/* Percentile curves: the buckets that hold something, as pairs. */
static void json_curve(FILE *out, const char *name, const struct bench_lock_row *row,
		       const uint64_t *counts)
{
	const char *comma = "";

	fprintf(out, ", \"%s\": [", name);
	for (size_t i = 0; i < row->bucket_count; i++) {
		if (!counts[i])
			continue;
		fprintf(out, "%s[%.0f, %llu]", comma, row->bucket_ns[i],
			(unsigned long long)counts[i]);
		comma = ", ";
	}
	fputc(']', out);
}

static void json_lock(FILE *out, const struct bench_lock_row *row)
{
	size_t threads = row->cell.threads, powers = BENCH_RUN_POWERS;

	fprintf(out, "{\"lock\": \"%s\", \"threads\": %zu, \"holdNs\": %g, \"outsideNs\": %g",
		row->lock, threads, row->cell.hold_ns, row->cell.outside_ns);
	json_figure(out, "opsPerSecond", "ci95", &row->ops_per_second);
	json_figure(out, "vsMutex", "vsMutexCi95", &row->vs_system);
	json_figure(out, "handoffEfficiency", "handoffEfficiencyCi95", &row->handoff_efficiency);
	fprintf(out,
		", \"n\": %zu, \"jain\": %.4f, \"jainWindows\": [%.4f, %.4f]"
		", \"handoffRatio\": %.4f, \"cpuNsPerOp\": %.1f, "
		"\"overlap\": %.3f, \"oversubscribed\": %s, \"misleading\": %s, \"pinned\": %s, "
		"\"expectedIntervalNs\": %llu",
		row->window_count, row->jain, row->jain_low, row->jain_high, row->handoff_ratio,
		row->cpu_ns_per_op, row->overlap, yes_no(row->oversubscribed),
		yes_no(row->misleading), yes_no(row->pinned),
		(unsigned long long)row->expected_interval_ns);
	json_quantiles(out, "waitNs", &row->wait);
	json_quantiles(out, "waitNsCorrected", &row->wait_corrected);
	json_counts(out, "acquired", row->acquired, threads);
	json_counts(out, "handoffs", row->handoffs, threads * threads);
	while (powers > 1 && !row->runs[powers - 1])
		powers--;
	json_counts(out, "runLengths", row->runs, powers);
	json_curve(out, "waits", row, row->waits);
	json_curve(out, "waitsCorrected", row, row->waits_corrected);
	json_doubles(out, "windows", row->windows, row->window_count);
	fputc('}', out);
}

static void json_rwlock(FILE *out, const struct bench_lock_row *row)
{
	fprintf(out,
		"{\"lock\": \"%s\", \"threads\": %u, \"readPercent\": %u, \"holdNs\": %g, "
		"\"outsideNs\": %g",
		row->lock, row->cell.threads, row->cell.read_percent, row->cell.hold_ns,
		row->cell.outside_ns);
	json_figure(out, "opsPerSecond", "ci95", &row->ops_per_second);
	json_figure(out, "vsRwlock", "vsRwlockCi95", &row->vs_system);
	fprintf(out,
		", \"n\": %zu, \"jain\": %.4f, \"cpuNsPerOp\": %.1f, \"overlap\": %.3f, "
		"\"oversubscribed\": %s, \"misleading\": %s, \"pinned\": %s, "
		"\"rereads\": %.6f",
		row->window_count, row->jain, row->cpu_ns_per_op, row->overlap,
		yes_no(row->oversubscribed), yes_no(row->misleading), yes_no(row->pinned),
		row->rereads);
	json_quantiles(out, "readWaitNs", &row->wait);
	json_quantiles(out, "writeWaitNs", &row->write_wait);
	json_counts(out, "acquired", row->acquired, row->cell.threads);
	json_doubles(out, "windows", row->windows, row->window_count);
	fputc('}', out);
}

static bool same_cell(const struct bench_cell *a, const struct bench_cell *b)
{
	return a->threads == b->threads && a->hold_ns == b->hold_ns &&
	       a->outside_ns == b->outside_ns && a->read_percent == b->read_percent;
}

static void text_rwlock(struct printer *p, const struct bench_lock_row *row)
{
	const struct bench_cell *cell = &row->cell;

	if (!same_cell(&p->cell, cell))
		fprintf(p->out,
			"\n%u thread%s, %u %% readers, %g ns held, %g ns outside%s\n"
			"%-16s %5s %12s %-17s %8s %6s %8s %11s %11s %8s\n",
			cell->threads, cell->threads > 1 ? "s" : "", cell->read_percent,
			cell->hold_ns, cell->outside_ns,
			row->oversubscribed ? ", more threads than CPUs" : "", "lock", "n", "ops/s",
			"95 % (M)", "pthread", "Jain", "CPU ns", "read p99", "write p99", "reread");
	p->cell = *cell;
	fprintf(p->out, "%-16s %5zu %12.0f %-17s %7.2fx %6.3f %8.1f %11.0f %11.0f %7.2f%%%s\n",
		row->lock, row->window_count, row->ops_per_second.median,
		interval_text(&row->ops_per_second, 1e6), row->vs_system.median, row->jain,
		row->cpu_ns_per_op, row->wait.p99, row->write_wait.p99, row->rereads * 100,
		row->misleading ? "  waits for threads without a CPU" : "");
	fflush(p->out);
}

void print_lock(struct printer *p, const struct bench_lock_row *row)
{
	begin_row(p);
	if (p->json) {
		(row->shared ? json_rwlock : json_lock)(p->out, row);
		return;
	}
	if (row->shared) {
		text_rwlock(p, row);
		return;
	}
	if (!same_cell(&p->cell, &row->cell))
		fprintf(p->out,
			"\n%u thread%s, %g ns held, %g ns outside%s\n%-16s %5s %12s %-17s %7s %8s "
			"%6s "
			"%8s "
			"%8s %10s %10s\n",
			row->cell.threads, row->cell.threads > 1 ? "s" : "", row->cell.hold_ns,
			row->cell.outside_ns, row->oversubscribed ? ", more threads than CPUs" : "",
			"lock", "n", "ops/s", "95 % (M)", "mutex", "handoff", "Jain", "CPU ns",
			"p50 ns", "p99.9 ns", "corrected");
	p->cell = row->cell;
	fprintf(p->out,
		"%-16s %5zu %12.0f %-17s %6.2fx %7.0f%% %6.3f %8.1f %8.0f %10.0f %10.0f%s\n",
		row->lock, row->window_count, row->ops_per_second.median,
		interval_text(&row->ops_per_second, 1e6), row->vs_system.median,
		row->handoff_ratio * 100, row->jain, row->cpu_ns_per_op, row->wait.p50,
		row->wait.p999, row->wait_corrected.p999,
		row->misleading ? "  waits for threads without a CPU" : "");
	fflush(p->out);
}

void print_minor(struct printer *p, const struct bench_minor_row *row)
{
	begin_row(p);
	if (!p->json) {
		if (p->rows == 1)
			fprintf(p->out, "%-38s %-16s %8s %7s %5s %10s %-18s %6s\n", "op",
				"order, or lock", "ids", "threads", "n", "ns/op", "95 %", "ratio");
		fprintf(p->out, "%-38s %-16s %8u %7u %5zu %10.2f %-18s %6.2f%s\n", row->op,
			row->minor_lock ? row->minor_lock : row->order, row->population,
			row->threads, row->window_count, row->ns_per_op.median,
			interval_text(&row->ns_per_op, 1), row->vs_bare.median,
			row->faults ? "  faults" : "");
		fflush(p->out);
		return;
	}
	fprintf(p->out, "{\"op\": \"%s\", \"n\": %u, \"order\": \"%s\", \"threads\": %u", row->op,
		row->population, row->order, row->threads);
	if (row->minor_lock)
		fprintf(p->out, ", \"minorLock\": \"%s\"", row->minor_lock);
	json_figure(p->out, "nsPerOp", "ci95", &row->ns_per_op);
	json_figure(p->out, "vsBare", "vsBareCi95", &row->vs_bare);
	fprintf(p->out, ", \"opsPerSecond\": %.6g, \"faults\": %llu", row->ops_per_second,
		(unsigned long long)row->faults);
	json_doubles(p->out, "windows", row->windows, row->window_count);
	json_doubles(p->out, "bareWindows", row->bare_windows, row->window_count);
	fputc('}', p->out);
}

void print_refcount(struct printer *p, const struct bench_refcount_row *row)
{
	char last[24] = "-";

	begin_row(p);
	if (row->last_put_ns > 0)
		snprintf(last, sizeof(last), "%.1f", row->last_put_ns);
	if (!p->json) {
		if (p->rows == 1)
			fprintf(p->out, "%-20s %7s %7s %-8s %5s %10s %-18s %8s %8s %8s\n",
				"variant", "threads", "objects", "counts", "n", "ns/pair", "95 %",
				"vs xadd", "CPU ns", "last ns");
		fprintf(p->out, "%-20s %7u %7u %-8s %5zu %10.2f %-18s %8.2f %8.1f %8s\n",
			row->variant, row->threads, row->objects,
			row->shared ? "shared" : "private", row->window_count,
			row->ns_per_pair.median, interval_text(&row->ns_per_pair, 1),
			row->vs_xadd.median, row->cpu_ns_per_pair, last);
		fflush(p->out);
		return;
	}
	fprintf(p->out,
		"{\"variant\": \"%s\", \"threads\": %u, \"shared\": %s, \"oversubscribed\": %s",
		row->variant, row->threads, yes_no(row->shared), yes_no(row->oversubscribed));
	fprintf(p->out,
		", \"objects\": %u, \"mayWait\": %s, \"bytesObject\": %u, \"bytesThread\": %u",
		row->objects, yes_no(row->may_wait), row->bytes_object, row->bytes_thread);
	if (row->last_put_ns > 0)
		fprintf(p->out, ", \"lastPutNs\": %.6g", row->last_put_ns);
	else
		fprintf(p->out, ", \"lastPutNs\": null");
	json_figure(p->out, "nsPerPair", "ci95", &row->ns_per_pair);
	json_figure(p->out, "vsXadd", "vsXaddCi95", &row->vs_xadd);
	fprintf(p->out, ", \"cpuNsPerPair\": %.2f", row->cpu_ns_per_pair);
	json_doubles(p->out, "windows", row->windows, row->window_count);
	json_doubles(p->out, "xaddWindows", row->xadd_windows, row->window_count);
	fputc('}', p->out);
}

/* The date in UTC, as ISO 8601 has it. */
static const char *date_text(void)
{
	static char text[32];
	time_t now = time(NULL);
	struct tm utc;

	if (!gmtime_r(&now, &utc) || !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc))
		return "unknown";
	return text;
}

static void json_text(FILE *out, const char *name, const char *text)
{
	fprintf(out, ", \"%s\": \"", name);
	for (; *text; text++)
		if (*text == '"' || *text == '\\' || (unsigned char)*text < 0x20)
			fprintf(out, "\\u%04x", (unsigned int)(unsigned char)*text);
		else
			fputc(*text, out);
	fputc('"', out);
}

static void json_machine(FILE *out, const struct bench_machine *m)
{
	fprintf(out,
		"\"machine\": {\"cpus\": %u, \"ticksPerNs\": %.6f, \"loopsPerNsBefore\": %.6f, "
		"\"loopsPerNsAfter\": %.6f, \"noiseBefore\": %.4f, \"noiseAfter\": %.4f, "
		"\"transferNs\": %.1f, \"clockNs\": %.2f, \"noisy\": %s",
		m->cpus, m->ticks_per_ns, m->loops_per_ns_before, m->loops_per_ns_after,
		m->noise_before, m->noise_after, m->transfer_ns, m->clock_ns, yes_no(m->noisy));
	json_text(out, "date", date_text());
	json_text(out, "cpu", m->cpu);
	fprintf(out, ", \"cores\": %u, \"smt\": %s, \"numa\": %u", m->cores, yes_no(m->smt),
		m->numa_nodes);
	json_text(out, "governor", m->governor);
	json_text(out, "kernel", m->kernel);
	json_text(out, "compiler", m->compiler);
	json_text(out, "flags", m->flags);
	json_text(out, "libc", m->libc);
	fprintf(out, ", \"load\": [%.2f, %.2f]}", m->load_before, m->load_after);
}

static void text_machine(FILE *out, const struct bench_machine *m)
{
	fprintf(out,
		"\n%u CPUs, a cache line's way %.0f ns, %.3f loops/ns before and %.3f after, "
		"others "
		"took %.0f%% and %.0f%% of the time%s\n",
		m->cpus, m->transfer_ns, m->loops_per_ns_before, m->loops_per_ns_after,
		m->noise_before * 100, m->noise_after * 100, m->noisy ? ": a noisy machine" : "");
	fprintf(out, "%s, %s, %s, %s %s, load %.2f before and %.2f after, %s\n", m->cpu, m->kernel,
		m->libc, m->compiler, m->flags, m->load_before, m->load_after, date_text());
}

/* What ended the run before its end, as JSON. */
static const char *limit_json(const struct bench_end *end)
{
	if (end->limited)
		return "\"time\"";
	return end->complete ? "null" : "\"stopped\"";
}

void print_end(struct printer *p, const struct bench_end *end)
{
	if (p->json) {
		fprintf(p->out, "\n], \"complete\": %s, \"limit\": %s, \"error\": %d, ",
			yes_no(end->complete), limit_json(end), end->error);
		json_machine(p->out, &end->machine);
		fputs("}\n", p->out);
		return;
	}
	text_machine(p->out, &end->machine);
	if (end->limited)
		fprintf(p->out, "cut by the time limit: %u parts were left out\n",
			end->cells_left_out);
	else if (!end->complete)
		fputs("incomplete: stopped before the end\n", p->out);
}

void print_locks(FILE *out, enum bench_suite suite)
{
	fprintf(out, "%-16s %-8s %-13s %5s  %-5s  %s\n", "lock", "waits", "order", "bytes", "usual",
		"");
	for (size_t i = 0; i < bench_lock_count(suite); i++) {
		struct bench_lock lock = bench_lock(suite, i);
		const char *order = lock.serves ? lock.serves : lock.fifo ? "fifo" : "any";

		fprintf(out, "%-16s %-8s %-13s %5zu  %-5s  %s\n", lock.slug, lock.class_name, order,
			lock.bytes, lock.usual[0] ? "yes" : "no", lock.says);
	}
}
