/* SPDX-License-Identifier: MIT */
#include "stress_addon.h"

#include "engine.h"
#include "own_locks.h"

void plan_from_js(const Napi::Value &value, struct plan *plan)
{
	std::vector<uint64_t> numbers = numbers_from_js(value, plan_table, PLAN_COUNT, "the plan");

	for (unsigned int row = 0; row < PLAN_COUNT; row++)
		plan_set(plan, static_cast<enum plan_row>(row), numbers[row]);
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
	fault.Set("site", site_to_js(env, note.site));
	fault.Set("message", static_cast<const char *>(note.message));
	return fault;
}

AddonData *export_engine(Napi::Env env, Napi::Object exports)
{
	auto *data = new StressData();

	export_runs(env, exports, data);
	export_direct(env, exports, data);
	export_own_locks(env, exports);
	return data;
}
