/* SPDX-License-Identifier: MIT */
#include "bench_rows.h"

#include <cmath>

namespace
{

/* Of an event that brings a row. */
Napi::Object row_event(Napi::Env env, Napi::Object row)
{
	Napi::Object object = Napi::Object::New(env);

	object.Set("type", "row");
	object.Set("row", row);
	return object;
}

/* Null where there were too few windows for one. */
Napi::Value interval_to_js(Napi::Env env, const struct bench_figure &figure)
{
	if (std::isnan(figure.low))
		return env.Null();

	const double ends[] = {figure.low, figure.high};

	return numbers_to_js(env, ends, 2);
}

/* A figure and its interval, the one under @name and the other under @interval. */
void set_figure(Napi::Object row, const char *name, const char *interval,
		const struct bench_figure &figure)
{
	row.Set(name, figure.median);
	row.Set(interval, interval_to_js(row.Env(), figure));
}

Napi::Object quantiles_to_js(Napi::Env env, const struct bench_quantiles &q)
{
	Napi::Object object = Napi::Object::New(env);

	object.Set("p50", q.p50);
	object.Set("p90", q.p90);
	object.Set("p99", q.p99);
	object.Set("p999", q.p999);
	object.Set("max", q.max);
	return object;
}

template <typename T> Napi::Array vector_to_js(Napi::Env env, const std::vector<T> &values)
{
	return numbers_to_js(env, values.data(), values.size());
}

/* The buckets that hold something, as pairs: an upper bound in nanoseconds, and the number of
 * waits. */
Napi::Array curve_to_js(Napi::Env env, const std::vector<double> &bucket_ns,
			const std::vector<uint64_t> &counts)
{
	Napi::Array curve = Napi::Array::New(env);
	uint32_t length = 0;

	for (size_t i = 0; i < counts.size(); i++) {
		const double pair[] = {bucket_ns[i], static_cast<double>(counts[i])};

		if (counts[i])
			curve.Set(length++, numbers_to_js(env, pair, 2));
	}
	return curve;
}

size_t powers_of(const struct bench_lock_row &row)
{
	size_t powers = BENCH_RUN_POWERS;

	while (powers > 1 && !row.runs[powers - 1])
		powers--;
	return powers;
}

template <typename T> std::vector<T> copied(const T *values, size_t count)
{
	return values ? std::vector<T>(values, values + count) : std::vector<T>();
}

} /* namespace */

Napi::Object BenchProgressEvent::to_js(Napi::Env env) const
{
	Napi::Object object = Napi::Object::New(env);

	object.Set("type", "progress");
	object.Set("elapsedNs", static_cast<double>(progress.elapsed_ns));
	object.Set("expectedNs", static_cast<double>(progress.expected_ns));
	object.Set("doneNs", static_cast<double>(progress.done_ns));
	object.Set("parts", static_cast<double>(progress.cells));
	object.Set("partsDone", static_cast<double>(progress.cells_done));
	return object;
}

Napi::Object ValidatedEvent::to_js(Napi::Env env) const
{
	Napi::Object object = Napi::Object::New(env), row = Napi::Object::New(env);

	row.Set("lock", validation.lock);
	row.Set("calls", validation.by_pointer ? "pointer" : "inlined");
	row.Set("control", validation.control);
	row.Set("excludes", validation.excludes);
	row.Set("acquired", static_cast<double>(validation.acquired));
	row.Set("lost", static_cast<double>(validation.lost));
	row.Set("intruders", static_cast<double>(validation.intruders));
	object.Set("type", "validated");
	object.Set("validated", row);
	return object;
}

LockRowEvent::LockRowEvent(const struct bench_lock_row &r)
    : row(r), windows(copied(r.windows, r.window_count)),
      bucket_ns(copied(r.bucket_ns, r.bucket_count)), acquired(copied(r.acquired, r.cell.threads)),
      handoffs(copied(r.handoffs, static_cast<size_t>(r.cell.threads) * r.cell.threads)),
      waits(copied(r.waits, r.bucket_count)),
      waits_corrected(copied(r.waits_corrected, r.bucket_count))
{
}

