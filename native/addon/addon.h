/* SPDX-License-Identifier: MIT */
/*
 * The addon: numbers in, run off the main thread, numbers out. It marshals and keeps handles;
 * it knows no policy, parses no text and names no parameter. What is here every binary has.
 */
#ifndef DMTORTURE_ADDON_H
#define DMTORTURE_ADDON_H

#include <napi.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "place.h"
#include "tables.h"

struct outcome;

class Jobs;

/* What one environment (the main thread's, or a worker's) owns. Engines add to it. */
struct AddonData {
	std::shared_ptr<Jobs> jobs;
	virtual ~AddonData() = default;
};

/*
 * The numbers of a Float64Array: one for each of the @count rows of @table, in its order, whole
 * and in their ranges. @what: how messages call it.
 */
std::vector<uint64_t> numbers_from_js(const Napi::Value &value, const struct plan_param *table,
				      size_t count, const char *what);
std::vector<uint32_t> words_from_js(const Napi::Value &value, const char *what);
/* The numbers of a Float64Array, each a set of known patches. */
std::vector<uint64_t> masks_from_js(const Napi::Value &value, const char *what);
/* @results: of all of @outcomes, one after another, @each of them. */
Napi::Array outcomes_to_js(Napi::Env env, const std::vector<struct outcome> &outcomes,
			   const std::vector<int32_t> &results, size_t each);

/* NativeSite of lib/native.ts; @site NULL: all of it empty. */
Napi::Object site_to_js(Napi::Env env, const struct site *site);

template <typename T> Napi::Array numbers_to_js(Napi::Env env, const T *numbers, size_t count)
{
	Napi::Array array = Napi::Array::New(env, count);

	for (size_t i = 0; i < count; i++)
		array.Set(static_cast<uint32_t>(i), static_cast<double>(numbers[i]));
	return array;
}

Napi::Value describe(const Napi::CallbackInfo &info);
void export_jobs(Napi::Env env, Napi::Object exports, AddonData *data);

/* Each engine has its own: what it keeps for an environment, and its functions. */
AddonData *export_engine(Napi::Env env, Napi::Object exports);

#endif
