/* SPDX-License-Identifier: MIT */
/* Locks of the user's, loaded into a process that is theirs. */
#include "own_locks.h"

#include <string>

#include "own_open.h"

namespace
{

/* ownLock(name, object, isLibrary): empty, or why it is refused. */
Napi::Value own_lock(const Napi::CallbackInfo &info)
{
	std::string name = info[0].As<Napi::String>(), object = info[1].As<Napi::String>();
	const char *why = own_lock_open(name.c_str(), object.c_str(), info[2].As<Napi::Boolean>());

	return Napi::String::New(info.Env(), why ? why : "");
}

/* ownWatch(fd): write there what becomes of them. */
void own_watch(const Napi::CallbackInfo &info)
{
	own_watch_open(info[0].As<Napi::Number>().Int32Value());
}

} /* namespace */

void export_own_locks(Napi::Env env, Napi::Object exports)
{
	exports.Set("ownLock", Napi::Function::New(env, own_lock, "ownLock"));
	exports.Set("ownWatch", Napi::Function::New(env, own_watch, "ownWatch"));
}
