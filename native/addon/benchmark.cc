/* SPDX-License-Identifier: MIT */
/* Benchmarks, and the locks that there are. */
#include "bench_addon.h"
#include "bench_rows.h"
#include "own_open.h"
#include "refcount_table.h"

namespace
{

constexpr uint64_t NS_PER_US = 1000, NS_PER_MS = 1000000;
constexpr size_t CELL_NUMBERS = 4; /* threads, hold_ns, outside_ns, read_percent */

class Benchmark : public Job
{
      public:
	struct bench_plan plan = {};
	std::vector<struct bench_cell> cells;
	std::vector<uint32_t> populations;
	std::vector<uint64_t> sets;

      protected:
	int begin() override
	{
		struct bench_listener listener = {};

		plan.cells = cells.data();
		plan.cell_count = cells.size();
		plan.populations = populations.data();
		plan.population_count = populations.size();
		plan.sets = sets.data();
		plan.set_count = sets.size();
		listener.progress = on<BenchProgressEvent, struct bench_progress>;
		listener.validated = on<ValidatedEvent, struct bench_validation>;
		listener.lock_row = on<LockRowEvent, struct bench_lock_row>;
		listener.minor_row = on<MinorRowEvent, struct bench_minor_row>;
		listener.refused = on<RefusedEvent, struct bench_refusal>;
		listener.refcount_row = on<RefcountRowEvent, struct bench_refcount_row>;
		listener.finished = on_finished;
		listener.context = this;
		return bench_start(&engine_, &plan, &listener);
	}
	void ask_to_end() override
	{
		bench_stop(engine_);
	}
	void end() override
	{
		bench_join_free(engine_);
	}

      private:
	template <typename E, typename Content> static int on(void *context, const Content *content)
	{
		return static_cast<Benchmark *>(context)->post(event_of<E>(*content));
	}
	static int on_finished(void *context, const struct bench_end *end)
	{
		return static_cast<Benchmark *>(context)->post_last(event_of<BenchEndEvent>(*end));
	}

