/* SPDX-License-Identifier: MIT */
/* What only stress.node has: runs on real threads, and direct calls on objects. */
#ifndef DMTORTURE_STRESS_ADDON_H
#define DMTORTURE_STRESS_ADDON_H

#include "addon.h"

struct direct_dm;
struct direct_idr;
struct fault_note;

void direct_dm_delete(struct direct_dm *dm);
void direct_idr_delete(struct direct_idr *idr);

/* Numbers that JavaScript holds for objects. A freed object's number is never valid again. */
template <typename T, void (*Free)(T *)> class Handles
{
      public:
	/* Takes @object over. Returns its handle. */
	double add(T *object)
	{
		std::unique_ptr<T, Deleter> owned(object);

		if (free_.empty()) {
			slots_.emplace_back();
			free_.push_back(static_cast<uint32_t>(slots_.size() - 1));
		}
		uint32_t index = free_.back();
		free_.pop_back();
		slots_[index].object = std::move(owned);
		return static_cast<double>(slots_[index].generation) * SLOTS_MAX + index;
	}
	/* The object, or NULL where @handle is not one that is alive. */
	T *find(double handle) const
	{
		Slot const *slot = slot_of(handle);

		return slot ? slot->object.get() : nullptr;
	}
	bool remove(double handle)
	{
		Slot *slot = const_cast<Slot *>(slot_of(handle));

		if (!slot || !slot->object)
			return false;
		slot->object.reset();
		slot->generation++;
		free_.push_back(static_cast<uint32_t>(slot - slots_.data()));
		return true;
	}

      private:
	static constexpr double SLOTS_MAX = 1 << 20;
	struct Deleter {
		void operator()(T *object) const
		{
			Free(object);
		}
	};
	struct Slot {
		std::unique_ptr<T, Deleter> object;
		uint32_t generation = 1;
	};
	Slot const *slot_of(double handle) const
	{
		/* The caller has checked that @handle is an integer of at most 53 bits. */
		uint64_t number = handle < 0 ? 0 : static_cast<uint64_t>(handle);
		uint64_t index = number % static_cast<uint64_t>(SLOTS_MAX);

		if (index >= slots_.size() ||
		    slots_[index].generation != number / static_cast<uint64_t>(SLOTS_MAX))
			return nullptr;
		return &slots_[index];
	}

	std::vector<Slot> slots_;
	std::vector<uint32_t> free_;
};

struct StressData : AddonData {
	Handles<struct direct_dm, direct_dm_delete> dms;
	Handles<struct direct_idr, direct_idr_delete> idrs;
	int64_t untold = 0; /* bytes of all of them that were not reported to V8 yet */
	/*
	 * What numbers go through, from and to JavaScript. The memory is ours, and that of the
	 * array that JavaScript has of it: code that detaches that array takes nothing from us.
	 */
	std::shared_ptr<double[]> registers;
	Napi::Reference<Napi::Float64Array> lent;
};

/* Fill @plan from a Float64Array with a number for each row of plan.def, in its order. */
void plan_from_js(const Napi::Value &value, struct plan *plan);
Napi::Object fault_to_js(Napi::Env env, const struct fault_note &note);

void export_runs(Napi::Env env, Napi::Object exports, StressData *data);
void export_direct(Napi::Env env, Napi::Object exports, StressData *data);

#endif
