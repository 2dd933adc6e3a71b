/* SPDX-License-Identifier: MIT */
/*
 * DeviceMapper and Idr, called directly. Most functions here are numbers in, one number out, and
 * hot: they share one trampoline on plain Node-API that reads and checks the numbers.
 */
#include "stress_addon.h"

#include <cmath>

#include "direct.h"
#include "engine.h"

void direct_dm_delete(struct direct_dm *dm)
{
	direct_dm_free(dm);
}

void direct_idr_delete(struct direct_idr *idr)
{
	direct_idr_free(idr);
}

namespace
{

constexpr size_t ARGS_MAX = 4;
constexpr double INTEGER_MAX = 9007199254740991.0;

/* An argument is a number but not a possible one; becomes a RangeError. */
struct Rejected {
	const char *message;
};

/* A function of @arity integers of at most 53 bits. */
struct DirectCall {
	const char *name;
	size_t arity;
	double (*call)(StressData &data, const double *args);
};

napi_value throw_range(napi_env env, const char *message)
{
	napi_throw_range_error(env, nullptr, message);
	return nullptr;
}

napi_value trampoline(napi_env env, napi_callback_info info)
{
	napi_value argv[ARGS_MAX], result;
	double args[ARGS_MAX];
	size_t argc = ARGS_MAX;
	void *callee, *instance;

	if (napi_get_cb_info(env, info, &argc, argv, nullptr, &callee) != napi_ok ||
	    napi_get_instance_data(env, &instance) != napi_ok)
		return nullptr;
	auto *direct = static_cast<const DirectCall *>(callee);
	for (size_t i = 0; i < direct->arity; i++) {
		if (i >= argc || napi_get_value_double(env, argv[i], &args[i]) != napi_ok) {
			napi_throw_type_error(env, nullptr, "every argument must be a number");
			return nullptr;
		}
		if (!(std::fabs(args[i]) <= INTEGER_MAX) || args[i] != std::trunc(args[i]))
			return throw_range(env, "every argument must be a safe integer");
	}
	try {
		double value = direct->call(
			*static_cast<StressData *>(static_cast<AddonData *>(instance)), args);

		return napi_create_double(env, value, &result) == napi_ok ? result : nullptr;
	} catch (const Rejected &rejected) {
		return throw_range(env, rejected.message);
	} catch (const std::bad_alloc &) {
		napi_throw_error(env, nullptr, "no memory");
		return nullptr;
	}
}

struct direct_dm *dm_of(StressData &data, double handle)
{
	struct direct_dm *dm = data.dms.find(handle);

	if (!dm)
		throw Rejected{"no such device mapper"};
	return dm;
}

struct direct_idr *idr_of(StressData &data, double handle)
{
	struct direct_idr *idr = data.idrs.find(handle);

