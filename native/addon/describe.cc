/* SPDX-License-Identifier: MIT */
/* The tables as JavaScript sees them. */
#include "addon.h"

#include <string>

#include "engine.h"
#include "refcount_table.h"

namespace
{

/* An array of @count objects, each filled by @fill(object, index). */
template <typename Fill> Napi::Array rows(Napi::Env env, unsigned int count, Fill fill)
{
	Napi::Array array = Napi::Array::New(env, count);

	for (unsigned int i = 0; i < count; i++) {
		Napi::Object row = Napi::Object::New(env);

		fill(row, i);
		array.Set(i, row);
	}
	return array;
}

/* The numbers of those patches, as in `--patches`. */
Napi::Array patches_to_js(Napi::Env env, uint64_t set)
{
	Napi::Array numbers = Napi::Array::New(env);

	for (uint32_t i = 0; i < PATCH_COUNT; i++)
		if (set >> i & 1)
			numbers.Set(numbers.Length(), patch_table[i].no);
	return numbers;
}

void fill_patch(Napi::Object row, unsigned int i)
{
	static const char *const kinds[] = {"fix", "era", "past"};

	row.Set("bit", static_cast<double>(i));
	row.Set("no", patch_table[i].no);
	row.Set("slug", patch_table[i].slug);
	row.Set("kind", kinds[patch_table[i].kind]);
	row.Set("needs", patch_table[i].needs);
	row.Set("overrides", patches_to_js(row.Env(), patch_table[i].overrides));
	row.Set("invariant", patch_table[i].invariant);
	row.Set("prevents", patch_table[i].prevents);
	row.Set("changes", patch_table[i].changes);
}

void fill_set(Napi::Object row, unsigned int i)
{
	row.Set("name", set_table[i].name);
	row.Set("rows", patches_to_js(row.Env(), set_table[i].rows));
	row.Set("means", set_table[i].means);
	row.Set("leavesOut", set_table[i].omits);
	row.Set("kernel", set_table[i].kernel);
}

void fill_pattern(Napi::Object row, unsigned int i)
{
	row.Set("slug", pattern_table[i].slug);
	row.Set("title", pattern_table[i].title);
}

void fill_history(Napi::Object row, unsigned int i)
{
	const struct history_row &bug = history_table[i];

	row.Set("no", patch_table[bug.patch].no);
	row.Set("pattern", pattern_table[bug.pattern].slug);
	row.Set("from", bug.from);
	row.Set("months", static_cast<double>(bug.months));
	row.Set("first", bug.first);
	row.Set("last", bug.last);
	row.Set("commit", bug.commit);
	row.Set("ended", bug.ended);
	row.Set("evidence", bug.evidence);
	row.Set("scenario", bug.scenario);
	row.Set("shown", patches_to_js(row.Env(), bug.shown));
	row.Set("cured", patches_to_js(row.Env(), bug.cured));
	row.Set("title", bug.title);
	row.Set("says", bug.says);
}

void fill_fault(Napi::Object row, unsigned int i)
{
	row.Set("slug", fault_table[i].slug);
	row.Set("invariant", fault_table[i].invariant);
	row.Set("preventedBy", patches_to_js(row.Env(), fault_table[i].prevented_by));
	auto fault = static_cast<enum fault_kind>(i);

	row.Set("madeBy", fault_has(fault, TRAIT_FREED) ? "free" : "change");
	row.Set("foundBy", fault_has(fault, TRAIT_RACES)   ? "races"
			   : fault_has(fault, TRAIT_CHECK) ? "check"
			   : fault_has(fault, TRAIT_OWN)   ? "own"
							   : "rules");
	row.Set("always", fault_has(fault, TRAIT_ALWAYS));
	row.Set("hides", fault_has(fault, TRAIT_HIDES));
	row.Set("asked", fault_has(fault, TRAIT_ASKED));
	row.Set("stuck", fault_has(fault, TRAIT_STUCK));
	row.Set("death", fault_has(fault, TRAIT_DEATH));
	row.Set("means", fault_table[i].means);
}

void fill_invariant(Napi::Object row, unsigned int i)
{
	row.Set("name", invariant_table[i].name);
	row.Set("says", invariant_table[i].says);
}

/* The scenarios, each with the formulas of the lines below its own. */
Napi::Array scenarios_to_js(Napi::Env env, const struct scenario_line *table, unsigned int count)
{
	Napi::Array scenarios = Napi::Array::New(env);
	Napi::Object expects;

	for (unsigned int i = 0; i < count; i++) {
		const struct scenario_line &line = table[i];

		if (!line.name) {
			expects.Set(fault_table[line.fault].slug, line.formula);
			continue;
		}
		Napi::Object row = Napi::Object::New(env);

		expects = Napi::Object::New(env);
		row.Set("name", line.name);
		row.Set("says", line.says);
		row.Set("programs", line.programs);
		row.Set("expects", expects);
		scenarios.Set(scenarios.Length(), row);
	}
	return scenarios;
}

void fill_op(Napi::Object row, unsigned int i)
{
	static const char *const arg_names[] = {"none", "minor", "maybe", "named"};

	row.Set("slug", op_table[i].slug);
	row.Set("arg", arg_names[op_table[i].arg]);
	row.Set("weight", static_cast<double>(op_table[i].weight));
	row.Set("does", op_table[i].does);
}

void fill_note(Napi::Object row, unsigned int i)
{
	row.Set("text", note_table[i]);
}

void fill_access(Napi::Object row, unsigned int i)
{
	row.Set("name", access_table[i].name);
	row.Set("remark", access_table[i].remark);
}

/* The first row of each is that there is none. */
void fill_object(Napi::Object row, unsigned int i)
{
	row.Set("name", object_table[i + 1].name);
	row.Set("called", object_table[i + 1].called);
}

void fill_field(Napi::Object row, unsigned int i)
{
	static const char *const shows[] = {"number", "pointer", "lookup", "references", "sent"};
	const struct field_row &field = field_table[i + 1];

	row.Set("object", object_table[field.object].name);
	row.Set("name", field.name);
	row.Set("shows", shows[field.shows]);
	row.Set("leadsTo", object_table[field.leads_to].name);
	row.Set("background", field.background);
	row.Set("says", field.says);
}

/* The names of a table's rows: "portfolio|random|...". */
template <typename Row, size_t count> std::string words_of(const Row (&table)[count])
{
	std::string words;

	for (const Row &row : table)
		words += (words.empty() ? "" : "|") + std::string(row.name);
	return words;
}

/* Words that a parameter takes are its unit. */
std::string unit_of(const struct plan_param &param)
{
	const std::string unit = param.unit;

	if (unit == "strategy")
		return words_of(strategy_table);
	return unit == "memory" ? words_of(model_table) : unit;
}

void set_param(Napi::Object row, const struct plan_param &param)
{
	row.Set("name", param.js);
	row.Set("unit", unit_of(param));
	row.Set("fallback", param.fallback);
	row.Set("min", param.min);
	row.Set("max", param.max);
	row.Set("says", param.says);
}

void fill_param(Napi::Object row, unsigned int i)
{
	set_param(row, plan_table[i]);
}

void fill_search(Napi::Object row, unsigned int i)
{
	set_param(row, search_table[i]);
}

void fill_verify(Napi::Object row, unsigned int i)
{
	set_param(row, verify_table[i]);
}

void fill_bench(Napi::Object row, unsigned int i)
{
	set_param(row, bench_table[i]);
}

void fill_bench_list(Napi::Object row, unsigned int i)
{
	row.Set("field", bench_list_table[i].field);
	row.Set("name", bench_list_table[i].js);
	row.Set("unit", bench_list_table[i].unit);
	row.Set("min", bench_list_table[i].min);
	row.Set("max", bench_list_table[i].max);
	row.Set("says", bench_list_table[i].says);
}

void fill_rwlock_size(Napi::Object row, unsigned int i)
{
	row.Set("writers", static_cast<double>(rwlock_size_table[i].writers));
	row.Set("readers", static_cast<double>(rwlock_size_table[i].readers));
	row.Set("rounds", static_cast<double>(rwlock_size_table[i].rounds));
}

void fill_refcount_size(Napi::Object row, unsigned int i)
{
	row.Set("users", static_cast<double>(refcount_size_table[i].users));
	row.Set("rounds", static_cast<double>(refcount_size_table[i].rounds));
	row.Set("objects", static_cast<double>(refcount_size_table[i].objects));
}

void set_cell(Napi::Object row, const struct bench_cell &cell)
{
	row.Set("threads", static_cast<double>(cell.threads));
	row.Set("holdNs", cell.hold_ns);
	row.Set("outsideNs", cell.outside_ns);
}

void fill_bench_cell(Napi::Object row, unsigned int i)
{
	set_cell(row, bench_cell_table[i]);
}

void fill_bench_rwcell(Napi::Object row, unsigned int i)
{
	set_cell(row, bench_rwcell_table[i]);
	row.Set("readPercent", static_cast<double>(bench_rwcell_table[i].read_percent));
}

void fill_population(Napi::Object row, unsigned int i)
{
	row.Set("ids", static_cast<double>(bench_population_table[i]));
}

void fill_strategy(Napi::Object row, unsigned int i)
{
	row.Set("name", strategy_table[i].name);
	row.Set("samples", strategy_table[i].samples);
	row.Set("says", strategy_table[i].says);
}

void fill_model(Napi::Object row, unsigned int i)
{
	row.Set("name", model_table[i].name);
	row.Set("called", model_table[i].called);
	row.Set("says", model_table[i].says);
}

void fill_end(Napi::Object row, unsigned int i)
{
	row.Set("name", end_table[i].name);
	row.Set("says", end_table[i].says);
}

void fill_errno(Napi::Object row, unsigned int i)
{
	row.Set("name", errno_table[i].name);
	row.Set("value", static_cast<double>(errno_table[i].value));
}

void fill_call(Napi::Object row, unsigned int i)
{
	static const char *const supports[] = {"modelled", "harmless", "refused"};

	row.Set("name", call_table[i].name);
	row.Set("support", supports[call_table[i].support]);
	row.Set("renamed", call_table[i].renamed);
	if (call_table[i].unseen)
		row.Set("unseen", true);
	if (call_table[i].assumes)
		row.Set("assumes", call_table[i].assumes);
	row.Set("says", call_table[i].says);
}

} /* namespace */

