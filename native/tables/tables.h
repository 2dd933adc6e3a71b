/* SPDX-License-Identifier: MIT */
/*
 * The tables, expanded once for C. Each .def file says what its columns mean. Everything that
 * names a patch, a fault, an operation, a note or a parameter takes it from here.
 */
#ifndef DMTORTURE_TABLES_H
#define DMTORTURE_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#include "patches.h"

#ifdef __cplusplus
extern "C" {
#endif

enum fault_kind {
#define FAULT(id, slug, invariant, prevented_by, means) FAULT_##id,
#include "faults.def"
#undef FAULT
	FAULT_COUNT
};

enum pattern_id {
#define PATTERN(id, slug, title) PATTERN_##id,
#include "patterns.def"
#undef PATTERN
	PATTERN_COUNT
};

enum op_code {
#define OP(id, slug, arg, weight, does) OP_##id,
#include "ops.def"
#undef OP
	OP_COUNT
};

/* What threads share: objects, and what there is one of in a world; then the words of each. */
enum object_type {
	OBJECT_NONE,
#define OBJECT(id, type, name, called) OBJECT_##id,
#define SINGLE(id, name) OBJECT_##id,
#define FIELD(id, name, type, shows, leads_to, says)
#define WORD(id, name, shows, leads_to, says)
#define BACKGROUND WORD
#define OBJECT_END(id)
#include "objects.def"
#undef OBJECT
#undef SINGLE
#undef FIELD
#undef OBJECT_END
	OBJECT_COUNT
};

/* FIELDS_OF_x is the first of x. */
enum field_id {
	FIELD_NONE,
#define OBJECT(id, type, name, called) FIELDS_OF_##id, BEFORE_##id = FIELDS_OF_##id - 1,
#define SINGLE(id, name) FIELDS_OF_##id, BEFORE_##id = FIELDS_OF_##id - 1,
#define FIELD(id, name, type, shows, leads_to, says) FIELD_##id##_##name,
#define OBJECT_END(id)
#undef WORD
#define WORD(id, name, shows, leads_to, says) FIELD_##id##_##name,
#include "objects.def"
#undef OBJECT
#undef SINGLE
#undef FIELD
#undef WORD
#undef BACKGROUND
#undef OBJECT_END
	FIELD_COUNT
};

enum fault_trait {
	TRAIT_FREED,
	TRAIT_RACES,
	TRAIT_CHECK,
	TRAIT_ALWAYS,
	TRAIT_HIDES,
	TRAIT_OWN,
	TRAIT_ASKED,
	TRAIT_STUCK,
	TRAIT_DEATH,
};

/* How the value of a word reads. */
enum shows { SHOWS_NUMBER, SHOWS_POINTER, SHOWS_LOOKUP, SHOWS_REFERENCES, SHOWS_SENT };

/* Kinds of lines of a trace. */
enum trace_kind {
#define ACCESS(id, name, remark) TRACE_##id,
#include "accesses.def"
#undef ACCESS
	TRACE_KINDS
};

enum note_id {
#define NOTE(id, text) NOTE_##id,
#include "notes.def"
#undef NOTE
	NOTE_COUNT
};

enum strategy_id {
#define STRATEGY(id, name, samples, says) STRATEGY_##id,
#include "strategies.def"
#undef STRATEGY
	STRATEGY_COUNT
};

enum model_id {
#define MODEL(id, name, called, says) MODEL_##id,
#include "models.def"
#undef MODEL
	MODEL_COUNT
};

enum end_id {
#define END(id, name, says) END_##id,
#include "ends.def"
#undef END
	END_COUNT
};

/* What own C may call; see calls.def. */
enum call_support { CALL_MODELLED, CALL_HARMLESS, CALL_REFUSED };

/* The locks of native/locks. */
enum lock_id {
#define LOCK(slug, ...) LOCK_ID_##slug,
#define REFERENCE(slug, ...) LOCK_ID_##slug,
#include "locks.def"
#undef LOCK
#undef REFERENCE
	LOCK_COUNT
};

/* Those of native/rwlocks. */
enum rwlock_id {
#define RWLOCK(slug, ...) RWLOCK_ID_##slug,
#define RWREFERENCE(slug, ...) RWLOCK_ID_##slug,
#include "rwlocks.def"
#undef RWLOCK
#undef RWREFERENCE
	RWLOCK_COUNT
};

/* The number of those that are not references; they come first. */
enum plan_lock {
#define LOCK(slug, ...) PLAN_LOCK_##slug,
#define REFERENCE(slug, ...)
#include "locks.def"
#undef LOCK
#undef REFERENCE
	PLAN_LOCKS
};

enum op_arg { ARG_NONE, ARG_MINOR, ARG_MAYBE, ARG_NAMED };

/* The most threads of a run; a world has a task for each, and one to close it. */
#define PLAN_THREADS 64
/* Threads of a scenario, and of any model that is explored. */
#define MODEL_THREADS 16

/* One number per row; see plan.def for units and ranges. */
struct plan {
#define PARAM(field, js, unit, fallback, min, max, says) uint64_t field;
#include "plan.def"
#undef PARAM
};

enum plan_row {
#define PARAM(field, js, unit, fallback, min, max, says) PLAN_ROW_##field,
#include "plan.def"
#undef PARAM
	PLAN_COUNT
};

/* The numbers of an exploration; see search.def for units and ranges. */
enum search_row {
#define PARAM(field, js, unit, fallback, min, max, says) SEARCH_ROW_##field,
#include "search.def"
#undef PARAM
	SEARCH_COUNT
};

/* The numbers of a verification of locks; see verify.def for units and ranges. */
enum verify_param {
#define PARAM(field, js, unit, fallback, min, max, says) VERIFY_ROW_##field,
#include "verify.def"
#undef PARAM
	VERIFY_PARAM_COUNT
};

/* The numbers of a benchmark; see bench.def for units and ranges. */
enum bench_row {
#define PARAM(field, js, unit, fallback, min, max, says) BENCH_ROW_##field,
#include "bench.def"
#undef PARAM
	BENCH_PARAM_COUNT
};

/* Its lists, and the range of what may stand in them. */
enum bench_list {
#define LIST(field, js, unit, min, max, says) BENCH_LIST_##field,
#include "bench_lists.def"
#undef LIST
	BENCH_LIST_COUNT
};

/* Fewer windows than these have no interval that holds a median with a probability of 95 %. */
#define BENCH_WINDOWS_MIN 6

enum bench_list_max {
#define LIST(field, js, unit, min, max, says) BENCH_LIST_MAX_##field = (max),
#include "bench_lists.def"
#undef LIST
};

/*
 * The ends of the ranges, up to the largest int, to size arrays by them: a _Static_assert beside
 * the array ties the two.
 */
#define RANGE_END(max) ((int64_t)(max) > INT32_MAX ? INT32_MAX : (int32_t)(int64_t)(max))

enum range_end {
#define PARAM(field, js, unit, fallback, min, max, says) PLAN_MAX_##field = RANGE_END(max),
#include "plan.def"
#undef PARAM
#define PARAM(field, js, unit, fallback, min, max, says) SEARCH_MAX_##field = RANGE_END(max),
#include "search.def"
#undef PARAM
#define PARAM(field, js, unit, fallback, min, max, says) BENCH_MAX_##field = RANGE_END(max),
#include "bench.def"
#undef PARAM
};

struct access_row {
	const char *name, *remark;
};

struct object_row {
	const char *name;   /* as the sources call it */
	const char *called; /* where a pointer leads to */
};

struct field_row {
	const char *name, *says;
	enum object_type object, leads_to;
	enum shows shows;
	bool background; /* every operation begins and ends with it */
};

/* What a row of patches.def is; see there. */
enum patch_kind { PATCH_KIND_FIX, PATCH_KIND_ERA, PATCH_KIND_PAST };

struct patch_row {
	const char *no, *slug, *needs, *invariant, *prevents, *changes;
	enum patch_kind kind;
	uint64_t overrides; /* rows */
};

struct set_row {
	const char *name, *means, *omits;
	uint64_t rows;
	bool kernel; /* dm as a release had it; these are in the order of their dates */
};

struct pattern_row {
	const char *slug, *title;
};

/* The bug of a row of patches.def; see history.def. */
struct history_row {
	enum patch_id patch;
	enum pattern_id pattern;
	const char *from, *first, *last, *commit, *ended, *evidence, *scenario, *title, *says;
	uint32_t months;
	uint64_t shown, cured; /* sets of patches */
};

struct fault_row {
	const char *slug, *invariant, *means;
	uint64_t prevented_by; /* rows */
};

struct invariant_row {
	const char *name, *says;
};

/* A scenario, or, without a name, a kind of fault that the scenario above can show. */
struct scenario_line {
	const char *name, *says;
	const char *programs; /* as text: "before: create 0 ; cpu1: remove 0 ; cpu2: find 0" */
	enum fault_kind fault;
	const char *formula; /* over patches: when it can */
};

struct op_row {
	const char *slug, *does;
	enum op_arg arg;
	uint32_t weight;
};

struct plan_param {
	const char *field, *js, *unit, *says;
	double fallback, min, max;
};

struct bench_list_row {
	const char *field, *js, *unit, *says;
	double min, max;
};

/* One combination to measure. hold_ns and outside_ns: locks only; read_percent: rwlocks only. */
struct bench_cell {
	uint32_t threads;
	double hold_ns, outside_ns;
	uint32_t read_percent;
};

struct rwlock_size {
	uint32_t writers, readers, rounds;
};

struct errno_row {
	const char *name;
	int value;
};

struct strategy_row {
	const char *name, *says;
	bool samples;
};

struct model_row {
	const char *name, *called, *says;
};

struct end_row {
	const char *name, *says;
};

struct call_row {
	const char *name; /* a `*` at its end stands for any rest */
	const char *says;
	enum call_support support;
	bool renamed;	     /* the program's objects call own_<name> */
	bool unseen;	     /* what it does to memory that it is given is not looked into */
	const char *assumes; /* what of it is one of many ways that it may go: "clock"; or NULL */
};

extern const struct access_row access_table[TRACE_KINDS];
extern const struct object_row object_table[OBJECT_COUNT];
extern const struct field_row field_table[FIELD_COUNT];
extern const struct patch_row patch_table[PATCH_COUNT];
extern const struct set_row set_table[];
extern const struct pattern_row pattern_table[PATTERN_COUNT];
extern const struct history_row history_table[];
extern const struct fault_row fault_table[FAULT_COUNT];
/* Whether traits.def has @trait of @fault. */
bool fault_has(enum fault_kind fault, enum fault_trait trait);
extern const struct invariant_row invariant_table[];
extern const struct scenario_line scenario_table[], history_scenario_table[];
extern const struct op_row op_table[OP_COUNT];
extern const char *const note_table[NOTE_COUNT];
extern const struct plan_param plan_table[PLAN_COUNT];
extern const struct plan_param search_table[SEARCH_COUNT];
extern const struct plan_param verify_table[VERIFY_PARAM_COUNT];
extern const struct plan_param bench_table[BENCH_PARAM_COUNT];
extern const struct bench_list_row bench_list_table[BENCH_LIST_COUNT];
extern const struct bench_cell bench_cell_table[], bench_rwcell_table[];
extern const uint32_t bench_population_table[];
extern const struct strategy_row strategy_table[STRATEGY_COUNT];
extern const struct model_row model_table[MODEL_COUNT];
extern const struct end_row end_table[END_COUNT];
extern const struct errno_row errno_table[];
extern const struct call_row call_table[];
extern const unsigned int scenario_line_count, history_scenario_line_count, history_count;
extern const unsigned int set_count, invariant_count, errno_count, call_count;
extern const struct rwlock_size rwlock_size_table[];
extern const unsigned int rwlock_size_count, bench_cell_count, bench_rwcell_count,
	bench_population_count;

/* The value of @plan's row @row, for marshalling. */
uint64_t plan_get(const struct plan *plan, enum plan_row row);
void plan_set(struct plan *plan, enum plan_row row, uint64_t value);
/* Fill @plan with the fallbacks of plan.def. */
void plan_init(struct plan *plan);
/*
 * Check every row of @plan against its range.
 * Returns NULL, or the first row that is out of range.
 */
const struct plan_param *plan_check(const struct plan *plan);

#ifdef __cplusplus
}
#endif
#endif