	struct bench *engine_ = nullptr;
};

void plan_from(const std::vector<uint64_t> &numbers, struct bench_plan *plan)
{
	plan->seed = numbers[BENCH_ROW_seed];
	plan->windows = static_cast<uint32_t>(numbers[BENCH_ROW_windows]);
	plan->window_ns = numbers[BENCH_ROW_window_us] * NS_PER_US;
	plan->crowded_windows = static_cast<uint32_t>(numbers[BENCH_ROW_crowded_windows]);
	if (numbers[BENCH_ROW_crowded_window_us])
		plan->crowded_window_ns = numbers[BENCH_ROW_crowded_window_us] * NS_PER_US;
	plan->time_ns = numbers[BENCH_ROW_time_ms] * NS_PER_MS;
	plan->validate_ns = numbers[BENCH_ROW_validate_ms] * NS_PER_MS;
	plan->stall_ns = numbers[BENCH_ROW_stall_ms] * NS_PER_MS;
	plan->pinned = numbers[BENCH_ROW_pinned] != 0;
}

std::vector<struct bench_cell> cells_from_js(const Napi::Value &value)
{
	if (!value.IsTypedArray() ||
	    value.As<Napi::TypedArray>().TypedArrayType() != napi_float64_array)
		throw Napi::TypeError::New(value.Env(), "the cells must be a Float64Array");

	auto numbers = value.As<Napi::Float64Array>();
	std::vector<struct bench_cell> cells;
	for (size_t i = 0; i + CELL_NUMBERS <= numbers.ElementLength(); i += CELL_NUMBERS) {
		/* Before the cast: what does not fit has no defined one. */
		if (!(numbers[i] >= 0 && numbers[i] <= BENCH_LIST_MAX_threads))
			throw Napi::RangeError::New(value.Env(), "out of range: threads");
		if (!(numbers[i + 3] >= 0 && numbers[i + 3] <= BENCH_LIST_MAX_read_percent))
			throw Napi::RangeError::New(value.Env(), "out of range: readers");
		cells.push_back({static_cast<uint32_t>(numbers[i]), numbers[i + 1], numbers[i + 2],
				 static_cast<uint32_t>(numbers[i + 3])});
	}
	return cells;
}

uint64_t lock_mask(enum bench_suite suite, const Napi::Value &value)
{
	uint64_t mask = 0;

	for (uint32_t lock : words_from_js(value, "the locks")) {
		if (lock >= bench_lock_count(suite))
			throw Napi::RangeError::New(value.Env(), "no such lock");
		mask |= UINT64_C(1) << lock;
	}
	return mask;
}

/*
 * bench(suite, numbers, cells, locks, populations, sets, onEvent): returns the job's number, or
 * -errno. Cells are of four numbers, sets masks of patches, locks indices into locks() or
 * rwlocks(); no lock: all but the control, or where there are locks of the user's, none. Those were
 * opened before, by ownLock().
 */
Napi::Value start_bench(const Napi::CallbackInfo &info)
{
	auto job = std::make_unique<Benchmark>();
	Napi::Env env = info.Env();

	if (!info[0].IsNumber())
		throw Napi::TypeError::New(env, "the suite must be a number");
	uint32_t suite = info[0].As<Napi::Number>().Uint32Value();
	if (suite >= BENCH_SUITES)
		throw Napi::RangeError::New(env, "no such suite");
	bench_plan_init(&job->plan, static_cast<enum bench_suite>(suite));
	plan_from(numbers_from_js(info[1], bench_table, BENCH_PARAM_COUNT, "the plan"), &job->plan);
	job->cells = cells_from_js(info[2]);
	job->plan.locks = lock_mask(job->plan.suite, info[3]);
	job->populations = words_from_js(info[4], "the populations");
	job->sets = masks_from_js(info[5], "the sets");
	job->plan.own = job->plan.own_alone = own_lock_count() > 0;
	return Job::launch(std::move(job), static_cast<AddonData *>(info.Data()), info[6]);
}

/* Whether the lock fits into the mutexes of a program: see preload.def. */
bool is_preloaded(uint32_t lock)
{
	switch (lock) {
#define PRELOADED(slug, room) case LOCK_ID_##slug:
#include "preload.def"
#undef PRELOADED
		return true;
	default:
		return false;
	}
}

/* What the tables of locks and of reader-writer locks have of each. */
void set_kind(Napi::Object row, const struct bench_lock &lock)
{
	row.Set("reference", lock.reference);
	row.Set("control", lock.control);
	row.Set("bytes", static_cast<double>(lock.bytes));
}

void set_origin(Napi::Object row, const struct bench_lock &lock)
{
	row.Set("source", lock.source);
	row.Set("year", lock.year);
	row.Set("usual", lock.usual);
	row.Set("says", lock.says);
}

/* locks(): the rows of locks.def. */
Napi::Value locks(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	const size_t count = bench_lock_count(BENCH_LOCKS);
	Napi::Array rows = Napi::Array::New(env, count);

	for (uint32_t i = 0; i < count; i++) {
		struct bench_lock lock = bench_lock(BENCH_LOCKS, i);
		Napi::Object row = Napi::Object::New(env);

		row.Set("name", lock.slug);
		row.Set("waits", lock.class_name);
		row.Set("fifo", lock.fifo);
		set_kind(row, lock);
		row.Set("preloaded", is_preloaded(i));
		row.Set("queue", lock.queue);
		row.Set("nodesMadeUp", lock.nodes_made_up);
		set_origin(row, lock);
		rows.Set(i, row);
	}
	return rows;
}

/* rwlocks(): the rows of rwlocks.def. */
Napi::Value rwlocks(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	const size_t count = bench_lock_count(BENCH_RWLOCKS);
	Napi::Array rows = Napi::Array::New(env, count);

	for (uint32_t i = 0; i < count; i++) {
		struct bench_lock lock = bench_lock(BENCH_RWLOCKS, i);
		Napi::Object row = Napi::Object::New(env);

		row.Set("name", lock.slug);
		row.Set("waits", lock.class_name);
		row.Set("serves", lock.serves);
		row.Set("optimistic", lock.optimistic);
		set_kind(row, lock);
		set_origin(row, lock);
		rows.Set(i, row);
	}
	return rows;
}

/* refcounts(): the rows of refcounts.def. */
Napi::Value refcounts(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	Napi::Array rows = Napi::Array::New(env, REFCOUNT_COUNT);

	for (uint32_t i = 0; i < REFCOUNT_COUNT; i++) {
		struct bench_scheme scheme = bench_scheme(i);
		Napi::Object row = Napi::Object::New(env);

		row.Set("name", scheme.slug);
		row.Set("finds", scheme.finds);
		row.Set("mayWait", scheme.may_wait);
		row.Set("control", scheme.control);
		row.Set("bytesObject", static_cast<double>(scheme.bytes_object));
		row.Set("bytesThread", static_cast<double>(scheme.bytes_thread));
		row.Set("bytesBoth", static_cast<double>(scheme.bytes_both));
		row.Set("source", scheme.source);
		row.Set("year", scheme.year);
		row.Set("get", scheme.get);
		row.Set("last", scheme.last);
		row.Set("says", scheme.says);
		rows.Set(i, row);
	}
	return rows;
}

/* machine(): what there is to measure on, with the load of now. */
Napi::Value machine(const Napi::CallbackInfo &info)
{
	struct bench_machine machine;

	bench_describe_machine(&machine);
	return machine_facts_to_js(info.Env(), machine);
}

/*
 * noise(loopsPerNs, noise): how noisy the machine is now, and whether it was in the meantime, by
 * what an earlier look found. The first look is set against itself.
 */
Napi::Value noise(const Napi::CallbackInfo &info)
{
	struct bench_machine m = {};
	Napi::Object found = Napi::Object::New(info.Env());

	m.loops_per_ns_before = info[0].As<Napi::Number>().DoubleValue();
	m.noise_before = info[1].As<Napi::Number>().DoubleValue();
	bench_judge_noise(&m);
	found.Set("loopsPerNs", m.loops_per_ns_after);
	found.Set("noise", m.noise_after);
	found.Set("noisy", m.noisy);
	return found;
}

} /* namespace */

void export_benchmark(Napi::Env env, Napi::Object exports, BenchData *data)
{
	exports.Set("bench", Napi::Function::New(env, start_bench, "bench", data));
	exports.Set("machine", Napi::Function::New(env, machine, "machine"));
	exports.Set("noise", Napi::Function::New(env, noise, "noise"));
	exports.Set("locks", Napi::Function::New(env, locks, "locks"));
	exports.Set("rwlocks", Napi::Function::New(env, rwlocks, "rwlocks"));
	exports.Set("refcounts", Napi::Function::New(env, refcounts, "refcounts"));
}
