/* SPDX-License-Identifier: MIT */
/* Verification of locks and counts, on a thread of its own that has helpers; and the replay of its
 * tickets. */
#include <pthread.h>

#include <cerrno>
#include <string>

#include "explore_addon.h"
#include "job.h"
#include "verify.h"

namespace
{

const char *order_name(uint32_t order)
{
	static const char *const names[] = {"none",    "relaxed", "acquire",
					    "release", "acq_rel", "seq_cst"};

	return names[order];
}

struct ProgressEvent : Event {
	struct verify_progress progress;

	explicit ProgressEvent(const struct verify_progress &p) : progress(p)
	{
	}
	Napi::Object to_js(Napi::Env env) const override
	{
		Napi::Object object = Napi::Object::New(env);

		object.Set("type", "progress");
		object.Set("elapsedNs", static_cast<double>(progress.elapsed_ns));
		object.Set("states", static_cast<double>(progress.states));
		object.Set("done", static_cast<double>(progress.done));
		object.Set("all", static_cast<double>(progress.all));
		return object;
	}
};

/* Owned by one event, from the job's thread to JavaScript's. */
struct Outcome {
	int error = 0;
	struct verify_report report = {};

	Outcome() = default;
	Outcome(const Outcome &) = delete;
	Outcome &operator=(const Outcome &) = delete;
	~Outcome()
	{
		if (!error)
			verify_report_free(&report);
	}
};

Napi::Value fault_to_js(Napi::Env env, const struct verify_fault &fault)
{
	if (fault.kind >= FAULT_COUNT)
		return env.Null();
	Napi::Object object = Napi::Object::New(env);

	object.Set("kind", static_cast<double>(fault.kind));
	object.Set("cpu", static_cast<double>(fault.cpu));
	object.Set("site", site_to_js(env, fault.site));
	object.Set("message", static_cast<const char *>(fault.message));
	object.Set("options", static_cast<double>(fault.options));
	object.Set("preemptions", static_cast<double>(fault.preemptions));
	object.Set("steps", static_cast<double>(fault.steps));
	object.Set("minimal", fault.minimal);
	object.Set("ticket", fault.ticket ? fault.ticket : "");
	return object;
}

void size_to_js(const struct verify_size &size, Napi::Object object)
{
	object.Set("threads", static_cast<double>(size.threads));
	object.Set("rounds", static_cast<double>(size.rounds));
	object.Set("writers", static_cast<double>(size.writers));
	object.Set("objects", static_cast<double>(size.objects));
}

Napi::Object row_to_js(Napi::Env env, const struct verify_row &row)
{
	static const char *const verdicts[] = {"clean", "fault", "unfinished"};
	static const char *const sharings[] = {"", "shared", "not-shared"};
	Napi::Object object = Napi::Object::New(env);

	object.Set("lock", static_cast<double>(row.lock));
	object.Set("memory", static_cast<double>(row.memory));
	size_to_js(row.size, object);
	object.Set("verdict", verdicts[row.verdict]);
	object.Set("exhausted", row.exhausted);
	object.Set("sharing", sharings[row.sharing]);
	object.Set("limit", static_cast<double>(row.limit));
	object.Set("sites", static_cast<double>(row.sites));
	object.Set("sitesReached", static_cast<double>(row.sites_reached));
	object.Set("states", static_cast<double>(row.states));
	object.Set("executions", static_cast<double>(row.executions));
	object.Set("elapsedNs", static_cast<double>(row.elapsed_ns));
	object.Set("fault", fault_to_js(env, row.fault));
	return object;
}

/* A site of a lock, the order that its source says, and another. */
Napi::Object order_to_js(Napi::Env env, const struct site *site, uint32_t number, uint32_t weaker)
{
	Napi::Object object = Napi::Object::New(env);

	object.Set("site", site_to_js(env, site));
	object.Set("number", static_cast<double>(number));
	object.Set("order", order_name(site->order));
	object.Set("weaker", order_name(weaker));
	return object;
}

Napi::Object barrier_to_js(Napi::Env env, const struct verify_barrier &barrier)
{
	static const char *const verdicts[] = {"needed", "not-needed", "not-reached", "unfinished"};
	Napi::Object object = order_to_js(env, barrier.site, barrier.number, barrier.weaker);

	object.Set("lock", static_cast<double>(barrier.lock));
	object.Set("verdict", verdicts[barrier.verdict]);
	size_to_js(barrier.size, object);
	object.Set("states", static_cast<double>(barrier.states));
	object.Set("fault", fault_to_js(env, barrier.fault));
	return object;
}

Napi::Object relaxed_to_js(Napi::Env env, const struct verify_relaxed &relaxed)
{
	Napi::Object object = order_to_js(env, relaxed.site, relaxed.number, relaxed.weaker);

	object.Set("lock", static_cast<double>(relaxed.lock));
	return object;
}

/* An array of @count rows, each as @to_js makes it. */
template <typename Row, typename ToJs>
Napi::Array rows_to_js(Napi::Env env, const Row *rows, size_t count, ToJs to_js)
{
	Napi::Array array = Napi::Array::New(env, count);

	for (uint32_t i = 0; i < count; i++)
		array.Set(i, to_js(env, rows[i]));
	return array;
}

struct FinishedEvent : Event {
	std::shared_ptr<Outcome> outcome;

