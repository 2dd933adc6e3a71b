/* SPDX-License-Identifier: MIT */
/* What only explore.node has: explorations, the patch matrix, verification, replay, a measure. */
#ifndef DMTORTURE_EXPLORE_ADDON_H
#define DMTORTURE_EXPLORE_ADDON_H

#include "addon.h"
#include "trace.h"

void export_exploration(Napi::Env env, Napi::Object exports, AddonData *data);
void export_matrix(Napi::Env env, Napi::Object exports, AddonData *data);
void export_replay(Napi::Env env, Napi::Object exports);
void export_verification(Napi::Env env, Napi::Object exports, AddonData *data);
void export_bare(Napi::Env env, Napi::Object exports, AddonData *data);

/* What @trace has of NativeReplay in lib/native/explore.ts. */
void trace_to_js(const struct trace &trace, Napi::Object object);

#endif
