import { wrongType } from '../base/errors';
import { optionOf } from '../run/difference';
import { paramToNumber } from '../run/params';
import { type ParamRow, tables } from '../tables/tables';
import { checkMembers } from './handmade';
import { formatPrograms, parsePrograms } from './program';
import type { Race } from './race';
import { findScenario } from './scenarios';

/**
 * A result can be given where a run begins: a report, or its plan, in place of options, of a
 * scenario, of a ticket. Here is read what is wanted of it.
 */

/** A report, or anything else that has the plan of a run. */
export interface WithPlan {
  /** Every parameter, as reports have them. */
  readonly plan: object;
}

type Facts = Readonly<Record<string, unknown>>;

const isFacts = (value: unknown): value is Facts =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What was given, or its part of that name, where it has one. */
export function partOf(given: unknown, name: string): unknown {
  return isFacts(given) && given[name] !== undefined ? given[name] : given;
}

/** A plan would not be the same without them, even where they are what the table says. */
const TOLD: readonly string[] = ['seed', 'strategy', 'durationMs'];

function paramsIn(plan: Facts, rows: readonly ParamRow<string>[]): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const row of rows) {
    const value = plan[row.name];
    if (value === undefined) continue;
    // The model knows two locks, and the threads have all of them.
    if (row.name === 'lock' && typeof value === 'number' && value > row.max) continue;
    const isDefault = paramToNumber(row, value) === row.fallback;
    if (!isDefault || TOLD.includes(row.name)) options[optionOf(row.name)] = value;
  }
  return options;
}

/** Parameters that came with 0.4: plans of before do not have them. */
const LATER: readonly string[] = ['memory'];

/** A report is a plan and what came of it; options have no verdict. */
const isReport = (given: unknown): given is Facts & WithPlan =>
  isFacts(given) && isFacts(given.plan) && 'verdict' in given;

/** What plans of runs have beside their parameters. */
const BESIDE = ['scenario', 'program', 'mix', 'isolate', 'tickets', 'shard', 'slices'] as const;
const HANDMADE: readonly string[] = ['program', 'scenario'];
const OF_REPLAY: readonly string[] = ['seed', 'patches', 'scenario', 'program', 'lock', 'runOn'];

/**
 * Refuse what would be ignored where only the programs of a plan are wanted. A plan that a run
 * wrote has its limit in milliseconds, by a name that no option has, or is that of a ticket.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE
 */
function checkProgramMembers(plan: Facts, hint: string): void {
  const isWritten = 'timeMs' in plan || 'durationMs' in plan;
  const params = [...tables.params, ...tables.search].map(({ name }): string => name);
  const isReplayed = OF_REPLAY.every((name) => name in plan);
  const ofTicket = isReplayed ? [...OF_REPLAY, ...LATER] : HANDMADE;
  checkMembers(plan, isWritten ? [...new Set([...BESIDE, ...params])] : ofTicket, 'scenario', hint);
}

/**
 * The programs of what is to be run, where it is a report, a plan, or an object that has their
 * text; undefined where it is none of these.
 *
 * @param hint - Where options go, for a caller that gives them here.
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 */
export function raceOfTarget(given: unknown, hint: string): Race | undefined {
  const race = raceOfPlan(given);
  if (!race || !isFacts(given)) return race;
  const plan = partOf(given, 'plan');
  if (plan !== given && !isReport(given)) checkMembers(given, ['plan'], 'scenario', hint);
  if (isFacts(plan)) checkProgramMembers(plan, hint);
  return race;
}

/**
 * The thread programs of a plan; undefined where it has none.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 */
export function raceOfPlan(given: unknown): Race | undefined {
  const plan = partOf(given, 'plan');
  if (!isFacts(plan) || typeof plan.program !== 'string' || plan.program === '') return undefined;
  const name = typeof plan.scenario === 'string' ? plan.scenario : plan.program;
  const known = findScenario(name);
  if (known && formatPrograms(known) === plan.program) return known;
  return parsePrograms(plan.program, name);
}

/** The options that make a run as its plan was: `others` are the options that do not belong to the table of parameters. */
function optionsIn(
  given: unknown,
  rows: readonly ParamRow<string>[],
  others: readonly string[],
): Record<string, unknown> {
  const plan = partOf(given, 'plan');
  if (!isFacts(plan)) throw wrongType('plan', 'a report, or the plan of one', given);
  const options = paramsIn(plan, rows);
  for (const name of others) if (plan[name] !== undefined) options[name] = plan[name];
  // A name alone does not lead back to a race that is not a scenario of the table.
  if (others.includes('scenario')) options.scenario = raceOfPlan(plan) ?? plan.scenario;
  return options;
}

/**
 * Options as they are meant: a report or a whole plan may stand for them, and `plan` among them
 * has what the others do not say.
 *
 * @param rows - The parameters of such a run.
 * @param others - What else a plan and options both have.
 */
export function readOptions<Options extends object>(
  given: Options | WithPlan,
  rows: readonly ParamRow<string>[],
  others: readonly string[],
): Options {
  if (!isFacts(given)) return given as Options;
  const isPlan = rows.length > 0 && rows.every(({ name }) => name in given || LATER.includes(name));
  if (isReport(given) || isPlan) return optionsIn(given, rows, others) as Options;
  const { plan, ...options } = given;
  if (plan === undefined) return options as Options;
  const own = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...optionsIn(plan, rows, others), ...Object.fromEntries(own) } as Options;
}
