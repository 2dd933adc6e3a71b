import { SANITIZERS } from '../../own/plain';
import type { Program } from '../../own/program';
import {
  type ProgramStressOptions,
  type ProgramStressPlanReport,
  ROUND_LIMIT,
} from '../../stress/own/plan';
import type { OptionData } from '../options/option';
import { buildRows, outcomeRows, toOutcomeOptions, toProgram } from '../options/program';
import { readNumber } from '../options/rows';
import { readTime, timeData } from '../options/times';
import { durationOption } from '../terminal/format';
import { type StressFlags, stressOptionRows, toStressOptions } from './options';

/** The options of `stress` that only a program of the user's has. */
export const programStressRows: readonly (OptionData & { key: string })[] = [
  ...buildRows,
  {
    flags: '--sanitizer <name>',
    key: 'sanitizer',
    says: 'own C: build it with this sanitizer, whose reports are faults',
    choices: SANITIZERS,
  },
  {
    flags: '--round-limit <time>',
    key: 'roundLimit',
    says: 'own C: a round that takes longer hangs',
    ...timeData(ROUND_LIMIT),
  },
  ...outcomeRows,
];

/** The options of a storm, and of a scenario, that a program has, too. */
const SHARED = ['duration', 'rounds', 'stopOnFault', 'maxFaults'];

/** The options that are of the device mapper alone. */
export const machineRows: readonly (OptionData & { key: string })[] = stressOptionRows.filter(
  ({ key }) => !SHARED.includes(key),
);

/** What {@link stress} takes of what was typed: the program, and its options. */
export function toProgramStress(
  files: readonly string[],
  flags: StressFlags,
  seed: string | undefined,
): { program: Program; options: ProgramStressOptions } {
  const { sanitizer, roundLimit } = flags;
  const shared = Object.fromEntries(SHARED.map((key) => [key, flags[key]]));
  const { duration, rounds, stopOnFault, maxFaults } = toStressOptions(shared, undefined);
  const options: ProgramStressOptions = {
    ...toOutcomeOptions(flags),
    duration,
    rounds,
    stopOnFault,
    maxFaults,
    sanitizer: sanitizer as ProgramStressOptions['sanitizer'],
    ...(roundLimit !== undefined && { roundLimit: readTime(ROUND_LIMIT, String(roundLimit)) }),
    ...(seed !== undefined && { seed: readNumber('seed', seed) }),
  };
  return { program: toProgram(files, flags), options };
}

/** A word as a shell takes it. */
const quoted = (word: string): string =>
  /^[\w./@%+=:,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** How the program was built, as it is typed. */
export function buildWords(
  plan: Pick<ProgramStressPlanReport, 'cc' | 'flags' | 'optimize' | 'compileCommands'>,
): string[] {
  return [
    ...(plan.cc === null ? [] : ['--cc', plan.cc]),
    ...plan.flags.flatMap((flag) => ['--flag', flag]),
    ...(plan.optimize ? ['--optimize'] : []),
    ...(plan.compileCommands === null ? [] : ['--compile-commands', plan.compileCommands]),
  ];
}

/** The command that runs the delays of one round again; to be pasted into a shell. */
export function reproduceRound(plan: ProgramStressPlanReport, seed: number): string {
  const { files, sanitizer, roundLimitMs, allowOutcomes, forbidOutcomes } = plan;
  const words = [
    ...['npx', 'dmtorture', 'stress', ...files],
    ...buildWords(plan),
    ...(sanitizer === null ? [] : ['--sanitizer', sanitizer]),
    ...(roundLimitMs === ROUND_LIMIT.fallback
      ? []
      : ['--round-limit', durationOption(roundLimitMs)]),
    ...allowOutcomes.flatMap((outcome) => ['--allow-outcome', outcome]),
    ...forbidOutcomes.flatMap((outcome) => ['--forbid-outcome', outcome]),
    ...['--seed', String(seed), '--stop-on-fault'],
  ];
  return words.map(quoted).join(' ');
}
