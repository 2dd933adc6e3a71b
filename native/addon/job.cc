/* SPDX-License-Identifier: MIT */
#include "job.h"

#include <cmath>

void deliver(Napi::Env env, Napi::Function callback, Job *, Event *event)
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

int Job::post(std::unique_ptr<Event> event)
{
	if (event && !deaf_) {
		napi_status status = listener_.NonBlockingCall(event.get());

		if (status == napi_ok)
			static_cast<void>(event.release());
		else
			/* Queue full: this event is lost, the next may pass. */
			deaf_ = status != napi_queue_full;
	}
	return deaf_;
}

int Job::post_last(std::unique_ptr<Event> event)
{
	int result = post(std::move(event));

	if (!deaf_)
		listener_.Release();
	return result;
}

void Job::join()
{
	if (begun_)
		end();
	begun_ = false;
}

void Job::on_env_exit(void *context)
{
	auto *job = static_cast<Job *>(context);

	job->hooked_ = false;
	job->stop();
	job->join();
}

void Job::on_listener_gone(Napi::Env env, void *, Job *job)
{
	if (job->hooked_)
		napi_remove_env_cleanup_hook(env, on_env_exit, job);
	job->join();
	job->jobs_->remove(job->id_);
	delete job;
}

Napi::Value Job::launch(std::unique_ptr<Job> owned, AddonData *data, const Napi::Value &listener)
{
	Napi::Env env = listener.Env();

	if (!listener.IsFunction())
		throw Napi::TypeError::New(env, "the listener must be a function");
	Job *job = owned.get();
	job->jobs_ = data->jobs;
	job->listener_ = Listener::New(env, listener.As<Napi::Function>(), "dmtorture", 0, 1, job,
				       on_listener_gone, job);
	/* From here on the finalizer frees it. */
	static_cast<void>(owned.release());
	napi_add_env_cleanup_hook(env, on_env_exit, job);
	job->hooked_ = true;
	job->id_ = job->jobs_->add(job);

	double id = job->id_;
	int rc = job->begin();
	job->begun_ = rc >= 0;
	if (rc < 0) {
		job->listener_.Abort();
		return Napi::Number::New(env, rc);
	}
	return Napi::Number::New(env, id);
}

/* stop(number): returns whether that job was still there. */
static Napi::Value stop(const Napi::CallbackInfo &info)
{
	auto *data = static_cast<AddonData *>(info.Data());

	if (!info[0].IsNumber())
		throw Napi::TypeError::New(info.Env(), "the job must be a number");

	double id = info[0].As<Napi::Number>().DoubleValue();
	bool fits = id >= 0 && id <= UINT32_MAX;
	Job *job = fits ? data->jobs->find(static_cast<uint32_t>(id)) : nullptr;
	if (job)
		job->stop();
	return Napi::Boolean::New(info.Env(), job != nullptr);
}

void export_jobs(Napi::Env env, Napi::Object exports, AddonData *data)
{
	data->jobs = std::make_shared<Jobs>();
	exports.Set("stop", Napi::Function::New(env, stop, "stop", data));
}
