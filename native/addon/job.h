/* SPDX-License-Identifier: MIT */
/*
 * Jobs: work on threads of its own that is started, watched and stopped.
 *
 * Life of a job. Its thread queues events on a thread-safe function and releases it after the
 * last one; then the finalizer, on the JavaScript thread, joins and frees. Where the environment
 * goes first (exit, a terminated worker), the cleanup hook stops and joins. The hook is added
 * after the thread-safe function, so that it comes before Node takes that away.
 */
#ifndef DMTORTURE_JOB_H
#define DMTORTURE_JOB_H

#include <map>

#include "addon.h"

/* An event from a job's thread to JavaScript; it owns its data. */
struct Event {
	virtual ~Event() = default;
	virtual Napi::Object to_js(Napi::Env env) const = 0;
};

class Job;

/* On JavaScript's thread. @env is NULL where the queue is emptied because all ends. */
void deliver(Napi::Env env, Napi::Function callback, Job *job, Event *event);
using Listener = Napi::TypedThreadSafeFunction<Job, Event, deliver>;

/* The jobs of one environment, for JavaScript's thread only. A job outlives it in its finalizer. */
class Jobs
{
      public:
	uint32_t add(Job *job)
	{
		live_[++last_] = job;
		return last_;
	}
	void remove(uint32_t id)
	{
		live_.erase(id);
	}
	Job *find(uint32_t id) const
	{
		auto found = live_.find(id);

		return found == live_.end() ? nullptr : found->second;
	}

      private:
	std::map<uint32_t, Job *> live_;
	uint32_t last_ = 0;
};

class Job
{
      public:
	virtual ~Job() = default;
	/*
	 * Start @job, which is taken over, and send its events to @listener, a function.
	 * Returns the job's number, or what begin() returned below 0.
	 */
	static Napi::Value launch(std::unique_ptr<Job> job, AddonData *data,
				  const Napi::Value &listener);
	void stop()
	{
		if (begun_)
			ask_to_end();
	}

      protected:
	/* Start the thread. Returns 0 or -errno; then nothing was started. */
	virtual int begin() = 0;
	/* Any number of times, between begin() and end(). */
	virtual void ask_to_end() = 0;
	/* Wait for the thread, and free what begin() got. */
	virtual void end() = 0;
	/* On the job's thread. Returns non-zero when nobody listens any more. */
	int post(std::unique_ptr<Event> event);
	/* The same, for the last event: nothing may be posted after it. */
	int post_last(std::unique_ptr<Event> event);

      private:
	static void on_env_exit(void *context);
	static void on_listener_gone(Napi::Env env, void *hint, Job *job);
	void join();

	Listener listener_;
	std::shared_ptr<Jobs> jobs_;
	uint32_t id_ = 0;
	bool begun_ = false; /* JavaScript's thread only */
	bool hooked_ = false;
	bool deaf_ = false; /* nobody listens any more; the job's thread only */
};

/* A new event, or NULL without memory: then it is lost, the next may pass. */
template <typename E, typename Content>
std::unique_ptr<Event> event_of(const Content &content) noexcept
{
	try {
		return std::make_unique<E>(content);
	} catch (const std::bad_alloc &) {
		return nullptr;
	}
}

#endif
