/* SPDX-License-Identifier: MIT */
/* Replay of tickets: a few thousand steps at most, on the caller's thread. */
#include <cerrno>
#include <cstdlib>
#include <string>

#include "explore_addon.h"
#include "explore_engine.h"

namespace
{

constexpr size_t TEXT_MAX = 1024;

/* A ticket and what its schedule did. */
struct Replay {
	struct replayed replayed = {};
	enum ticket_error error = TICKET_FINE;
	int rc;

	explicit Replay(const std::string &text)
	{
		rc = explore_replay(text.c_str(), &replayed, &error);
		/* Intact, and yet nothing that can be run. */
		if (rc == -EINVAL || rc == -ENODATA)
			error = TICKET_MEANINGLESS;
	}
	~Replay()
	{
		if (!rc)
			replayed_free(&replayed);
	}
	Replay(const Replay &) = delete;
	Replay &operator=(const Replay &) = delete;
};

Napi::Object line_to_js(Napi::Env env, const struct trace_line &line)
{
	Napi::Object object = Napi::Object::New(env);
	std::vector<uint32_t> notes;
	char text[TEXT_MAX] = "";

	for (uint32_t note = 0; note < NOTE_COUNT; note++)
		if (line.notes >> note & 1)
			notes.push_back(note);
	trace_line_text(&line, text, sizeof(text));
	object.Set("step", static_cast<double>(line.step));
	object.Set("cpu", static_cast<double>(line.cpu));
	object.Set("op", line.op < OP_COUNT ? static_cast<double>(line.op) : -1.0);
	object.Set("minor", line.minor == NO_MINOR ? -1.0 : static_cast<double>(line.minor));
	object.Set("kind", trace_kind_name(line.kind));
	object.Set("text", static_cast<const char *>(text));
	object.Set("notes", numbers_to_js(env, notes.data(), notes.size()));
	object.Set("key", line.key);
	object.Set("faulted", line.faulted);
	return object;
}

Napi::Object refusal_to_js(Napi::Env env, enum ticket_error error)
{
	Napi::Object object = Napi::Object::New(env);

	object.Set("refused", ticket_error_text(error));
	object.Set("otherVersion", error == TICKET_OLDER || error == TICKET_NEWER);
	return object;
}

void ticket_to_js(const struct ticket &ticket, Napi::Object object)
{
	auto words = Napi::Uint32Array::New(object.Env(), ticket.word_count);

	std::copy(ticket.words, ticket.words + ticket.word_count, words.Data());
	object.Set("version", static_cast<double>(ticket.version));
	object.Set("patches", static_cast<double>(ticket.patches));
	object.Set("lock", static_cast<double>(ticket.lock));
	object.Set("runOn", ticket.run_on);
	object.Set("expected",
		   ticket.fault < FAULT_COUNT ? static_cast<double>(ticket.fault) : -1.0);
	object.Set("words", words);
}

void trace_to_js(const struct trace &trace, Napi::Object object)
{
	Napi::Array lines = Napi::Array::New(object.Env(), trace.count);
	bool known = trace.faulted && trace.fault < FAULT_COUNT;

	for (uint32_t i = 0; i < trace.count; i++)
		lines.Set(i, line_to_js(object.Env(), trace.line[i]));
	object.Set("followed", trace.reproduced);
	object.Set("met", trace.met);
	object.Set("kind", known ? static_cast<double>(trace.fault) : -1.0);
	object.Set("cpu",
		   trace.fault_cpu < trace.cpus ? static_cast<double>(trace.fault_cpu) : -1.0);
	object.Set("func", trace.fault_func ? trace.fault_func : "");
	object.Set("place", trace.fault_text ? trace.fault_text : "");
	object.Set("message", static_cast<const char *>(trace.message));
	object.Set("preemptions", static_cast<double>(trace.preemptions));
	object.Set("steps", static_cast<double>(trace.steps));
	object.Set("lines", lines);
}

/* replay(ticket): see NativeReplay in lib/native/explore.ts. */
Napi::Value replay(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();

	if (!info[0].IsString())
		throw Napi::TypeError::New(env, "replay() takes a text");

	Replay replay(info[0].As<Napi::String>().Utf8Value());
	const struct replayed &replayed = replay.replayed;
	if (replay.error != TICKET_FINE && replay.error != TICKET_NO_MEMORY)
		return refusal_to_js(env, replay.error);
	if (replay.rc)
		throw Napi::Error::New(env, "no memory");

	Napi::Object object = Napi::Object::New(env);
	object.Set("refused", "");
	ticket_to_js(replayed.ticket, object);
	trace_to_js(replayed.trace, object);
	object.Set("end", numbers_to_js(env, replayed.end, replayed.end_len));
	return object;
}

} /* namespace */

void export_replay(Napi::Env env, Napi::Object exports)
{
	exports.Set("replay", Napi::Function::New(env, replay, "replay"));
}
