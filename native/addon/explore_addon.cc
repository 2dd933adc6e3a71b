/* SPDX-License-Identifier: MIT */
#include "explore_addon.h"

AddonData *export_engine(Napi::Env env, Napi::Object exports)
{
	auto *data = new AddonData();

	export_exploration(env, exports, data);
	export_matrix(env, exports, data);
	export_replay(env, exports);
	export_verification(env, exports, data);
	export_bare(env, exports, data);
	return data;
}
