/* SPDX-License-Identifier: MIT */
#include "refcount_table.h"
#include "tables.h"

#include <errno.h>
#include <stddef.h>

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

const struct access_row access_table[TRACE_KINDS] = {
#define ACCESS(id, name_, remark_) [TRACE_##id] = {.name = (name_), .remark = (remark_)},
#include "accesses.def"
#undef ACCESS
};

const struct object_row object_table[OBJECT_COUNT] = {
	[OBJECT_NONE] = {.name = "", .called = ""},
#define OBJECT(id, type, name_, called_) [OBJECT_##id] = {.name = (name_), .called = (called_)},
#define SINGLE(id, name_) [OBJECT_##id] = {.name = (name_), .called = (name_)},
#define FIELD(id, name, type, shows, leads_to, says)
#define WORD(id, name, shows, leads_to, says)
#define BACKGROUND WORD
#define OBJECT_END(id)
#include "objects.def"
#undef OBJECT
#undef SINGLE
#undef FIELD
#undef WORD
#undef BACKGROUND
};

#define ROW(id, name_, shows_, leads_to_, says_, background_)                                      \
	[FIELD_##id##_##name_] = {.name = #name_,                                                  \
				  .says = (says_),                                                 \
				  .object = OBJECT_##id,                                           \
				  .leads_to = OBJECT_##leads_to_,                                  \
				  .shows = SHOWS_##shows_,                                         \
				  .background = (background_)},
const struct field_row field_table[FIELD_COUNT] = {
	[FIELD_NONE] = {.name = "", .says = ""},
#define OBJECT(id, type, name, called)
#define SINGLE(id, name)
#define FIELD(id, name, type, shows, leads_to, says) ROW(id, name, shows, leads_to, says, false)
#define WORD(id, name, shows, leads_to, says) ROW(id, name, shows, leads_to, says, false)
#define BACKGROUND(id, name, shows, leads_to, says) ROW(id, name, shows, leads_to, says, true)
#include "objects.def"
#undef OBJECT
#undef SINGLE
#undef FIELD
#undef WORD
#undef BACKGROUND
#undef OBJECT_END
};
#undef ROW

const struct patch_row patch_table[PATCH_COUNT] = {
#define PATCH(no_, slug_, kind_, rule_, needs_, overrides_, invariant_, prevents_, changes_)       \
	[PATCH_##no_] = {.no = #no_,                                                               \
			 .slug = (slug_),                                                          \
			 .kind = PATCH_KIND_##kind_,                                               \
			 .needs = (needs_),                                                        \
			 .overrides = (overrides_),                                                \
			 .invariant = (invariant_),                                                \
			 .prevents = (prevents_),                                                  \
			 .changes = (changes_)},
#define ROW(no) PATCH_ROW(no)
#define NO_ROWS PATCHES_NONE
#include "patches.def"
#undef PATCH
#undef ROW
#undef NO_ROWS
};
_Static_assert(PATCH_COUNT <= PATCHES_MAX, "a set of patches is one number in JavaScript");

const struct set_row set_table[] = {
#define SET(name_, rows_, means_, omits_)                                                          \
	{.name = (name_), .means = (means_), .omits = (omits_), .rows = (rows_)},
#define KERNEL(name_, rows_, means_, omits_)                                                       \
	{.name = (name_), .means = (means_), .omits = (omits_), .rows = (rows_), .kernel = true},
#include "sets.def"
#undef SET
#undef KERNEL
};
const unsigned int set_count = ROWS(set_table);

const struct pattern_row pattern_table[PATTERN_COUNT] = {
#define PATTERN(id, slug_, title_) [PATTERN_##id] = {.slug = (slug_), .title = (title_)},
#include "patterns.def"
#undef PATTERN
};

const struct history_row history_table[] = {
#define HISTORY(no, pattern_, from_, months_, first_, last_, commit_, ended_, evidence_,           \
		scenario_, shown_, cured_, title_, says_)                                          \
	{.patch = PATCH_##no,                                                                      \
	 .pattern = PATTERN_##pattern_,                                                            \
	 .from = (from_),                                                                          \
	 .months = (months_),                                                                      \
	 .first = (first_),                                                                        \
	 .last = (last_),                                                                          \
	 .commit = (commit_),                                                                      \
	 .ended = (ended_),                                                                        \
	 .evidence = #evidence_,                                                                   \
	 .scenario = (scenario_),                                                                  \
	 .shown = (shown_),                                                                        \
	 .cured = (cured_),                                                                        \
	 .title = (title_),                                                                        \
	 .says = (says_)},
#include "history.def"
#undef HISTORY
};
const unsigned int history_count = ROWS(history_table);

