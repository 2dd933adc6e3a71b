/* SPDX-License-Identifier: MIT */
/*
 * DeviceMapper and Idr, called directly. Most functions here are numbers in, one number out, and
 * hot. They take no arguments: numbers go through registers, an array that JavaScript and they
 * share, since reading an argument and making a result takes Node-API longer than the call.
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

constexpr size_t REGISTERS = 4;
const char NO_MEMORY[] = "ENOMEM"; /* the code of the error */
constexpr double INTEGER_MAX = 9007199254740991.0;

/* A register holds a number but not a possible one; becomes a RangeError. */
struct Rejected {
	const char *message;
};

napi_value throw_range(napi_env env, const char *message)
{
	napi_throw_range_error(env, nullptr, message);
	return nullptr;
}

[[noreturn]] void throw_no_memory(Napi::Env env)
{
	Napi::Error error = Napi::Error::New(env, "no memory");

	error.Set("code", NO_MEMORY);
	throw error;
}

/* By a conversion and back: trunc() is a call where the compiler may not assume SSE 4.1. */
bool is_safe_integer(double number)
{
	return std::fabs(number) <= INTEGER_MAX &&
	       static_cast<double>(static_cast<int64_t>(number)) == number;
}

/*
 * Report to V8 memory that came or went, so that it starts a collection when it is much. What
 * nobody disposes of would stay for ever otherwise: the objects in JavaScript are small, and fill
 * no heap.
 */
void tell_v8(napi_env env, StressData &data)
{
	int64_t all;

	if (data.untold) {
		napi_adjust_external_memory(env, data.untold, &all);
		data.untold = 0;
	}
}

/* How much an object of @bytes() grows in a scope. */
template <typename T, size_t (*Bytes)(const T *)> class Growth
{
      public:
	Growth(StressData &data, const T *object)
	    : data_(data), object_(object), before_(Bytes(object))
	{
	}
	Growth(const Growth &) = delete;
	~Growth()
	{
		data_.untold +=
			static_cast<int64_t>(Bytes(object_)) - static_cast<int64_t>(before_);
	}

      private:
	StressData &data_;
	const T *object_;
	size_t before_;
};

using DmGrowth = Growth<struct direct_dm, direct_dm_bytes>;
using IdrGrowth = Growth<struct direct_idr, direct_idr_bytes>;

/*
 * A direct function as Node-API calls it: @Call of the first @Arity registers, integers of at most
 * 53 bits. One of these for each, so that the call is a part of it.
 */
template <size_t Arity, double (*Call)(StressData &data, const double *args)>
napi_value direct(napi_env env, napi_callback_info info)
{
	void *context;

	if (napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &context) != napi_ok)
		return nullptr;
	auto *data = static_cast<StressData *>(context);
	double *registers = data->registers.get();
	for (size_t i = 0; i < Arity; i++)
		if (!is_safe_integer(registers[i]))
			return throw_range(env, "every register must be a safe integer");
	try {
		registers[0] = Call(*data, registers);
		tell_v8(env, *data);
	} catch (const Rejected &rejected) {
		return throw_range(env, rejected.message);
	} catch (const std::bad_alloc &) {
		napi_throw_error(env, NO_MEMORY, "no memory");
	}
	return nullptr;
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
	DmGrowth growth(data, dm);
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
	data.untold -= static_cast<int64_t>(direct_dm_bytes(dm_of(data, args[0])));
	return data.dms.remove(args[0]);
}

double idr_new(StressData &data, const double *)
{
	struct direct_idr *idr = direct_idr_new();

	if (!idr)
		throw std::bad_alloc();
	data.untold += static_cast<int64_t>(direct_idr_bytes(idr));
	return data.idrs.add(idr);
}

double idr_free(StressData &data, const double *args)
{
	data.untold -= static_cast<int64_t>(direct_idr_bytes(idr_of(data, args[0])));
	return data.idrs.remove(args[0]);
}

double idr_preload(StressData &data, const double *args)
{
	struct direct_idr *idr = idr_of(data, args[0]);
	IdrGrowth growth(data, idr);

	return direct_idr_preload(idr);
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
	struct direct_idr *idr = idr_of(data, args[0]);
	IdrGrowth growth(data, idr);

	return static_cast<double>(
		direct_idr_alloc(idr, value_of(args[1]), id_of(args[2]), id_of(args[3])));
}

double idr_alloc_cyclic(StressData &data, const double *args)
{
	struct direct_idr *idr = idr_of(data, args[0]);
	IdrGrowth growth(data, idr);

	return static_cast<double>(
		direct_idr_alloc_cyclic(idr, value_of(args[1]), id_of(args[2]), id_of(args[3])));
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
	struct direct_idr *idr = idr_of(data, args[0]);
	IdrGrowth growth(data, idr);

	direct_idr_destroy(idr);
	return 0;
}

