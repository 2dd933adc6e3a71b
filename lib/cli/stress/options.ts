import { isLockFile } from '../../own/lock-file';
import { STORM } from '../../programs/storm';
import { findParam, paramChoices } from '../../run/params';
import { formatShard, type SplitOptions } from '../../run/shard';
import { type Mix, type PlanReport, parseMix, type StressOptions } from '../../stress/plan';
import { patches } from '../../tables/patches';
import type { ParamName } from '../../tables/tables';
import { lockNames } from '../options/locks';
import { patchesOption } from '../options/names';
import type { OptionData } from '../options/option';
import { numberData, readLock, readNumber } from '../options/rows';
import { runNames } from '../options/scenario-names';
import { SPLIT_ROWS } from '../options/split';
import { readTime, timeData } from '../options/times';
import { durationOption } from '../terminal/format';

/** What commander makes of `dmtorture stress ...`: a text, or true, by the flag in camelCase. */
export type StressFlags = Record<string, string | boolean | undefined>;

/** An option of the command, and the option of the library it sets. */
interface OptionRow extends OptionData {
  /** Key of commander's result. */
  key: string;
  option: ParamName | 'scenario' | 'duration' | 'mix' | 'isolate' | keyof SplitOptions;
  /** The value for the library; text that is not checked here is checked there. */
  read(text: string | boolean): unknown;
  /** The value as it is typed again; undefined where it is not worth typing. */
  write(plan: PlanReport): string | undefined;
}

const same = (value: unknown): unknown => value;

function numberRow(flag: string, name: ParamName): OptionRow {
  return {
    flags: `--${flag} <n>`,
    key: name,
    option: name,
    says: findParam(name).says,
    ...numberData(findParam(name)),
    read: (text) => readNumber(name, text),
    write: (plan) => unlessDefault(name, plan[name as Exclude<ParamName, 'patches'>]),
  };
}

function timeRow(flag: string, name: 'epochMs' | 'watchdogMs'): OptionRow {
  return {
    flags: `--${flag} <time>`,
    key: flag,
    option: name,
    says: findParam(name).says,
    ...timeData(findParam(name)),
    read: (text) => readTime(findParam(name), text),
    write: (plan) =>
      plan[name] === findParam(name).fallback ? undefined : durationOption(plan[name]),
  };
}

function flagRow(flag: string, name: 'stopOnFault'): OptionRow {
  return {
    flags: `--${flag}`,
    key: name,
    option: name,
    says: findParam(name).says,
    read: same,
    write: never,
  };
}

function never(): undefined {
  return undefined;
}

function unlessDefault(name: ParamName, value: unknown): string | undefined {
  return value === findParam(name).fallback ? undefined : String(value);
}

/** Rounds or operations, where given, are the limit; otherwise there is a time limit by default. */
function writeDuration({ durationMs, rounds, ops }: PlanReport): string | undefined {
  const implied = rounds > 0 || ops > 0 ? 0 : findParam('durationMs').fallback;
  return durationMs === implied ? undefined : durationOption(durationMs);
}

function mixText(mix: Mix | undefined): string | undefined {
  return (
    mix &&
    Object.entries(mix)
      .map(([op, weight]) => `${op}=${weight}`)
      .join(',')
  );
}

const perturbs = paramChoices(findParam('perturb')) ?? [];
const perturbDefault = perturbs[findParam('perturb').fallback];