/* What the rows of locks of any kind have. */
static void set_lock_row(Napi::Object object, const struct bench_lock_row &row, size_t windows)
{
	object.Set("lock", row.lock);
	object.Set("threads", static_cast<double>(row.cell.threads));
	object.Set("holdNs", row.cell.hold_ns);
	object.Set("outsideNs", row.cell.outside_ns);
	set_figure(object, "opsPerSecond", "ci95", row.ops_per_second);
	object.Set("n", static_cast<double>(windows));
	object.Set("jain", row.jain);
	object.Set("cpuNsPerOp", row.cpu_ns_per_op);
	object.Set("oversubscribed", row.oversubscribed);
	object.Set("misleading", row.misleading);
	object.Set("pinned", row.pinned);
	object.Set("overlap", row.overlap);
}

void LockRowEvent::set_exclusive(Napi::Object object) const
{
	Napi::Env env = object.Env();
	const double fairness[] = {row.jain_low, row.jain_high};

	object.Set("calls", row.by_pointer ? "pointer" : "inlined");
	object.Set("handoffRatio", row.handoff_ratio);
	object.Set("jainWindows", numbers_to_js(env, fairness, 2));
	object.Set("waitNs", quantiles_to_js(env, row.wait));
	object.Set("waitNsCorrected", quantiles_to_js(env, row.wait_corrected));
	set_figure(object, "vsMutex", "vsMutexCi95", row.vs_system);
	set_figure(object, "handoffEfficiency", "handoffEfficiencyCi95", row.handoff_efficiency);
	object.Set("expectedIntervalNs", static_cast<double>(row.expected_interval_ns));
	object.Set("handoffs", vector_to_js(env, handoffs));
	object.Set("runLengths", numbers_to_js(env, row.runs, powers_of(row)));
	object.Set("waits", curve_to_js(env, bucket_ns, waits));
	object.Set("waitsCorrected", curve_to_js(env, bucket_ns, waits_corrected));
}

void LockRowEvent::set_shared(Napi::Object object) const
{
	object.Set("readPercent", static_cast<double>(row.cell.read_percent));
	object.Set("readWaitNs", quantiles_to_js(object.Env(), row.wait));
	object.Set("writeWaitNs", quantiles_to_js(object.Env(), row.write_wait));
	object.Set("rereads", row.rereads);
	set_figure(object, "vsRwlock", "vsRwlockCi95", row.vs_system);
}

Napi::Object LockRowEvent::to_js(Napi::Env env) const
{
	Napi::Object object = Napi::Object::New(env);

	set_lock_row(object, row, windows.size());
	if (row.shared)
		set_shared(object);
	else
		set_exclusive(object);
	object.Set("acquired", vector_to_js(env, acquired));
	object.Set("windows", vector_to_js(env, windows));
	return row_event(env, object);
}

MinorRowEvent::MinorRowEvent(const struct bench_minor_row &r)
    : row(r), op(r.op), windows(copied(r.windows, r.window_count)),
      bare_windows(copied(r.bare_windows, r.window_count))
{
}

Napi::Object MinorRowEvent::to_js(Napi::Env env) const
{
	Napi::Object object = Napi::Object::New(env);

	object.Set("op", op);
	object.Set("n", static_cast<double>(row.population));
	object.Set("order", row.order);
	object.Set("threads", static_cast<double>(row.threads));
	if (row.minor_lock)
		object.Set("minorLock", row.minor_lock);
	set_figure(object, "nsPerOp", "ci95", row.ns_per_op);
	set_figure(object, "vsBare", "vsBareCi95", row.vs_bare);
	if (row.minor_lock) {
		object.Set("opsPerSecond", row.ops_per_second);
		object.Set("faults", static_cast<double>(row.faults));
		object.Set("oversubscribed", row.oversubscribed);
	}
	if (row.set >= 0) {
		object.Set("set", row.set);
		object.Set("lookup", row.rcu ? "rcu" : "locked");
	}
	object.Set("windows", vector_to_js(env, windows));
	object.Set("bareWindows", vector_to_js(env, bare_windows));
	return row_event(env, object);
}

