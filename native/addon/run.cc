/* SPDX-License-Identifier: MIT */
/* Runs on real threads. */
#include "engine.h"
#include "job.h"
#include "stress_addon.h"

namespace
{

Napi::Object totals_to_js(Napi::Env env, const struct progress &totals)
{
	Napi::Object object = Napi::Object::New(env);

	object.Set("elapsedNs", static_cast<double>(totals.elapsed_ns));
	object.Set("ops", static_cast<double>(totals.ops));
	object.Set("rounds", static_cast<double>(totals.rounds));
	object.Set("faults", static_cast<double>(totals.faults));
	return object;
}

struct ProgressEvent : Event {
	struct progress totals;

	explicit ProgressEvent(const struct progress &p) : totals(p)
	{
	}
	Napi::Object to_js(Napi::Env env) const override
	{
		Napi::Object object = Napi::Object::New(env);

		object.Set("type", "progress");
		object.Set("totals", totals_to_js(env, totals));
		return object;
	}
};

struct FaultEvent : Event {
	struct fault_note note;

	explicit FaultEvent(const struct fault_note &n) : note(n)
	{
	}
	Napi::Object to_js(Napi::Env env) const override
	{
		Napi::Object object = fault_to_js(env, note);

		object.Set("type", "fault");
		return object;
	}
};

struct FinishedEvent : Event {
	struct report report;
	std::vector<int32_t> results; /* of all outcomes, one after another */
	std::vector<struct outcome> outcomes;
	std::vector<struct latency_bucket> latency;

	explicit FinishedEvent(const struct report &r) : report(r)
	{
		if (r.latency_count)
			latency.assign(r.latency, r.latency + r.latency_count);
		if (r.outcome_count)
			outcomes.assign(r.outcomes, r.outcomes + r.outcome_count);
		for (const struct outcome &outcome : outcomes)
			results.insert(results.end(), outcome.results,
				       outcome.results + r.results_per_outcome);
	}
	void latency_to_js(Napi::Env env, uint32_t op, Napi::Object object) const
	{
		std::vector<uint64_t> upper_ns, counts;

		for (const struct latency_bucket &bucket : latency)
			if (bucket.op == op) {
				upper_ns.push_back(bucket.upper_ns);
				counts.push_back(bucket.count);
			}
		object.Set("bucketNs", numbers_to_js(env, upper_ns.data(), upper_ns.size()));
		object.Set("bucketCounts", numbers_to_js(env, counts.data(), counts.size()));
	}
	Napi::Object op_to_js(Napi::Env env, uint32_t op) const
	{
		const struct op_stats &stats = report.ops[op];
		Napi::Object object = Napi::Object::New(env);

		object.Set("count", static_cast<double>(stats.count));
		object.Set("ok", static_cast<double>(stats.ok));
		object.Set("errors", numbers_to_js(env, stats.errors, errno_count));
		object.Set("p50Ns", static_cast<double>(stats.p50_ns));
		object.Set("p90Ns", static_cast<double>(stats.p90_ns));
		object.Set("p99Ns", static_cast<double>(stats.p99_ns));
		object.Set("p999Ns", static_cast<double>(stats.p999_ns));
		object.Set("maxNs", static_cast<double>(stats.max_ns));
		latency_to_js(env, op, object);
		return object;
	}
	Napi::Object to_js(Napi::Env env) const override
	{
		Napi::Object object = Napi::Object::New(env);
		Napi::Array ops = Napi::Array::New(env, OP_COUNT);
		std::vector<uint32_t> notes;

		for (uint32_t i = 0; i < OP_COUNT; i++)
			ops.Set(i, op_to_js(env, i));
		for (uint32_t i = 0; i < NOTE_COUNT; i++)
			if (report.notes_seen >> i & 1)
				notes.push_back(i);
		object.Set("type", "finished");
		object.Set("error", report.error);
		object.Set("complete", report.complete);
		object.Set("totals", totals_to_js(env, report.totals));
		object.Set("ops", ops);
		object.Set("notes", numbers_to_js(env, notes.data(), notes.size()));
		object.Set("faultsByKind", numbers_to_js(env, report.faults_by_kind, FAULT_COUNT));
		object.Set("outcomes",
			   outcomes_to_js(env, outcomes, results, report.results_per_outcome));
		return object;
	}
};

class Run : public Job
{
      public:
	struct run_input input = {};
	std::vector<uint32_t> programs;

      protected:
	int begin() override
	{
		struct listener listener = {on_progress, on_fault, on_finished, this};

		input.programs = programs.data();
		input.programs_len = programs.size();
		return run_start(&engine_, &input, &listener);
	}
	void ask_to_end() override
	{
		run_stop(engine_);
	}
	void end() override
	{
		run_join_free(engine_);
	}

      private:
	static int on_progress(void *context, const struct progress *progress)
	{
		return static_cast<Run *>(context)->post(event_of<ProgressEvent>(*progress));
	}
	static int on_fault(void *context, const struct fault_note *fault)
	{
		return static_cast<Run *>(context)->post(event_of<FaultEvent>(*fault));
	}
	static int on_finished(void *context, const struct report *report)
	{
		return static_cast<Run *>(context)->post_last(event_of<FinishedEvent>(*report));
	}

	struct run *engine_ = nullptr;
};

/* start(plan, mix, programs, look, onEvent): returns the run's number, or -errno. */
Napi::Value start(const Napi::CallbackInfo &info)
{
	auto run = std::make_unique<Run>();

	plan_from_js(info[0], &run->input.plan);
	std::vector<uint32_t> mix = words_from_js(info[1], "the mix");
	run->programs = words_from_js(info[2], "the programs");
	if (mix.size() > OP_COUNT)
		throw Napi::RangeError::New(info.Env(), "the mix has a weight for no operation");
	std::copy(mix.begin(), mix.end(), run->input.mix);
	run->input.look = info[3].ToBoolean();
	return Job::launch(std::move(run), static_cast<StressData *>(info.Data()), info[4]);
}

} /* namespace */

void export_runs(Napi::Env env, Napi::Object exports, StressData *data)
{
	exports.Set("start", Napi::Function::New(env, start, "start", data));
}
