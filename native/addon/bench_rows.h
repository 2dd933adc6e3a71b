/* SPDX-License-Identifier: MIT */
/*
 * What a benchmark reports, as events that own it. A row has the fields that documents have, so
 * that nothing is named twice.
 */
#ifndef DMTORTURE_BENCH_ROWS_H
#define DMTORTURE_BENCH_ROWS_H

#include <string>

#include "bench_engine.h"
#include "job.h"

struct BenchProgressEvent : Event {
	struct bench_progress progress;

	explicit BenchProgressEvent(const struct bench_progress &p) : progress(p)
	{
	}
	Napi::Object to_js(Napi::Env env) const override;
};

struct ValidatedEvent : Event {
	struct bench_validation validation;

	explicit ValidatedEvent(const struct bench_validation &v) : validation(v)
	{
	}
	Napi::Object to_js(Napi::Env env) const override;
};

struct LockRowEvent : Event {
	struct bench_lock_row row;
	std::vector<double> windows, bucket_ns;
	std::vector<uint64_t> acquired, handoffs, waits, waits_corrected;

	explicit LockRowEvent(const struct bench_lock_row &r);
	Napi::Object to_js(Napi::Env env) const override;

      private:
	void set_exclusive(Napi::Object object) const;
	/* Of a reader-writer lock. */
	void set_shared(Napi::Object object) const;
};

struct MinorRowEvent : Event {
	struct bench_minor_row row;
	std::string op;
	std::vector<double> windows, bare_windows;

	explicit MinorRowEvent(const struct bench_minor_row &r);
	Napi::Object to_js(Napi::Env env) const override;
};

/* Texts of a refusal are static. */
struct RefusedEvent : Event {
	struct bench_refusal refusal;

	explicit RefusedEvent(const struct bench_refusal &r) : refusal(r)
	{
	}
	Napi::Object to_js(Napi::Env env) const override;
};

struct RefcountRowEvent : Event {
	struct bench_refcount_row row;
	std::vector<double> windows, xadd_windows;

	explicit RefcountRowEvent(const struct bench_refcount_row &r);
	Napi::Object to_js(Napi::Env env) const override;
};

/* What figures were measured on; the date is the caller's to say. */
Napi::Object machine_facts_to_js(Napi::Env env, const struct bench_machine &machine);

struct BenchEndEvent : Event {
	struct bench_end end;

	explicit BenchEndEvent(const struct bench_end &e) : end(e)
	{
	}
	Napi::Object to_js(Napi::Env env) const override;
};

#endif