Napi::Object RefusedEvent::to_js(Napi::Env env) const
{
	Napi::Object object = Napi::Object::New(env), told = Napi::Object::New(env);

	told.Set("set", refusal.set);
	told.Set("lookup", refusal.rcu ? "rcu" : "locked");
	told.Set("op", refusal.mix);
	told.Set("threads", refusal.threads);
	if (refusal.fault) {
		told.Set("fault", refusal.fault);
	} else {
		told.Set("step", refusal.op);
		told.Set("error", refusal.error);
	}
	object.Set("type", "refused");
	object.Set("refused", told);
	return object;
}

RefcountRowEvent::RefcountRowEvent(const struct bench_refcount_row &r)
    : row(r), windows(copied(r.windows, r.window_count)),
      xadd_windows(copied(r.xadd_windows, r.window_count))
{
}

Napi::Object RefcountRowEvent::to_js(Napi::Env env) const
{
	Napi::Object object = Napi::Object::New(env);

	object.Set("variant", row.variant);
	object.Set("threads", static_cast<double>(row.threads));
	object.Set("shared", row.shared);
	object.Set("objects", row.objects);
	object.Set("oversubscribed", row.oversubscribed);
	object.Set("mayWait", row.may_wait);
	object.Set("lastPutNs",
		   row.last_put_ns > 0 ? Napi::Number::New(env, row.last_put_ns) : env.Null());
	object.Set("bytesObject", row.bytes_object);
	object.Set("bytesThread", row.bytes_thread);
	set_figure(object, "nsPerPair", "ci95", row.ns_per_pair);
	set_figure(object, "vsXadd", "vsXaddCi95", row.vs_xadd);
	object.Set("cpuNsPerPair", row.cpu_ns_per_pair);
	object.Set("windows", vector_to_js(env, windows));
	object.Set("xaddWindows", vector_to_js(env, xadd_windows));
	return row_event(env, object);
}

Napi::Object machine_facts_to_js(Napi::Env env, const struct bench_machine &m)
{
	Napi::Object machine = Napi::Object::New(env);
	const double load[] = {m.load_before, m.load_after};

	machine.Set("cpus", static_cast<double>(m.cpus));
	machine.Set("cpu", m.cpu);
	machine.Set("cores", static_cast<double>(m.cores));
	machine.Set("smt", m.smt);
	machine.Set("numa", static_cast<double>(m.numa_nodes));
	machine.Set("governor", m.governor);
	machine.Set("kernel", m.kernel);
	machine.Set("compiler", m.compiler);
	machine.Set("flags", m.flags);
	machine.Set("libc", m.libc);
	machine.Set("load", numbers_to_js(env, load, 2));
	return machine;
}

/* The same with what was measured of it. */
static Napi::Object machine_to_js(Napi::Env env, const struct bench_machine &m)
{
	Napi::Object machine = machine_facts_to_js(env, m);

	machine.Set("ticksPerNs", m.ticks_per_ns);
	machine.Set("loopsPerNsBefore", m.loops_per_ns_before);
	machine.Set("loopsPerNsAfter", m.loops_per_ns_after);
	machine.Set("noiseBefore", m.noise_before);
	machine.Set("noiseAfter", m.noise_after);
	machine.Set("transferNs", m.transfer_ns);
	machine.Set("clockNs", m.clock_ns);
	machine.Set("noisy", m.noisy);
	return machine;
}

Napi::Object BenchEndEvent::to_js(Napi::Env env) const
{
	Napi::Object object = Napi::Object::New(env);

	object.Set("type", "finished");
	object.Set("complete", end.complete);
	object.Set("limited", end.limited);
	object.Set("cellsLeftOut", static_cast<double>(end.cells_left_out));
	object.Set("error", static_cast<double>(end.error));
	object.Set("machine", machine_to_js(env, end.machine));
	return object;
}