/** Every option of `stress` that goes to the library, in the order of the help. */
const ROWS: OptionRow[] = [
  {
    flags: '--scenario <name>',
    key: 'scenario',
    option: 'scenario',
    read: same,
    says: `${STORM}, a random mix on one world; or a scenario, run in rounds`,
    choices: runNames,
    table: 'scenarios',
    fallback: STORM,
    write: (plan) => (plan.scenario === STORM ? undefined : plan.scenario),
  },
  {
    ...patchesOption('patches that are in: all, series, merged, none, 1-4,6, slugs, all,-05'),
    key: 'patches',
    option: 'patches',
    read: same,
    write: (plan) => patches.format(plan.patches),
  },
  {
    ...numberRow('threads', 'threads'),
    write: (plan) => (plan.scenario === STORM ? unlessDefault('threads', plan.threads) : undefined),
  },
  numberRow('minors', 'minors'),
  {
    flags: '--duration <time>',
    key: 'duration',
    option: 'duration',
    read: (text) => readTime(findParam('durationMs'), text),
    says: 'time limit such as 500ms, 10s, 2m; 0 = none',
    ...timeData(findParam('durationMs')),
    write: writeDuration,
  },
  numberRow('rounds', 'rounds'),
  numberRow('ops', 'ops'),
  {
    flags: '--mix <op=weight,...>',
    key: 'mix',
    option: 'mix',
    read: (text) => parseMix(String(text)),
    says: 'weights of a storm, such as create=3,open=5; what is not named is not drawn',
    write: (plan) => mixText(plan.mix),
  },
  {
    flags: '--perturb <how>',
    key: 'perturb',
    option: 'perturb',
    read: same,
    says: findParam('perturb').says,
    choices: perturbs,
    ...(perturbDefault !== undefined && { fallback: perturbDefault }),
    write: (plan) => (plan.perturb === perturbDefault ? undefined : plan.perturb),
  },
  flagRow('stop-on-fault', 'stopOnFault'),
  { ...numberRow('max-faults', 'maxFaults'), write: never },
  {
    flags: '--latency',
    key: 'latency',
    option: 'latency',
    read: same,
    write: never,
    says: findParam('latency').says,
    fallback: true,
  },
  {
    flags: '--no-latency',
    key: 'latency',
    option: 'latency',
    read: same,
    write: never,
    says: 'do not measure the latency of each operation',
  },
  {
    flags: '--lock <kind>',
    key: 'lock',
    option: 'lock',
    read: (text) => readLock(text),
    says: 'what _minor_lock is with patch 04; a file such as ./my_lock.c is your own',
    choices: lockNames,
    files: true,
    table: 'locks',
    fallback: lockNames[findParam('lock').fallback] ?? '',
    write: ({ lock, lockFile }) =>
      lockFile ?? (lock === findParam('lock').fallback ? undefined : lockNames[lock]),
  },
  numberRow('fail-queue', 'failQueue'),
  numberRow('fail-layer', 'failLayer'),
  timeRow('epoch', 'epochMs'),
  numberRow('batch', 'batch'),
  timeRow('watchdog', 'watchdogMs'),
  {
    flags: '--isolate',
    key: 'isolate',
    option: 'isolate',
    read: same,
    write: never,
    says: 'run in a child process: a crash of the tool becomes exit code 3',
  },
  { ...SPLIT_ROWS.shard, write: ({ shard }) => shard && formatShard(shard) },
  { ...SPLIT_ROWS.slices, write: ({ slices }) => slices?.toString() },
  { ...SPLIT_ROWS.journal, write: never },
  { ...SPLIT_ROWS.resume, write: never },
];

/** The options that go to the library, for the help and the parser. */
export const stressOptionRows: readonly (OptionData & { key: string })[] = ROWS;

/**
 * The library's options from what was typed.
 *
 * @throws DmTortureError for a text that is not valid for its option
 */
export function toStressOptions(flags: StressFlags, seed: string | undefined): StressOptions {
  const options: Record<string, unknown> = {};
  for (const row of ROWS) {
    const given = flags[row.key];
    if (given === undefined) continue;
    if (row.option === 'lock' && isLockFile(String(given))) options.lockFile = given;
    else options[row.option] = row.read(given);
  }
  if (seed !== undefined) options.seed = readNumber('seed', seed);
  return options as StressOptions;
}

/** The command that runs `plan` again and stops at the first fault; to be pasted into a shell. */
export function reproduceCommand(plan: PlanReport): string {
  const words = ['npx', 'dmtorture', 'stress'];
  for (const row of ROWS) {
    const value = row.write(plan);
    if (value !== undefined) words.push(row.flags.replace(/ <.*/, ''), value);
  }
  words.push('--seed', String(plan.seed), '--stop-on-fault');
  return words.join(' ');
}
