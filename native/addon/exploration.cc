/* SPDX-License-Identifier: MIT */
/* Explorations. */
#include <cerrno>
#include <string>

#include "explore_addon.h"
#include "explore_engine.h"
#include "job.h"

namespace
{

struct ProgressEvent : Event {
	struct explore_progress totals;

	explicit ProgressEvent(const struct explore_progress &p) : totals(p)
	{
	}
	Napi::Object to_js(Napi::Env env) const override
	{
		Napi::Object object = Napi::Object::New(env), sums = Napi::Object::New(env);

		sums.Set("elapsedNs", static_cast<double>(totals.elapsed_ns));
		sums.Set("executions", static_cast<double>(totals.executions));
		sums.Set("states", static_cast<double>(totals.states));
		object.Set("type", "progress");
		object.Set("totals", sums);
		return object;
	}
};

struct FinishedEvent : Event {
	struct explore_result result;
	std::vector<std::string> tickets; /* of the faults */
	std::vector<struct outcome> outcomes;
	std::vector<int32_t> results; /* of all outcomes, one after another */

	explicit FinishedEvent(const struct explore_result &r) : result(r)
	{
		for (size_t i = 0; i < r.fault_count; i++)
			tickets.emplace_back(r.fault[i].ticket);
		if (r.outcome_count)
			outcomes.assign(r.outcomes, r.outcomes + r.outcome_count);
		for (const struct outcome &outcome : outcomes)
			results.insert(results.end(), outcome.results,
				       outcome.results + r.results_per_outcome);
	}
	Napi::Object fault_to_js(Napi::Env env, size_t index) const
	{
		const struct found_fault &found = result.fault[index];
		Napi::Object object = Napi::Object::New(env);

		object.Set("kind", static_cast<double>(found.kind));
		object.Set("cpu", static_cast<double>(found.cpu));
		object.Set("op", found.op == NO_OP ? -1.0 : static_cast<double>(found.op));
		object.Set("minor",
			   found.minor == NO_MINOR ? -1.0 : static_cast<double>(found.minor));
		object.Set("count", static_cast<double>(found.count));
		object.Set("execution", static_cast<double>(found.execution));
		object.Set("preemptions", static_cast<double>(found.preemptions));
		object.Set("steps", static_cast<double>(found.steps));
		object.Set("minimal", found.minimal);
		object.Set("site", site_to_js(env, found.site));
		object.Set("message", static_cast<const char *>(found.message));
		object.Set("ticket", tickets[index]);
		return object;
	}
	void counts_to_js(Napi::Object object) const
	{
		object.Set("cpus", static_cast<double>(result.cpus));
		object.Set("bound", static_cast<double>(result.bound));
		object.Set("stepsLongest", static_cast<double>(result.steps_longest));
		object.Set("longestAt", static_cast<double>(result.longest_at));
		object.Set("executions", static_cast<double>(result.executions));
		object.Set("blocked", static_cast<double>(result.blocked));
		object.Set("states", static_cast<double>(result.states));
		object.Set("points", static_cast<double>(result.points));
		object.Set("elapsedNs", static_cast<double>(result.elapsed_ns));
	}
	Napi::Object to_js(Napi::Env env) const override
	{
		Napi::Object object = Napi::Object::New(env);
		Napi::Array faults = Napi::Array::New(env, result.fault_count);

		for (uint32_t i = 0; i < result.fault_count; i++)
			faults.Set(i, fault_to_js(env, i));
		object.Set("type", "finished");
		object.Set("error", static_cast<double>(result.error));
		object.Set("refused", static_cast<const char *>(result.refused));
		object.Set("nothing", result.error == -ENODATA);
		if (result.error == -ESTALE)
			object.Set("differs", result.differs);
		object.Set("exhausted", result.exhausted);
		object.Set("beforeFailed", result.before_failed);
		object.Set("limit", static_cast<double>(result.limit));
		object.Set("foundBy", static_cast<double>(result.found_by));
		counts_to_js(object);
		object.Set("faults", faults);
		object.Set("outcomes",
			   outcomes_to_js(env, outcomes, results, result.results_per_outcome));
		return object;
	}
};

class Exploration : public Job
{
      public:
	struct explore_input input = {};
	std::vector<uint32_t> programs;
	std::vector<int32_t> refused;