const struct fault_row fault_table[FAULT_COUNT] = {
#define FAULT(id, slug_, invariant_, prevented_by_, means_)                                        \
	[FAULT_##id] = {.slug = (slug_),                                                           \
			.invariant = (invariant_),                                                 \
			.means = (means_),                                                         \
			.prevented_by = (prevented_by_)},
#define ROW(no) PATCH_ROW(no)
#define NO_ROWS PATCHES_NONE
#include "faults.def"
#undef FAULT
#undef ROW
#undef NO_ROWS
};

static const struct {
	enum fault_kind fault;
	enum fault_trait trait;
} traits[] = {
#define TRAIT(fault_, trait_) {.fault = FAULT_##fault_, .trait = TRAIT_##trait_},
#include "traits.def"
#undef TRAIT
};

bool fault_has(enum fault_kind fault, enum fault_trait trait)
{
	for (size_t i = 0; i < ROWS(traits); i++)
		if (traits[i].fault == fault && traits[i].trait == trait)
			return true;
	return false;
}

const struct invariant_row invariant_table[] = {
#define INVARIANT(name_, says_) {.name = (name_), .says = (says_)},
#include "invariants.def"
#undef INVARIANT
};
const unsigned int invariant_count = ROWS(invariant_table);

#define SCENARIO(name_, says_, programs_)                                                          \
	{.name = (name_), .says = (says_), .programs = (programs_)},
#define EXPECT(fault_, formula_) {.fault = FAULT_##fault_, .formula = (formula_)},
const struct scenario_line scenario_table[] = {
#include "scenarios.def"
};
const unsigned int scenario_line_count = ROWS(scenario_table);

const struct scenario_line history_scenario_table[] = {
#include "history_scenarios.def"
};
const unsigned int history_scenario_line_count = ROWS(history_scenario_table);
#undef SCENARIO
#undef EXPECT

