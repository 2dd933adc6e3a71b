/* SPDX-License-Identifier: MIT */
/*
 * Runs: start, watch, stop.
 *
 * Life of a run. Its controller thread queues events on a thread-safe function and releases it
 * after the last one; then the finalizer, on the JavaScript thread, joins and frees. Where the
 * environment goes first (exit, a terminated worker), the cleanup hook stops and joins. The hook
 * is added after the thread-safe function, so that it comes before Node takes that away.
 */
#include "addon.h"

#include <map>
#include <new>

#include "engine.h"

namespace
{

/* Something that the controller thread tells JavaScript; owns what it tells. */
struct Event {
	virtual ~Event() = default;
	virtual Napi::Object to_js(Napi::Env env) const = 0;
};

struct Run;
void deliver(Napi::Env env, Napi::Function callback, Run *run, Event *event);
using Listener = Napi::TypedThreadSafeFunction<Run, Event, deliver>;

} /* namespace */

/* The runs of one environment, for JavaScript's thread only. A run outlives it in its finalizer. */
class Runs
{
      public:
	uint32_t add(Run *run)
	{
		live_[++last_] = run;
		return last_;
	}
	void remove(uint32_t id)
	{
		live_.erase(id);
	}
	Run *find(uint32_t id) const
	{
		auto found = live_.find(id);

		return found == live_.end() ? nullptr : found->second;
	}

      private:
	std::map<uint32_t, Run *> live_;
	uint32_t last_ = 0;
};

namespace
{

struct Run {
	struct run *engine = nullptr; /* JavaScript's thread only */
	Listener listener;
	std::shared_ptr<Runs> runs;
	uint32_t id = 0;
	bool hooked = false;
	bool deaf = false; /* nobody listens any more; the controller thread only */

	void join()
	{
		if (engine)
			run_join_free(engine);
		engine = nullptr;
	}
};

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

template <typename T> Napi::Array numbers_to_js(Napi::Env env, const T *numbers, size_t count)
{
	Napi::Array array = Napi::Array::New(env, count);

	for (size_t i = 0; i < count; i++)
		array.Set(static_cast<uint32_t>(i), static_cast<double>(numbers[i]));
	return array;
}

struct FinishedEvent : Event {
	struct report report;
	std::vector<int32_t> results; /* of all outcomes, one after another */
	std::vector<struct outcome> outcomes;

