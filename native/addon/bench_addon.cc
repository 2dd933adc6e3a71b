/* SPDX-License-Identifier: MIT */
#include "bench_addon.h"

AddonData *export_engine(Napi::Env env, Napi::Object exports)
{
	auto *data = new BenchData();

	export_benchmark(env, exports, data);
	export_raw_calls(env, exports, data);
	return data;
}