const struct op_row op_table[OP_COUNT] = {
#define OP(id, slug_, arg_, weight_, does_)                                                        \
	[OP_##id] = {.slug = (slug_), .does = (does_), .arg = ARG_##arg_, .weight = (weight_)},
#include "ops.def"
#undef OP
};

const char *const note_table[NOTE_COUNT] = {
#define NOTE(id, text) [NOTE_##id] = (text),
#include "notes.def"
#undef NOTE
};

const struct plan_param plan_table[PLAN_COUNT] = {
#define PARAM(field_, js_, unit_, fallback_, min_, max_, says_)                                    \
	[PLAN_ROW_##field_] = {.field = #field_,                                                   \
			       .js = (js_),                                                        \
			       .unit = (unit_),                                                    \
			       .says = (says_),                                                    \
			       .fallback = (fallback_),                                            \
			       .min = (min_),                                                      \
			       .max = (max_)},
#include "plan.def"
#undef PARAM
};

const struct plan_param search_table[SEARCH_COUNT] = {
#define PARAM(field_, js_, unit_, fallback_, min_, max_, says_)                                    \
	[SEARCH_ROW_##field_] = {.field = #field_,                                                 \
				 .js = (js_),                                                      \
				 .unit = (unit_),                                                  \
				 .says = (says_),                                                  \
				 .fallback = (fallback_),                                          \
				 .min = (min_),                                                    \
				 .max = (max_)},
#include "search.def"
#undef PARAM
};

const struct plan_param verify_table[VERIFY_PARAM_COUNT] = {
#define PARAM(field_, js_, unit_, fallback_, min_, max_, says_)                                    \
	[VERIFY_ROW_##field_] = {.field = #field_,                                                 \
				 .js = (js_),                                                      \
				 .unit = (unit_),                                                  \
				 .says = (says_),                                                  \
				 .fallback = (fallback_),                                          \
				 .min = (min_),                                                    \
				 .max = (max_)},
#include "verify.def"
#undef PARAM
};

const struct plan_param bench_table[BENCH_PARAM_COUNT] = {
#define PARAM(field_, js_, unit_, fallback_, min_, max_, says_)                                    \
	[BENCH_ROW_##field_] = {.field = #field_,                                                  \
				.js = (js_),                                                       \
				.unit = (unit_),                                                   \
				.says = (says_),                                                   \
				.fallback = (fallback_),                                           \
				.min = (min_),                                                     \
				.max = (max_)},
#include "bench.def"
#undef PARAM
};

const struct bench_list_row bench_list_table[BENCH_LIST_COUNT] = {
#define LIST(field_, js_, unit_, min_, max_, says_)                                                \
	[BENCH_LIST_##field_] = {.field = #field_,                                                 \
				 .js = (js_),                                                      \
				 .unit = (unit_),                                                  \
				 .says = (says_),                                                  \
				 .min = (min_),                                                    \
				 .max = (max_)},
#include "bench_lists.def"
#undef LIST
};

const struct bench_cell bench_cell_table[] = {
#define CELL(threads_, hold_ns_, outside_ns_)                                                      \
	{.threads = (threads_), .hold_ns = (hold_ns_), .outside_ns = (outside_ns_)},
#define RWCELL(...)
#include "bench_cells.def"
#undef CELL
#undef RWCELL
};
const unsigned int bench_cell_count = ROWS(bench_cell_table);

const struct bench_cell bench_rwcell_table[] = {
#define CELL(...)
#define RWCELL(threads_, hold_ns_, outside_ns_, read_percent_)                                     \
	{.threads = (threads_),                                                                    \
	 .hold_ns = (hold_ns_),                                                                    \
	 .outside_ns = (outside_ns_),                                                              \
	 .read_percent = (read_percent_)},
#include "bench_cells.def"
#undef CELL
#undef RWCELL
};
const unsigned int bench_rwcell_count = ROWS(bench_rwcell_table);

const struct rwlock_size rwlock_size_table[] = {
#define RWSIZE(writers_, readers_, rounds_)                                                        \
	{.writers = (writers_), .readers = (readers_), .rounds = (rounds_)},
#include "rwlock_sizes.def"
#undef RWSIZE
};
const unsigned int rwlock_size_count = ROWS(rwlock_size_table);

const struct refcount_size refcount_size_table[] = {
#define REFSIZE(users_, rounds_, objects_)                                                         \
	{.users = (users_), .rounds = (rounds_), .objects = (objects_)},
#include "refcount_sizes.def"
#undef REFSIZE
};
const unsigned int refcount_size_count = ROWS(refcount_size_table);

const uint32_t bench_population_table[] = {
#define POPULATION(ids) ids,
#include "populations.def"
#undef POPULATION
};
const unsigned int bench_population_count = ROWS(bench_population_table);

const struct strategy_row strategy_table[STRATEGY_COUNT] = {
#define STRATEGY(id, name_, samples_, says_)                                                       \
	[STRATEGY_##id] = {.name = (name_), .says = (says_), .samples = (samples_)},
#include "strategies.def"
#undef STRATEGY
};

const struct model_row model_table[MODEL_COUNT] = {
#define MODEL(id, name_, called_, says_)                                                           \
	[MODEL_##id] = {.name = (name_), .called = (called_), .says = (says_)},
#include "models.def"
#undef MODEL
};

const struct end_row end_table[END_COUNT] = {
#define END(id, name_, says_) [END_##id] = {.name = (name_), .says = (says_)},
#include "ends.def"
#undef END
};

const struct errno_row errno_table[] = {
#define ERRNO(name_) {.name = #name_, .value = (name_)},
#include "errnos.def"
#undef ERRNO
};
const unsigned int errno_count = ROWS(errno_table);

const struct call_row call_table[] = {
#define CALL(name_, says_, support_, ...)                                                          \
	{.name = (name_), .says = (says_), .support = CALL_##support_, __VA_ARGS__},
#define MODELLED(name, says) CALL(name, says, MODELLED, .renamed = false)
#define RENAMED(name, says) CALL(name, says, MODELLED, .renamed = true)
#define HARMLESS(name, says) CALL(name, says, HARMLESS, .renamed = false)
#define UNSEEN(name, says) CALL(name, says, HARMLESS, .unseen = true)
#define REFUSED(name, says) CALL(name, says, REFUSED, .renamed = false)
#define FIXED(name, what, says) CALL(name, says, MODELLED, .renamed = true, .assumes = (what))
#define WAITS(name, support, says) CALL(name, says, support, .assumes = "wakes")
#include "calls.def"
#undef CALL
#undef MODELLED
#undef RENAMED
#undef HARMLESS
#undef UNSEEN
#undef REFUSED
#undef FIXED
#undef WAITS
};
const unsigned int call_count = ROWS(call_table);

static const size_t plan_offset[PLAN_COUNT] = {
#define PARAM(field_, js_, unit_, fallback_, min_, max_, says_)                                    \
	[PLAN_ROW_##field_] = offsetof(struct plan, field_),
#include "plan.def"
#undef PARAM
};

uint64_t plan_get(const struct plan *plan, enum plan_row row)
{
	return *(const uint64_t *)((const char *)plan + plan_offset[row]);
}

void plan_set(struct plan *plan, enum plan_row row, uint64_t value)
{
	*(uint64_t *)((char *)plan + plan_offset[row]) = value;
}

void plan_init(struct plan *plan)
{
	for (unsigned int row = 0; row < PLAN_COUNT; row++)
		plan_set(plan, row, (uint64_t)plan_table[row].fallback);
}

const struct plan_param *plan_check(const struct plan *plan)
{
	for (unsigned int row = 0; row < PLAN_COUNT; row++) {
		double value = (double)plan_get(plan, row);

		if (value < plan_table[row].min || value > plan_table[row].max)
			return &plan_table[row];
	}
	return NULL;
}
