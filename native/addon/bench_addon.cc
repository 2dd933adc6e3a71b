/* SPDX-License-Identifier: MIT */
#include "bench_addon.h"

#include "own_locks.h"

AddonData *export_engine(Napi::Env env, Napi::Object exports)
{
	auto *data = new BenchData();

	export_benchmark(env, exports, data);
	export_raw_calls(env, exports, data);
	export_own_locks(env, exports);
	return data;
}