	explicit FinishedEvent(const std::shared_ptr<Outcome> &o) : outcome(o)
	{
	}
	Napi::Object to_js(Napi::Env env) const override
	{
		const struct verify_report &report = outcome->report;
		Napi::Object object = Napi::Object::New(env);

		object.Set("type", "finished");
		object.Set("error", static_cast<double>(outcome->error));
		object.Set("stopped", report.stopped);
		object.Set("elapsedNs", static_cast<double>(report.elapsed_ns));
		object.Set("rows", rows_to_js(env, report.rows, report.row_count, row_to_js));
		object.Set("barriers",
			   rows_to_js(env, report.barriers, report.barrier_count, barrier_to_js));
		object.Set("relaxed",
			   rows_to_js(env, report.relaxed, report.relaxed_count, relaxed_to_js));
		return object;
	}
};

class Verification : public Job
{
      public:
	struct verify_input input = {};
	std::vector<uint32_t> locks;
	std::vector<struct verify_size> sizes;

      protected:
	int begin() override
	{
		input.locks = locks.data();
		input.lock_count = locks.size();
		input.sizes = sizes.data();
		input.size_count = sizes.size();
		input.stop = &stopping_;
		input.progress = on_progress;
		input.context = this;
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
	/* On any of the threads, but one at a time. */
	static int on_progress(void *context, const struct verify_progress *progress)
	{
		return static_cast<Verification *>(context)->post(
			event_of<ProgressEvent>(*progress));
	}
	static void *work(void *context)
	{
		static_cast<Verification *>(context)->run();
		return nullptr;
	}
	void run()
	{
		outcome_->error = verify(&input, &outcome_->report);
		post_last(event_of<FinishedEvent>(outcome_));
	}

	std::shared_ptr<Outcome> outcome_ = std::make_shared<Outcome>();
	pthread_t thread_ = {};
	volatile bool stopping_ = false;
};

void input_from(const std::vector<uint64_t> &numbers, struct verify_input *input)
{
	input->states_max = numbers[VERIFY_ROW_states];
	input->time_ms_max = numbers[VERIFY_ROW_time_ms];
	input->workers = static_cast<uint32_t>(numbers[VERIFY_ROW_workers]);
	input->barriers = numbers[VERIFY_ROW_barriers] != 0;
	input->c11_sequences = numbers[VERIFY_ROW_c11_sequences] != 0;
	input->as_found = numbers[VERIFY_ROW_minimise] == 0;
}

#define NUMBERS_OF_SIZE 4

void sizes_from(const Napi::CallbackInfo &info, const std::vector<uint32_t> &numbers,
		std::vector<struct verify_size> *sizes)
{
	if (numbers.size() % NUMBERS_OF_SIZE)
		throw Napi::RangeError::New(info.Env(), "a size is four numbers");
	for (size_t i = 0; i < numbers.size(); i += NUMBERS_OF_SIZE)
		sizes->push_back({numbers[i], numbers[i + 1], numbers[i + 2], numbers[i + 3]});
}

/* verify(numbers, kind, locks, memories, sizes, onEvent): see NativeVerify in lib/native/verify.ts.
 */
Napi::Value verify_locks(const Napi::CallbackInfo &info)
{
	auto job = std::make_unique<Verification>();

	input_from(numbers_from_js(info[0], verify_table, VERIFY_PARAM_COUNT, "the plan"),
		   &job->input);
	if (!info[1].IsNumber() || info[1].As<Napi::Number>().DoubleValue() < 0 ||
	    info[1].As<Napi::Number>().DoubleValue() >= VERIFY_KINDS)
		throw Napi::RangeError::New(info.Env(), "out of range: kind");
	job->input.kind = static_cast<enum verify_kind>(info[1].As<Napi::Number>().Uint32Value());
	job->locks = words_from_js(info[2], "the locks");
	for (uint32_t memory : words_from_js(info[3], "the memory models")) {
		if (memory >= MODEL_COUNT)
			throw Napi::RangeError::New(info.Env(), "out of range: memory model");
		job->input.memories |= 1u << memory;
	}
	sizes_from(info, words_from_js(info[4], "the sizes"), &job->sizes);
	return Job::launch(std::move(job), static_cast<AddonData *>(info.Data()), info[5]);
}

std::string ticket_from(const Napi::CallbackInfo &info)
{
	if (!info[0].IsString())
		throw Napi::TypeError::New(info.Env(), "a ticket is a text");
	return info[0].As<Napi::String>().Utf8Value();
}

/* isLockTicket(ticket) */
Napi::Value is_lock_ticket(const Napi::CallbackInfo &info)
{
	return Napi::Boolean::New(info.Env(), verify_is_ticket(ticket_from(info).c_str()));
}

Napi::Object refusal_to_js(Napi::Env env, enum verify_ticket_error error)
{
	Napi::Object object = Napi::Object::New(env);

	object.Set("refused", verify_ticket_error_text(error));
	object.Set("otherVersion", error == VERIFY_TICKET_CHANGED);
	return object;
}

Napi::Object override_to_js(Napi::Env env, const struct verify_override &override)
{
	return order_to_js(env, override.site, override.number, override.order);
}

/* A ticket and what its schedule did. */
struct Replay {
	struct verify_replayed replayed = {};
	enum verify_ticket_error error = VERIFY_TICKET_FINE;
	int rc;

