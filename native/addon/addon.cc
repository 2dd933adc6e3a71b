/* SPDX-License-Identifier: MIT */
#include "addon.h"

#include <cmath>
#include <string>

#include "report.h"

std::vector<uint64_t> numbers_from_js(const Napi::Value &value, const struct plan_param *table,
				      size_t count, const char *what)
{
	Napi::Env env = value.Env();
	std::vector<uint64_t> result;

	if (!value.IsTypedArray() ||
	    value.As<Napi::TypedArray>().TypedArrayType() != napi_float64_array)
		throw Napi::TypeError::New(env, std::string(what) + " must be a Float64Array");

	auto numbers = value.As<Napi::Float64Array>();
	if (numbers.ElementLength() != count)
		throw Napi::RangeError::New(env, std::string(what) + " has a wrong length");
	for (size_t row = 0; row < count; row++) {
		double number = numbers[row];

		/* Before the cast: what does not fit has no defined one. */
		if (!(number >= table[row].min && number <= table[row].max) ||
		    number != std::floor(number))
			throw Napi::RangeError::New(env,
						    std::string("out of range: ") + table[row].js);
		result.push_back(static_cast<uint64_t>(number));
	}
	return result;
}

std::vector<uint32_t> words_from_js(const Napi::Value &value, const char *what)
{
	if (!value.IsTypedArray() ||
	    value.As<Napi::TypedArray>().TypedArrayType() != napi_uint32_array)
		throw Napi::TypeError::New(value.Env(),
					   std::string(what) + " must be a Uint32Array");

	auto words = value.As<Napi::Uint32Array>();
	return {words.Data(), words.Data() + words.ElementLength()};
}

std::vector<uint64_t> masks_from_js(const Napi::Value &value, const char *what)
{
	std::vector<uint64_t> masks;

	if (!value.IsTypedArray() ||
	    value.As<Napi::TypedArray>().TypedArrayType() != napi_float64_array)
		throw Napi::TypeError::New(value.Env(),
					   std::string(what) + " must be a Float64Array");
	auto numbers = value.As<Napi::Float64Array>();
	for (size_t i = 0; i < numbers.ElementLength(); i++) {
		double mask = numbers[i];

		if (!(mask >= 0 && mask <= static_cast<double>(PATCHES_EVERY) &&
		      mask == std::floor(mask)))
			throw Napi::RangeError::New(value.Env(), "out of range: mask");
		masks.push_back(static_cast<uint64_t>(mask));
	}
	return masks;
}

Napi::Array outcomes_to_js(Napi::Env env, const std::vector<struct outcome> &outcomes,
			   const std::vector<int32_t> &results, size_t each)
{
	Napi::Array all = Napi::Array::New(env, outcomes.size());

	for (uint32_t i = 0; i < outcomes.size(); i++) {
		Napi::Object object = Napi::Object::New(env);

		object.Set("results", numbers_to_js(env, results.data() + i * each, each));
		object.Set("count", static_cast<double>(outcomes[i].count));
		object.Set("grade", static_cast<double>(outcomes[i].grade));
		all.Set(i, object);
	}
	return all;
}

/* A site without a place. By name: C++17 has no designated initialisers, and members are added. */
static struct site make_nowhere()
{
	struct site site = {};

	site.func = "";
	site.text = "";
	return site;
}

Napi::Object site_to_js(Napi::Env env, const struct site *site)
{
	static const struct site nowhere = make_nowhere();
	Napi::Object object = Napi::Object::New(env);

	if (!site)
		site = &nowhere;
	object.Set("function", site->func);
	object.Set("code", site->text);
	object.Set("file", site->file ? site->file : "");
	object.Set("line", static_cast<double>(site->line));
	object.Set("object", object_table[site->object].name);
	object.Set("field", field_table[site->field].name);
	return object;
}

static Napi::Object init(Napi::Env env, Napi::Object exports)
{
	AddonData *data = export_engine(env, exports);

	env.SetInstanceData(data);
	exports.Set("describe", Napi::Function::New(env, describe, "describe"));
	export_jobs(env, exports, data);
	return exports;
}

NODE_API_MODULE(NODE_GYP_MODULE_NAME, init)