      protected:
	int begin() override
	{
		struct explore_listener listener = {on_progress, on_finished, this};

		input.programs = programs.data();
		input.programs_len = programs.size();
		input.refused = refused.data();
		input.refused_len = refused.size();
		return exploration_start(&engine_, &input, &listener);
	}
	void ask_to_end() override
	{
		exploration_stop(engine_);
	}
	void end() override
	{
		exploration_join_free(engine_);
	}

      private:
	static int on_progress(void *context, const struct explore_progress *progress)
	{
		return static_cast<Exploration *>(context)->post(
			event_of<ProgressEvent>(*progress));
	}
	static int on_finished(void *context, const struct explore_result *result)
	{
		return static_cast<Exploration *>(context)->post_last(
			event_of<FinishedEvent>(*result));
	}

	struct exploration *engine_ = nullptr;
};

void input_from(const std::vector<uint64_t> &numbers, struct explore_input *input)
{
	input->patches = numbers[SEARCH_ROW_patches];
	input->lock = static_cast<uint32_t>(numbers[SEARCH_ROW_lock]);
	input->memory = static_cast<uint32_t>(numbers[SEARCH_ROW_memory]);
	input->strategy = static_cast<uint32_t>(numbers[SEARCH_ROW_strategy]);
	input->depth = static_cast<uint32_t>(numbers[SEARCH_ROW_depth]);
	input->preemptions_max = static_cast<uint32_t>(numbers[SEARCH_ROW_preemptions]);
	input->seed = numbers[SEARCH_ROW_seed];
	input->executions_max = numbers[SEARCH_ROW_executions];
	input->states_max = numbers[SEARCH_ROW_states];
	input->time_ms_max = numbers[SEARCH_ROW_time_ms];
	input->all_faults = numbers[SEARCH_ROW_all_faults] != 0;
	input->run_on = numbers[SEARCH_ROW_run_on] != 0;
	input->races = numbers[SEARCH_ROW_races] != 0;
	input->as_found = numbers[SEARCH_ROW_minimise] == 0;
}

std::vector<int32_t> ends_from_js(const Napi::Value &value)
{
	if (!value.IsTypedArray() ||
	    value.As<Napi::TypedArray>().TypedArrayType() != napi_int32_array)
		throw Napi::TypeError::New(value.Env(), "the refused ends must be an Int32Array");

	auto ends = value.As<Napi::Int32Array>();
	return {ends.Data(), ends.Data() + ends.ElementLength()};
}

/*
 * explore(numbers, programs, onEvent, refused, part): returns the job's number, or -errno. With
 * @refused, which may be empty, outcomes include what is left behind, and those in @refused are
 * faults.
 */
Napi::Value explore(const Napi::CallbackInfo &info)
{
	auto job = std::make_unique<Exploration>();

	input_from(numbers_from_js(info[0], search_table, SEARCH_COUNT, "the plan"), &job->input);
	job->programs = words_from_js(info[1], "the programs");
	if (!info[3].IsUndefined()) {
		job->input.look = true;
		job->refused = ends_from_js(info[3]);
	}
	if (!info[4].IsUndefined()) {
		std::vector<uint32_t> part = words_from_js(info[4], "the part");

		if (part.size() != 2 || part[0] >= part[1])
			throw Napi::RangeError::New(info.Env(), "there is no part of that number");
		job->input.part = part[0];
		job->input.parts = part[1];
	}
	return Job::launch(std::move(job), static_cast<AddonData *>(info.Data()), info[2]);
}

} /* namespace */

void export_exploration(Napi::Env env, Napi::Object exports, AddonData *data)
{
	exports.Set("explore", Napi::Function::New(env, explore, "explore", data));
}