	explicit Replay(const std::string &text)
	{
		rc = verify_replay(text.c_str(), &replayed, &error);
		/* Intact, and yet nothing that can be run. */
		if (rc == -EINVAL || rc == -ENODATA)
			error = VERIFY_TICKET_MEANINGLESS;
	}
	~Replay()
	{
		if (!rc)
			verify_replayed_free(&replayed);
	}
	Replay(const Replay &) = delete;
	Replay &operator=(const Replay &) = delete;
};

/* replayLock(ticket): see NativeLockReplay in lib/native/verify.ts. */
Napi::Value replay_lock(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	Replay replay(ticket_from(info));
	const struct verify_replayed &replayed = replay.replayed;

	if (replay.error != VERIFY_TICKET_FINE && replay.error != VERIFY_TICKET_NO_MEMORY)
		return refusal_to_js(env, replay.error);
	if (replay.rc)
		throw Napi::Error::New(env, "no memory");

	Napi::Object object = Napi::Object::New(env);
	object.Set("refused", "");
	object.Set("subject", "lock");
	object.Set("of", static_cast<double>(replayed.kind));
	object.Set("lock", static_cast<double>(replayed.lock));
	object.Set("memory", static_cast<double>(replayed.memory));
	size_to_js(replayed.size, object);
	object.Set("c11Sequences", replayed.c11_sequences);
	object.Set("overrides",
		   rows_to_js(env, replayed.override, replayed.override_count, override_to_js));
	object.Set("expected", static_cast<double>(replayed.fault));
	trace_to_js(replayed.trace, object);
	return object;
}

} /* namespace */

void export_verification(Napi::Env env, Napi::Object exports, AddonData *data)
{
	exports.Set("verify", Napi::Function::New(env, verify_locks, "verify", data));
	exports.Set("isLockTicket", Napi::Function::New(env, is_lock_ticket, "isLockTicket"));
	exports.Set("replayLock", Napi::Function::New(env, replay_lock, "replayLock"));
}