Napi::Value describe(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	Napi::Object tables = Napi::Object::New(env);
	Napi::Object limits = Napi::Object::New(env);

	tables.Set("patches", rows(env, PATCH_COUNT, fill_patch));
	tables.Set("sets", rows(env, set_count, fill_set));
	tables.Set("patterns", rows(env, PATTERN_COUNT, fill_pattern));
	tables.Set("history", rows(env, history_count, fill_history));
	tables.Set("faults", rows(env, FAULT_COUNT, fill_fault));
	tables.Set("invariants", rows(env, invariant_count, fill_invariant));
	tables.Set("scenarios", scenarios_to_js(env, scenario_table, scenario_line_count));
	tables.Set("historyScenarios",
		   scenarios_to_js(env, history_scenario_table, history_scenario_line_count));
	tables.Set("ops", rows(env, OP_COUNT, fill_op));
	tables.Set("notes", rows(env, NOTE_COUNT, fill_note));
	tables.Set("accesses", rows(env, TRACE_KINDS, fill_access));
	tables.Set("objects", rows(env, OBJECT_COUNT - 1, fill_object));
	tables.Set("fields", rows(env, FIELD_COUNT - 1, fill_field));
	tables.Set("plan", rows(env, PLAN_COUNT, fill_param));
	tables.Set("search", rows(env, SEARCH_COUNT, fill_search));
	tables.Set("verify", rows(env, VERIFY_PARAM_COUNT, fill_verify));
	tables.Set("bench", rows(env, BENCH_PARAM_COUNT, fill_bench));
	tables.Set("benchLists", rows(env, BENCH_LIST_COUNT, fill_bench_list));
	tables.Set("benchCells", rows(env, bench_cell_count, fill_bench_cell));
	tables.Set("rwlockSizes", rows(env, rwlock_size_count, fill_rwlock_size));
	tables.Set("refcountSizes", rows(env, refcount_size_count, fill_refcount_size));
	tables.Set("benchRwCells", rows(env, bench_rwcell_count, fill_bench_rwcell));
	tables.Set("populations", rows(env, bench_population_count, fill_population));
	tables.Set("strategies", rows(env, STRATEGY_COUNT, fill_strategy));
	tables.Set("models", rows(env, MODEL_COUNT, fill_model));
	tables.Set("ends", rows(env, END_COUNT, fill_end));
	tables.Set("errnos", rows(env, errno_count, fill_errno));
	tables.Set("calls", rows(env, call_count, fill_call));
	limits.Set("anyMinor", static_cast<double>(ANY_MINOR));
	limits.Set("nameFollows", static_cast<double>(NAME_FOLLOWS));
	limits.Set("programOps", static_cast<double>(PROGRAM_OPS_MAX));
	limits.Set("programCpus", static_cast<double>(PROGRAM_CPUS_MAX));
	limits.Set("windowsMin", static_cast<double>(BENCH_WINDOWS_MIN));
	tables.Set("limits", limits);
	return tables;
}