	if (!idr)
		throw Rejected{"no such idr"};
	return idr;
}

int64_t id_of(double number)
{
	return static_cast<int64_t>(number);
}

uint64_t value_of(double number)
{
	if (number < 0)
		throw Rejected{"a value must not be negative"};
	return static_cast<uint64_t>(number);
}

/* dmCall(dm, op, minor): returns 0 or above, or -errno. */
double dm_call(StressData &data, const double *args)
{
	struct direct_dm *dm = dm_of(data, args[0]);

	if (args[1] < 0 || args[1] >= OP_COUNT)
		throw Rejected{"no such operation"};
	if (args[2] < 0 || args[2] > ANY_MINOR)
		throw Rejected{"no such minor"};
	return direct_dm_call(dm, static_cast<enum op_code>(static_cast<int>(args[1])),
			      static_cast<uint32_t>(args[2]));
}

double dm_check(StressData &data, const double *args)
{
	return direct_dm_check(dm_of(data, args[0]));
}

double dm_fault_count(StressData &data, const double *args)
{
	return static_cast<double>(direct_dm_fault_count(dm_of(data, args[0])));
}

double dm_free(StressData &data, const double *args)
{
	dm_of(data, args[0]);
	return data.dms.remove(args[0]);
}

double idr_new(StressData &data, const double *)
{
	struct direct_idr *idr = direct_idr_new();

	if (!idr)
		throw std::bad_alloc();
	return data.idrs.add(idr);
}

double idr_free(StressData &data, const double *args)
{
	idr_of(data, args[0]);
	return data.idrs.remove(args[0]);
}

double idr_preload(StressData &data, const double *args)
{
	return direct_idr_preload(idr_of(data, args[0]));
}

/* idrGetNewAbove(idr, value, start): returns the id or -errno. */
double idr_get_new_above(StressData &data, const double *args)
{
	return static_cast<double>(
		direct_idr_get_new_above(idr_of(data, args[0]), value_of(args[1]), id_of(args[2])));
}

/* idrAlloc(idr, value, start, end): returns the id or -errno. */
double idr_alloc(StressData &data, const double *args)
{
	return static_cast<double>(direct_idr_alloc(idr_of(data, args[0]), value_of(args[1]),
						    id_of(args[2]), id_of(args[3])));
}

double idr_alloc_cyclic(StressData &data, const double *args)
{
	return static_cast<double>(direct_idr_alloc_cyclic(idr_of(data, args[0]), value_of(args[1]),
							   id_of(args[2]), id_of(args[3])));
}

double idr_find(StressData &data, const double *args)
{
	return static_cast<double>(direct_idr_find(idr_of(data, args[0]), id_of(args[1])));
}

/* idrReplace(idr, value, id): returns the old value or -errno. */
double idr_replace(StressData &data, const double *args)
{
	uint64_t old = 0;
	int rc = direct_idr_replace(idr_of(data, args[0]), value_of(args[1]), id_of(args[2]), &old);

	return rc < 0 ? rc : static_cast<double>(old);
}

/* idrRemove(idr, id): returns the old value or -errno. */
double idr_remove(StressData &data, const double *args)
{
	uint64_t old = 0;
	int rc = direct_idr_remove(idr_of(data, args[0]), id_of(args[1]), &old);

	return rc < 0 ? rc : static_cast<double>(old);
}

double idr_next(StressData &data, const double *args)
{
	return static_cast<double>(direct_idr_next(idr_of(data, args[0]), id_of(args[1])));
}

double idr_is_empty(StressData &data, const double *args)
{
	return direct_idr_is_empty(idr_of(data, args[0]));
}

double idr_destroy(StressData &data, const double *args)
{
	direct_idr_destroy(idr_of(data, args[0]));
	return 0;
}

const DirectCall direct_calls[] = {
	{"dmCall", 3, dm_call},
	{"dmCheck", 1, dm_check},
	{"dmFaultCount", 1, dm_fault_count},
	{"dmFree", 1, dm_free},
	{"idrNew", 0, idr_new},
	{"idrFree", 1, idr_free},
	{"idrPreload", 1, idr_preload},
	{"idrGetNewAbove", 3, idr_get_new_above},
	{"idrAlloc", 4, idr_alloc},
	{"idrAllocCyclic", 4, idr_alloc_cyclic},
	{"idrFind", 2, idr_find},
	{"idrReplace", 3, idr_replace},
	{"idrRemove", 2, idr_remove},
	{"idrNext", 2, idr_next},
	{"idrIsEmpty", 1, idr_is_empty},
	{"idrDestroy", 1, idr_destroy},
};

/* dmNew(plan): returns the handle. */
Napi::Value dm_new(const Napi::CallbackInfo &info)
{
	auto *data = static_cast<StressData *>(info.Data());
	struct plan plan = {};

	plan_from_js(info[0], &plan);
	struct direct_dm *dm = direct_dm_new(&plan);
	if (!dm)
		throw Napi::Error::New(info.Env(), "no memory");
	return Napi::Number::New(info.Env(), data->dms.add(dm));
}

/* dmFaults(dm): returns an array of all of its faults. */
Napi::Value dm_faults(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	auto *data = static_cast<StressData *>(info.Data());

	if (!info[0].IsNumber())
		throw Napi::TypeError::New(env, "the device mapper must be a number");
	double handle = info[0].As<Napi::Number>().DoubleValue();
	bool possible = std::fabs(handle) <= INTEGER_MAX && handle == std::trunc(handle);
	struct direct_dm *dm = possible ? data->dms.find(handle) : nullptr;
	if (!dm)
		throw Napi::RangeError::New(env, "no such device mapper");

	size_t count = direct_dm_fault_count(dm);
	Napi::Array faults = Napi::Array::New(env, count);
	for (size_t i = 0; i < count; i++)
		faults.Set(static_cast<uint32_t>(i), fault_to_js(env, *direct_dm_fault(dm, i)));
	return faults;
}

} /* namespace */

void export_direct(Napi::Env env, Napi::Object exports, StressData *data)
{
	for (const DirectCall &direct : direct_calls) {
		napi_value function;

		napi_create_function(env, direct.name, NAPI_AUTO_LENGTH, trampoline,
				     const_cast<DirectCall *>(&direct), &function);
		exports.Set(direct.name, Napi::Value(env, function));
	}
	exports.Set("dmNew", Napi::Function::New(env, dm_new, "dmNew", data));
	exports.Set("dmFaults", Napi::Function::New(env, dm_faults, "dmFaults", data));
}