const struct {
	const char *name;
	napi_callback callback;
} direct_calls[] = {
	{"dmCall", direct<3, dm_call>},
	{"dmCheck", direct<1, dm_check>},
	{"dmFaultCount", direct<1, dm_fault_count>},
	{"dmFree", direct<1, dm_free>},
	{"idrNew", direct<0, idr_new>},
	{"idrFree", direct<1, idr_free>},
	{"idrPreload", direct<1, idr_preload>},
	{"idrGetNewAbove", direct<3, idr_get_new_above>},
	{"idrAlloc", direct<4, idr_alloc>},
	{"idrAllocCyclic", direct<4, idr_alloc_cyclic>},
	{"idrFind", direct<2, idr_find>},
	{"idrReplace", direct<3, idr_replace>},
	{"idrRemove", direct<2, idr_remove>},
	{"idrNext", direct<2, idr_next>},
	{"idrIsEmpty", direct<1, idr_is_empty>},
	{"idrDestroy", direct<1, idr_destroy>},
};

/* dmNew(plan): returns the handle. */
Napi::Value dm_new(const Napi::CallbackInfo &info)
{
	auto *data = static_cast<StressData *>(info.Data());
	struct plan plan = {};

	plan_from_js(info[0], &plan);
	struct direct_dm *dm = direct_dm_new(&plan);
	if (!dm)
		throw_no_memory(info.Env());
	data->untold += static_cast<int64_t>(direct_dm_bytes(dm));
	tell_v8(info.Env(), *data);
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
	struct direct_dm *dm = is_safe_integer(handle) ? data->dms.find(handle) : nullptr;
	if (!dm)
		throw Napi::RangeError::New(env, "no such device mapper");

	size_t count = direct_dm_fault_count(dm);
	Napi::Array faults = Napi::Array::New(env, count);
	for (size_t i = 0; i < count; i++)
		faults.Set(static_cast<uint32_t>(i), fault_to_js(env, *direct_dm_fault(dm, i)));
	return faults;
}

/* idrFindMany(ids, values): of the IDR in the first register; typed arrays of one length. */
napi_value idr_find_many(napi_env env, napi_callback_info info)
{
	napi_typedarray_type types[2];
	napi_value argv[2];
	size_t argc = 2, lengths[2];
	void *data, *elements[2];

	if (napi_get_cb_info(env, info, &argc, argv, nullptr, &data) != napi_ok)
		return nullptr;
	for (size_t i = 0; i < 2; i++)
		if (napi_get_typedarray_info(env, argv[i], &types[i], &lengths[i], &elements[i],
					     nullptr, nullptr) != napi_ok ||
		    types[i] != (i ? napi_float64_array : napi_uint32_array)) {
			napi_throw_type_error(env, nullptr, "a Uint32Array, and a Float64Array");
			return nullptr;
		}
	auto *stress = static_cast<StressData *>(data);
	double handle = stress->registers.get()[0];
	struct direct_idr *idr = is_safe_integer(handle) ? stress->idrs.find(handle) : nullptr;
	if (!idr)
		return throw_range(env, "no such idr");
	if (lengths[0] != lengths[1])
		return throw_range(env, "arrays of different lengths");
	direct_idr_find_many(idr, static_cast<const uint32_t *>(elements[0]),
			     static_cast<double *>(elements[1]), lengths[0]);
	return nullptr;
}

/* An array over @registers, which stay for as long as anybody has the array, or its memory. */
Napi::Float64Array lend(Napi::Env env, const std::shared_ptr<double[]> &registers)
{
	auto *kept = new std::shared_ptr<double[]>(registers);
	auto buffer = Napi::ArrayBuffer::New(
		env, registers.get(), REGISTERS * sizeof(double),
		[](Napi::Env, void *, std::shared_ptr<double[]> *hint) { delete hint; }, kept);

	return Napi::Float64Array::New(env, REGISTERS, buffer, 0);
}

/* registers(): the array that numbers go through. */
Napi::Value registers(const Napi::CallbackInfo &info)
{
	return static_cast<StressData *>(info.Data())->lent.Value();
}

/* Without what node-addon-api puts around a function. */
void export_plain(napi_env env, Napi::Object exports, const char *name, napi_callback callback,
		  void *data)
{
	napi_value function;

	napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, data, &function);
	exports.Set(name, Napi::Value(env, function));
}

} /* namespace */

void export_direct(Napi::Env env, Napi::Object exports, StressData *data)
{
	data->registers = std::shared_ptr<double[]>(new double[REGISTERS]());
	data->lent = Napi::Persistent(lend(env, data->registers));
	for (const auto &call : direct_calls)
		export_plain(env, exports, call.name, call.callback, data);
	export_plain(env, exports, "idrFindMany", idr_find_many, data);
	exports.Set("registers", Napi::Function::New(env, registers, "registers", data));
	exports.Set("dmNew", Napi::Function::New(env, dm_new, "dmNew", data));
	exports.Set("dmFaults", Napi::Function::New(env, dm_faults, "dmFaults", data));
}
