/* SPDX-License-Identifier: MIT */
/* Windows of bare fibers: what explorations are measured against. */
#include "bare.h"

#include <pthread.h>

#include <cerrno>

#include "explore_addon.h"
#include "job.h"

namespace
{

enum row { THREADS, POINTS, EXECUTIONS, SEED, ROWS };
const struct plan_param bare_rows[] = {
	{"threads", "threads", "threads", "fibers", 2, 1, BARE_THREADS_MAX},
	{"points", "points", "points", "of an execution", 1, 1, 1000000},
	{"executions", "executions", "executions", "of the window", 1, 1, 1000000},
	{"seed", "seed", "seed", "of which fiber goes on", 1, 0, 9007199254740991.0},
};

struct FinishedEvent : Event {
	struct bare_window window;

	explicit FinishedEvent(const struct bare_window &w) : window(w)
	{
	}
	Napi::Object to_js(Napi::Env env) const override
	{
		Napi::Object object = Napi::Object::New(env);

		object.Set("type", "finished");
		object.Set("elapsedNs", static_cast<double>(window.elapsed_ns));
		object.Set("points", static_cast<double>(window.points));
		object.Set("switches", static_cast<double>(window.switches));
		return object;
	}
};

/* A window is over in milliseconds: there is nothing to stop. */
class Bare : public Job
{
      public:
	std::vector<uint64_t> numbers;
	~Bare() override
	{
		bare_free(bare_);
	}

      protected:
	int begin() override
	{
		bare_ = bare_new(numbers[SEED]);
		if (!bare_)
			return -ENOMEM;
		return pthread_create(&thread_, nullptr, work, this) ? -EAGAIN : 0;
	}
	void ask_to_end() override
	{
	}
	void end() override
	{
		pthread_join(thread_, nullptr);
	}

      private:
	static void *work(void *context)
	{
		auto *self = static_cast<Bare *>(context);
		struct bare_window window = {};

		bare_run(self->bare_, static_cast<uint32_t>(self->numbers[THREADS]),
			 static_cast<uint32_t>(self->numbers[POINTS]),
			 static_cast<uint32_t>(self->numbers[EXECUTIONS]), &window);
		self->post_last(event_of<FinishedEvent>(window));
		return nullptr;
	}

	struct bare *bare_ = nullptr;
	pthread_t thread_ = {};
};

/* bare(numbers, onEvent): threads, points, executions, seed. Returns the job's number, or -errno.
 */
Napi::Value start_bare(const Napi::CallbackInfo &info)
{
	auto job = std::make_unique<Bare>();

	job->numbers = numbers_from_js(info[0], bare_rows, ROWS, "the plan");
	return Job::launch(std::move(job), static_cast<AddonData *>(info.Data()), info[1]);
}

} /* namespace */

void export_bare(Napi::Env env, Napi::Object exports, AddonData *data)
{
	exports.Set("bare", Napi::Function::New(env, start_bare, "bare", data));
}
