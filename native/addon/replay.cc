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

/* The site of @line, with what the model says of the access itself. */
Napi::Object place_to_js(Napi::Env env, const struct trace_line &line)
{
	Napi::Object place = site_to_js(env, line.site);

	place.Set("object", line.object ? line.object : "");
	place.Set("field", line.field ? line.field : "");
	return place;
}

void values_to_js(const struct trace_line &line, Napi::Object object)
{
	Napi::Value nothing = object.Env().Null();
	auto text = [&](bool has, const char *value) {
		return has ? Napi::String::New(object.Env(), value) : nothing;
	};

	object.Set("read", text(line.has_read, line.read));
	object.Set("was", text(line.has_written, line.was));
	object.Set("wrote", text(line.has_written, line.wrote));
	object.Set("fromStep",
		   line.from_step == TRACE_NOBODY ? 0.0 : static_cast<double>(line.from_step));
	object.Set("fromCpu",
		   line.from_cpu == TRACE_NOBODY ? -1.0 : static_cast<double>(line.from_cpu));
}

/* A step of another write, or null. */
Napi::Value write_to_js(Napi::Env env, uint32_t step, uint32_t cpu)
{
	if (step == TRACE_NOBODY)
		return env.Null();

	Napi::Object object = Napi::Object::New(env);
	object.Set("step", static_cast<double>(step));
	object.Set("cpu", cpu == TRACE_NOBODY ? -1.0 : static_cast<double>(cpu));
	return object;
}

/* What the access did that sequential consistency does not allow. */
void memory_to_js(const struct trace_line &line, Napi::Object object)
{
	Napi::Env env = object.Env();

	object.Set("option", static_cast<double>(line.option));
	object.Set("missed", write_to_js(env, line.missed_step, line.missed_cpu));
	object.Set("missedWaits", line.missed_waits);
	object.Set("before", write_to_js(env, line.before_step, line.before_cpu));
	object.Set("lacks", env.Null());
	if (line.lacks)
		object.Set("lacks", site_to_js(env, line.lacks));
	object.Set("lacksOrder", line.lacks_order ? line.lacks_order : "");
}

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
	object.Set("kind", access_table[line.kind].name);
	object.Set("text", static_cast<const char *>(text));
	object.Set("notes", numbers_to_js(env, notes.data(), notes.size()));
	object.Set("site", place_to_js(env, line));
	values_to_js(line, object);
	memory_to_js(line, object);
	object.Set("key", line.key);
	object.Set("background", line.background);
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
	object.Set("memory", static_cast<double>(ticket.memory));
	object.Set("c11Sequences", ticket.c11_sequences);
	object.Set("expected",
		   ticket.fault < FAULT_COUNT ? static_cast<double>(ticket.fault) : -1.0);
	object.Set("words", words);
}

Napi::Array titles_to_js(const struct trace &trace, Napi::Env env)
{
	Napi::Array titles = Napi::Array::New(env);

	for (uint32_t cpu = 0; trace.title && cpu < trace.cpus; cpu++)
		titles.Set(cpu, trace.title[cpu]);
	return titles;
}

} /* namespace */

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
	object.Set("site", site_to_js(object.Env(), trace.fault_site));
	object.Set("message", static_cast<const char *>(trace.message));
	object.Set("preemptions", static_cast<double>(trace.preemptions));
	object.Set("steps", static_cast<double>(trace.steps));
	object.Set("lines", lines);
	object.Set("titles", titles_to_js(trace, object.Env()));
}

namespace
{

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
