/* SPDX-License-Identifier: MIT */
#include "addon.h"

#include <cmath>
#include <string>

#include "engine.h"

void plan_from_js(const Napi::Value &value, struct plan *plan)
{
	Napi::Env env = value.Env();

	if (!value.IsTypedArray() ||
	    value.As<Napi::TypedArray>().TypedArrayType() != napi_float64_array)
		throw Napi::TypeError::New(env, "the plan must be a Float64Array");

	auto numbers = value.As<Napi::Float64Array>();
	if (numbers.ElementLength() != PLAN_COUNT)
		throw Napi::RangeError::New(env, "the plan has a wrong length");
	for (unsigned int row = 0; row < PLAN_COUNT; row++) {
		double number = numbers[row];

		/* Before the cast: what does not fit has no defined one. */
		if (!(number >= plan_table[row].min && number <= plan_table[row].max) ||
		    number != std::floor(number))
			throw Napi::RangeError::New(env, std::string("out of range: ") +
								 plan_table[row].js);
		plan_set(plan, static_cast<enum plan_row>(row), static_cast<uint64_t>(number));
	}
}

Napi::Object fault_to_js(Napi::Env env, const struct fault_note &note)
{
	Napi::Object fault = Napi::Object::New(env);

	fault.Set("kind", static_cast<double>(note.kind));
	fault.Set("cpu", static_cast<double>(note.cpu));
	fault.Set("op", note.op == NO_OP ? -1.0 : static_cast<double>(note.op));
	fault.Set("minor", note.minor == NO_MINOR ? -1.0 : static_cast<double>(note.minor));
	fault.Set("count", static_cast<double>(note.count));
	fault.Set("atNs", static_cast<double>(note.at_ns));
	fault.Set("world", static_cast<double>(note.world));
	fault.Set("func", note.func ? note.func : "");
	fault.Set("text", note.text ? note.text : "");
	fault.Set("line", static_cast<double>(note.line));
	fault.Set("message", static_cast<const char *>(note.message));
	return fault;
}

static Napi::Object init(Napi::Env env, Napi::Object exports)
{
	auto *data = new AddonData();

	env.SetInstanceData(data);
	exports.Set("describe", Napi::Function::New(env, describe, "describe"));
	export_runs(env, exports, data);
	export_direct(env, exports, data);
	return exports;
}

NODE_API_MODULE(NODE_GYP_MODULE_NAME, init)
