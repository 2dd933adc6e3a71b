/* SPDX-License-Identifier: MIT */
/* What only explore.node has: explorations, the patch matrix, replay, and a measure for them. */
#ifndef DMTORTURE_EXPLORE_ADDON_H
#define DMTORTURE_EXPLORE_ADDON_H

#include "addon.h"

void export_exploration(Napi::Env env, Napi::Object exports, AddonData *data);
void export_matrix(Napi::Env env, Napi::Object exports, AddonData *data);
void export_replay(Napi::Env env, Napi::Object exports);
void export_bare(Napi::Env env, Napi::Object exports, AddonData *data);

#endif
