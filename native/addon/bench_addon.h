/* SPDX-License-Identifier: MIT */
/* What only bench.node has: benchmarks, the table of locks, and calls to set others against. */
#ifndef DMTORTURE_BENCH_ADDON_H
#define DMTORTURE_BENCH_ADDON_H

#include "addon.h"

struct direct_idr;

struct RawIdrDeleter {
	void operator()(struct direct_idr *idr) const;
};

struct BenchData : AddonData {
	std::unique_ptr<struct direct_idr, RawIdrDeleter> idr; /* of the raw calls */
};

void export_benchmark(Napi::Env env, Napi::Object exports, BenchData *data);
void export_raw_calls(Napi::Env env, Napi::Object exports, BenchData *data);

#endif
