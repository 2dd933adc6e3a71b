/* SPDX-License-Identifier: MIT */
/* The patch matrix, on a thread of its own that has helpers. */
#include <pthread.h>

#include <cerrno>
#include <chrono>
#include <cmath>

#include "explore_addon.h"
#include "explore_engine.h"
#include "job.h"

namespace
{

constexpr size_t CELLS_MAX = 1 << 24;
const struct plan_param matrix_rows[] = {
	{"threads", "threads", "threads", "pthreads that share the cells", 2, 1, 1024},
	{"memory", "memory", "memory", "the memory model of every cell", 0, 0, MODEL_COUNT - 1},
};
constexpr size_t MATRIX_ROWS = sizeof(matrix_rows) / sizeof(*matrix_rows);

struct ProgressEvent : Event {
	std::pair<size_t, size_t> cells;

	explicit ProgressEvent(const std::pair<size_t, size_t> &done_and_all) : cells(done_and_all)
	{
	}
	Napi::Object to_js(Napi::Env env) const override
	{
		Napi::Object object = Napi::Object::New(env);

		object.Set("type", "progress");
		object.Set("done", static_cast<double>(cells.first));
		object.Set("all", static_cast<double>(cells.second));
		return object;
	}
};

struct Outcome {
	int error;
	char refused[RESULT_DIFFERS_MAX];
	double elapsed_ns;
	std::vector<struct matrix_cell> cells;
};

struct FinishedEvent : Event {
	Outcome outcome;

	explicit FinishedEvent(const Outcome &o) : outcome(o)
	{
	}
	Napi::Object to_js(Napi::Env env) const override
	{
		size_t count = outcome.cells.size();
		Napi::Object object = Napi::Object::New(env);
		auto kinds = Napi::Uint32Array::New(env, count);
		auto exhausted = Napi::Uint8Array::New(env, count);
		auto limits = Napi::Uint8Array::New(env, count);
		auto executions = Napi::Float64Array::New(env, count);
		auto states = Napi::Float64Array::New(env, count);

		for (size_t i = 0; i < count; i++) {
			kinds[i] = outcome.cells[i].fault_kinds;
			exhausted[i] = outcome.cells[i].exhausted;
			limits[i] = static_cast<uint8_t>(outcome.cells[i].limit);
			executions[i] = static_cast<double>(outcome.cells[i].executions);
			states[i] = static_cast<double>(outcome.cells[i].states);
		}
		object.Set("type", "finished");
		object.Set("error", static_cast<double>(outcome.error));
		object.Set("refused", static_cast<const char *>(outcome.refused));
		object.Set("nothing", outcome.error == -ENODATA);
		object.Set("elapsedNs", outcome.elapsed_ns);
		object.Set("faultKinds", kinds);
		object.Set("exhausted", exhausted);
		object.Set("limits", limits);
		object.Set("executions", executions);
		object.Set("states", states);
		return object;
	}
};

class Matrix : public Job
{
      public:
	uint32_t threads = 0, memory = 0;
	std::vector<uint64_t> masks;
	std::vector<std::vector<uint32_t>> programs; /* of each scenario */

      protected:
	int begin() override
	{
		outcome_.cells.resize(masks.size() * programs.size());
		for (const std::vector<uint32_t> &words : programs)
			scenarios_.push_back({words.data(), words.size()});
		return pthread_create(&thread_, nullptr, work, this) ? -EAGAIN : 0;
	}
	void ask_to_end() override
	{
		stopping_ = true;
	}
	void end() override
	{
		pthread_join(thread_, nullptr);
	}

      private:
	static int on_progress(void *context, size_t done, size_t all)
	{
		return static_cast<Matrix *>(context)->post(
			event_of<ProgressEvent>(std::make_pair(done, all)));
	}
	static void *work(void *context)
	{
		static_cast<Matrix *>(context)->fill();
		return nullptr;
	}
	void fill()
	{
		using Clock = std::chrono::steady_clock;
		Clock::time_point began = Clock::now();
		struct matrix_input input = {};

		input.scenarios = scenarios_.data();
		input.scenario_count = scenarios_.size();
		input.masks = masks.data();
		input.mask_count = masks.size();
		input.threads = threads;
		input.memory = memory;
		input.refused = outcome_.refused;
		input.stop = &stopping_;
		input.progress = on_progress;
		input.context = this;
		outcome_.error = explore_matrix(&input, outcome_.cells.data());
		outcome_.elapsed_ns =
			std::chrono::duration<double, std::nano>(Clock::now() - began).count();
		post_last(event_of<FinishedEvent>(outcome_));
	}

	std::vector<struct matrix_scenario> scenarios_;
	Outcome outcome_ = {};
	pthread_t thread_ = {};
	volatile bool stopping_ = false;
};

std::vector<std::vector<uint32_t>> programs_from_js(const Napi::Value &value)
{
	std::vector<std::vector<uint32_t>> result;

	if (!value.IsArray())
		throw Napi::TypeError::New(value.Env(), "the scenarios must be an array");
	auto array = value.As<Napi::Array>();
	for (uint32_t i = 0; i < array.Length(); i++)
		result.push_back(words_from_js(array.Get(i), "each scenario"));
	return result;
}

/* matrix(numbers, masks, scenarios, onEvent): returns the job's number, or -errno. */
Napi::Value matrix(const Napi::CallbackInfo &info)
{
	auto job = std::make_unique<Matrix>();

	std::vector<uint64_t> numbers =
		numbers_from_js(info[0], matrix_rows, MATRIX_ROWS, "the plan");

	job->threads = static_cast<uint32_t>(numbers[0]);
	job->memory = static_cast<uint32_t>(numbers[1]);
	job->masks = masks_from_js(info[1], "the masks");
	job->programs = programs_from_js(info[2]);
	if (job->masks.size() * job->programs.size() > CELLS_MAX)
		throw Napi::RangeError::New(info.Env(), "too many cells");
	return Job::launch(std::move(job), static_cast<AddonData *>(info.Data()), info[3]);
}

} /* namespace */

void export_matrix(Napi::Env env, Napi::Object exports, AddonData *data)
{
	exports.Set("matrix", Napi::Function::New(env, matrix, "matrix", data));
}