	explicit FinishedEvent(const struct report &r) : report(r)
	{
		if (r.outcome_count)
			outcomes.assign(r.outcomes, r.outcomes + r.outcome_count);
		for (const struct outcome &outcome : outcomes)
			results.insert(results.end(), outcome.results,
				       outcome.results + r.results_per_outcome);
	}
	Napi::Object op_to_js(Napi::Env env, const struct op_stats &stats) const
	{
		Napi::Object object = Napi::Object::New(env);

		object.Set("count", static_cast<double>(stats.count));
		object.Set("ok", static_cast<double>(stats.ok));
		object.Set("errors", numbers_to_js(env, stats.errors, errno_count));
		object.Set("p50Ns", static_cast<double>(stats.p50_ns));
		object.Set("p90Ns", static_cast<double>(stats.p90_ns));
		object.Set("p99Ns", static_cast<double>(stats.p99_ns));
		object.Set("p999Ns", static_cast<double>(stats.p999_ns));
		object.Set("maxNs", static_cast<double>(stats.max_ns));
		return object;
	}
	Napi::Object outcome_to_js(Napi::Env env, size_t index) const
	{
		Napi::Object object = Napi::Object::New(env);
		size_t each = report.results_per_outcome;

		object.Set("results", numbers_to_js(env, results.data() + index * each, each));
		object.Set("count", static_cast<double>(outcomes[index].count));
		object.Set("grade", static_cast<double>(outcomes[index].grade));
		return object;
	}
	Napi::Object to_js(Napi::Env env) const override
	{
		Napi::Object object = Napi::Object::New(env);
		Napi::Array ops = Napi::Array::New(env, OP_COUNT);
		Napi::Array all = Napi::Array::New(env, outcomes.size());
		std::vector<uint32_t> notes;

		for (uint32_t i = 0; i < OP_COUNT; i++)
			ops.Set(i, op_to_js(env, report.ops[i]));
		for (uint32_t i = 0; i < outcomes.size(); i++)
			all.Set(i, outcome_to_js(env, i));
		for (uint32_t i = 0; i < NOTE_COUNT; i++)
			if (report.notes_seen >> i & 1)
				notes.push_back(i);
		object.Set("type", "finished");
		object.Set("complete", report.complete);
		object.Set("totals", totals_to_js(env, report.totals));
		object.Set("ops", ops);
		object.Set("notes", numbers_to_js(env, notes.data(), notes.size()));
		object.Set("faultsByKind", numbers_to_js(env, report.faults_by_kind, FAULT_COUNT));
		object.Set("outcomes", all);
		return object;
	}
};

/* On JavaScript's thread. @env is NULL where the queue is emptied because all ends. */
void deliver(Napi::Env env, Napi::Function callback, Run *, Event *event)
{
	std::unique_ptr<Event> owned(event);

	if (static_cast<napi_env>(env) == nullptr || callback.IsEmpty())
		return;
	Napi::HandleScope scope(env);
	try {
		callback.Call({owned->to_js(env)});
	} catch (const Napi::Error &error) {
		/* By itself Node-API would only warn; a listener's error is as uncaught as any. */
		napi_fatal_exception(env, error.Value());
	}
}

/* On the controller thread. Returns what a listener function returns. */
template <typename E, typename Content> int post(void *context, const Content *content)
{
	auto *run = static_cast<Run *>(context);

	if (run->deaf)
		return 1;
	try {
		auto event = std::make_unique<E>(*content);
		napi_status status = run->listener.NonBlockingCall(event.get());

		if (status == napi_ok) {
			event.release();
			return 0;
		}
		/* Queue full: this event is lost, the next may pass. */
		run->deaf = status != napi_queue_full;
	} catch (const std::bad_alloc &) {
		return 0;
	}
	return run->deaf;
}

int on_progress(void *context, const struct progress *progress)
{
	return post<ProgressEvent>(context, progress);
}

int on_fault(void *context, const struct fault_note *fault)
{
	return post<FaultEvent>(context, fault);
}

int on_finished(void *context, const struct report *report)
{
	auto *run = static_cast<Run *>(context);
	int result = post<FinishedEvent>(context, report);

	if (!run->deaf)
		run->listener.Release();
	return result;
}

void on_env_exit(void *context)
{
	auto *run = static_cast<Run *>(context);

	run->hooked = false;
	if (run->engine)
		run_stop(run->engine);
	run->join();
}

void on_listener_gone(Napi::Env env, void *, Run *run)
{
	if (run->hooked)
		napi_remove_env_cleanup_hook(env, on_env_exit, run);
	run->join();
	run->runs->remove(run->id);
	delete run;
}

std::vector<uint32_t> words_from_js(const Napi::Value &value, const char *name)
{
	if (!value.IsTypedArray() ||
	    value.As<Napi::TypedArray>().TypedArrayType() != napi_uint32_array)
		throw Napi::TypeError::New(value.Env(),
					   std::string(name) + " must be a Uint32Array");

	auto words = value.As<Napi::Uint32Array>();
	return {words.Data(), words.Data() + words.ElementLength()};
}

/* start(plan, mix, programs, onEvent): returns the run's number, or -errno. */
Napi::Value start(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	auto *data = static_cast<AddonData *>(info.Data());
	struct run_input input = {};

	plan_from_js(info[0], &input.plan);
	std::vector<uint32_t> mix = words_from_js(info[1], "the mix");
	std::vector<uint32_t> programs = words_from_js(info[2], "the programs");
	if (!info[3].IsFunction())
		throw Napi::TypeError::New(env, "the listener must be a function");
	if (mix.size() > OP_COUNT)
		throw Napi::RangeError::New(env, "the mix has a weight for no operation");
	std::copy(mix.begin(), mix.end(), input.mix);
	input.programs = programs.data();
	input.programs_len = programs.size();

	auto *run = new Run();
	run->runs = data->runs;
	run->listener = Listener::New(env, info[3].As<Napi::Function>(), "dmtorture", 0, 1, run,
				      on_listener_gone, static_cast<Run *>(run));
	napi_add_env_cleanup_hook(env, on_env_exit, run);
	run->hooked = true;
	run->id = run->runs->add(run);

	struct listener listener = {on_progress, on_fault, on_finished, run};
	int rc = run_start(&run->engine, &input, &listener);
	if (rc < 0) {
		run->engine = nullptr;
		run->listener.Abort();
		return Napi::Number::New(env, rc);
	}
	return Napi::Number::New(env, run->id);
}

/* stop(number): returns whether that run was still there. */
Napi::Value stop(const Napi::CallbackInfo &info)
{
	auto *data = static_cast<AddonData *>(info.Data());

	if (!info[0].IsNumber())
		throw Napi::TypeError::New(info.Env(), "the run must be a number");

	double id = info[0].As<Napi::Number>().DoubleValue();
	bool fits = id >= 0 && id <= UINT32_MAX;
	Run *run = fits ? data->runs->find(static_cast<uint32_t>(id)) : nullptr;
	if (run && run->engine)
		run_stop(run->engine);
	return Napi::Boolean::New(info.Env(), run != nullptr);
}

} /* namespace */

void export_runs(Napi::Env env, Napi::Object exports, AddonData *data)
{
	data->runs = std::make_shared<Runs>();
	exports.Set("start", Napi::Function::New(env, start, "start", data));
	exports.Set("stop", Napi::Function::New(env, stop, "stop", data));
}
