/* SPDX-License-Identifier: MIT */
/*
 * What calls of the library are set against: functions on plain Node-API that do the least there
 * is to do, with the signatures of those calls.
 */
#include "bench_addon.h"

#include <ctime>

#include "direct.h"

namespace
{

constexpr double LOOPS_MAX = 1e7, IDS_MAX = 1 << 20;

uint64_t now_ns()
{
	struct timespec now = {};

	clock_gettime(CLOCK_MONOTONIC, &now);
	return static_cast<uint64_t>(now.tv_sec) * 1000000000u + static_cast<uint64_t>(now.tv_nsec);
}

/* rawEmpty() */
napi_value raw_empty(napi_env, napi_callback_info)
{
	return nullptr;
}

/* rawSame(number): returns it. */
napi_value raw_same(napi_env env, napi_callback_info info)
{
	napi_value argv[1], result = nullptr;
	size_t argc = 1;
	uint32_t number = 0;

	napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
	napi_get_value_uint32(env, argv[0], &number);
	napi_create_uint32(env, number, &result);
	return result;
}

napi_value no_idr(napi_env env)
{
	napi_throw_error(env, nullptr, "rawFill() comes first");
	return nullptr;
}

/* rawFind(id): returns the value of an id of rawFill(). */
napi_value raw_find(napi_env env, napi_callback_info info)
{
	napi_value argv[1], result = nullptr;
	size_t argc = 1;
	uint32_t id = 0;
	void *data;

	napi_get_cb_info(env, info, &argc, argv, nullptr, &data);
	napi_get_value_uint32(env, argv[0], &id);
	const struct direct_idr *idr = static_cast<BenchData *>(data)->idr.get();
	if (!idr)
		return no_idr(env);
	napi_create_uint32(env, static_cast<uint32_t>(direct_idr_find(idr, id)), &result);
	return result;
}

/* The @index-th argument, a number of times. */
uint32_t times_from_js(const Napi::CallbackInfo &info, size_t index, double max)
{
	if (!info[index].IsNumber())
		throw Napi::TypeError::New(info.Env(), "expected a number");
	double times = info[index].As<Napi::Number>().DoubleValue();
	if (!(times >= 0 && times <= max))
		throw Napi::RangeError::New(info.Env(), "out of range");
	return static_cast<uint32_t>(times);
}

/* loopFindMany(ids, passes): nanoseconds of @passes passes over the ids, in C alone. */
Napi::Value loop_find_many(const Napi::CallbackInfo &info)
{
	auto *data = static_cast<BenchData *>(info.Data());
	std::vector<uint32_t> ids = words_from_js(info[0], "the ids");
	std::vector<double> values(ids.size());
	uint32_t passes = times_from_js(info, 1, LOOPS_MAX);
	uint64_t began = now_ns();

	if (!data->idr)
		throw Napi::Error::New(info.Env(), "rawFill() comes first");

	for (uint32_t i = 0; i < passes; i++)
		direct_idr_find_many(data->idr.get(), ids.data(), values.data(), ids.size());
	return Napi::Number::New(info.Env(), static_cast<double>(now_ns() - began));
}

/* loopOpenClose(times): nanoseconds of @times opens and closes of one device, in C alone. */
Napi::Value loop_open_close(const Napi::CallbackInfo &info)
{
	struct plan plan = {};
	uint32_t times = times_from_js(info, 0, LOOPS_MAX);

	plan_init(&plan);
	std::unique_ptr<struct direct_dm, void (*)(struct direct_dm *)> dm(direct_dm_new(&plan),
									   direct_dm_free);
	if (!dm || direct_dm_call(dm.get(), OP_CREATE, 0) < 0)
		throw Napi::Error::New(info.Env(), "no memory");
	uint64_t began = now_ns();
	for (uint32_t i = 0; i < times; i++) {
		direct_dm_call(dm.get(), OP_OPEN, 0);
		direct_dm_call(dm.get(), OP_CLOSE, 0);
	}
	return Napi::Number::New(info.Env(), static_cast<double>(now_ns() - began));
}

/* rawFill(ids): an IDR that holds @ids ids, each with the value id + 1. */
Napi::Value raw_fill(const Napi::CallbackInfo &info)
{
	auto *data = static_cast<BenchData *>(info.Data());
	uint32_t ids = times_from_js(info, 0, IDS_MAX);

	data->idr.reset(direct_idr_new());
	for (uint32_t id = 0; data->idr && id < ids; id++)
		if (direct_idr_alloc(data->idr.get(), id + 1, 0, 0) != id)
			data->idr.reset();
	if (!data->idr)
		throw Napi::Error::New(info.Env(), "no memory");
	return info.Env().Undefined();
}

void export_plain(Napi::Env env, Napi::Object exports, const char *name, napi_callback callback,
		  BenchData *data)
{
	napi_value function;

	napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, data, &function);
	exports.Set(name, Napi::Value(env, function));
}

} /* namespace */

void RawIdrDeleter::operator()(struct direct_idr *idr) const
{
	direct_idr_free(idr);
}

void export_raw_calls(Napi::Env env, Napi::Object exports, BenchData *data)
{
	export_plain(env, exports, "rawEmpty", raw_empty, data);
	export_plain(env, exports, "rawSame", raw_same, data);
	export_plain(env, exports, "rawFind", raw_find, data);
	exports.Set("rawFill", Napi::Function::New(env, raw_fill, "rawFill", data));
	exports.Set("loopOpenClose", Napi::Function::New(env, loop_open_close, "loopOpenClose"));
	exports.Set("loopFindMany", Napi::Function::New(env, loop_find_many, "loopFindMany", data));
}
