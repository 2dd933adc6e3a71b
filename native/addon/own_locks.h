/* SPDX-License-Identifier: MIT */
/* What the engines have that measure, or run, locks of the user's. */
#ifndef DMTORTURE_OWN_LOCKS_ADDON_H
#define DMTORTURE_OWN_LOCKS_ADDON_H

#include <napi.h>

void export_own_locks(Napi::Env env, Napi::Object exports);

#endif
