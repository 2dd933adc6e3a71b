import { parseDuration } from '../../base/duration';
import { outOfRange, wrongType } from '../../base/errors';
import { didYouMean } from '../../base/suggest';
import { type OutcomeOptions, readOutcomeRules } from '../../own/outcomes';
import { SANITIZERS, type SanitizerName } from '../../own/plain';
import { isProgram, type Program } from '../../own/program';
import { checkOptions, checkSignal, findParam, paramToNumber, randomSeed } from '../../run/params';

/** What {@link stress} takes where it runs a {@link program}. */
export interface ProgramStressOptions extends OutcomeOptions {
  /** Runs of the program, each in a process of its own; 0: no limit. @default 0 */
  rounds?: number | undefined;
  /** Time limit: `'500ms'`, `'10s'`, or milliseconds; 0: none. @default '10s', or none with `rounds` */
  duration?: number | string | undefined;
  /** Seed of the delays. @default a random one */
  seed?: number | undefined;
  /** A round that takes longer hangs: `'10s'`, or milliseconds. @default '10s' */
  roundLimit?: number | string | undefined;
  /** Build the program with a sanitizer, whose reports are faults. @default none */
  sanitizer?: SanitizerName | undefined;
  /** End the run at the first fault. @default false */
  stopOnFault?: boolean | undefined;
  /** End the run after this number of faults; 0: no limit. @default 0 */
  maxFaults?: number | undefined;
  /** Have the explorer look for each kind of fault, and give it a ticket and a trace. @default false */
  tickets?: boolean | undefined;
  /** Ends the run; its report is then partial. */
  signal?: AbortSignal | undefined;
}

/** Every parameter of a run of own C on real threads, as reports show it. */
export interface ProgramStressPlanReport {
  /** The files, as one name. */
  scenario: string;
  /** Sources. */
  files: string[];
  /** The compiler; null: clang where it is there, else gcc. */
  cc: string | null;
  /** Flags that every file is compiled with. */
  flags: string[];
  /** Compiled with -O1. */
  optimize: boolean;
  /** Where flags of files are taken from; null: nowhere. */
  compileCommands: string | null;
  /** What it is built with; null: no sanitizer. */
  sanitizer: SanitizerName | null;
  /** Seed of the delays; that of each round is made of it. */
  seed: number;
  /** Runs of the program; 0: no limit. */
  rounds: number;
  /** Time limit; 0: none. */
  durationMs: number;
  /** A round that takes longer hangs. */
  roundLimitMs: number;
  /** The first fault ends the run. */
  stopOnFault: boolean;
  /** This number of faults ends the run; 0: no limit. */
  maxFaults: number;
  /** The explorer gives tickets to its faults. */
  tickets: boolean;
  /** Outcomes that are acceptable. */
  allowOutcomes: string[];
  /** Outcomes that are faults. */
  forbidOutcomes: string[];
}

/** A checked plan, ready to run. */
export interface ProgramStressPlan {
  program: Program;
  report: ProgramStressPlanReport;
  signal: AbortSignal | undefined;
}

const OPTIONS: readonly string[] = [
  'rounds',
  'duration',
  'seed',
  'roundLimit',
  'sanitizer',
  'stopOnFault',
  'maxFaults',
  'tickets',
  'allowOutcomes',
  'forbidOutcomes',
  'signal',
];

/** How long a round may take. */
export const ROUND_LIMIT = {
  name: 'roundLimit',
  unit: 'milliseconds',
  fallback: 10_000,
  min: 10,
  max: 3_600_000,
} as const;

function readSanitizer(name: unknown): SanitizerName | null {
  if (name === undefined) return null;
  const found = SANITIZERS.find((one) => one === name);
  if (found) return found;
  const what = SANITIZERS.map((one) => `\`${one}\``).join(' or ');
  if (typeof name !== 'string') throw wrongType('sanitizer', what, name);
  throw outOfRange('sanitizer', what, name, didYouMean(name, SANITIZERS));
}

function readSwitch(options: ProgramStressOptions, name: 'stopOnFault' | 'tickets'): boolean {
  const value: unknown = options[name] ?? false;
  if (typeof value !== 'boolean') throw wrongType(name, '`true` or `false`', value);
  return value;
}

function readNumber(options: ProgramStressOptions, name: 'rounds' | 'maxFaults'): number {
  return paramToNumber(findParam(name), options[name] ?? findParam(name).fallback);
}

/**
 * Check what {@link stress} was given for a program.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 */
export function makeProgramStressPlan(
  program: Program,
  options: ProgramStressOptions = {},
): ProgramStressPlan {
  if (!isProgram(program)) throw wrongType('program', 'what `program()` returns', program);
  checkOptions(options, OPTIONS);
  checkSignal(options.signal);
  const { duration, roundLimit = ROUND_LIMIT.fallback, seed } = options;
  const time = findParam('durationMs');
  const rounds = readNumber(options, 'rounds');
  const { allowOutcomes, forbidOutcomes } = readOutcomeRules(options);
  return {
    program,
    signal: options.signal,
    report: {
      scenario: program.name,
      files: [...program.files],
      cc: program.cc ?? null,
      flags: [...program.flags],
      optimize: program.optimize,
      compileCommands: program.compileCommands ?? null,
      sanitizer: readSanitizer(options.sanitizer),
      seed: seed === undefined ? randomSeed() : paramToNumber(findParam('seed'), seed),
      rounds,
      durationMs:
        duration === undefined
          ? rounds > 0
            ? 0
            : time.fallback
          : parseDuration(duration, 'duration', time),
      roundLimitMs: parseDuration(roundLimit, 'roundLimit', ROUND_LIMIT),
      stopOnFault: readSwitch(options, 'stopOnFault'),
      maxFaults: readNumber(options, 'maxFaults'),
      tickets: readSwitch(options, 'tickets'),
      allowOutcomes: [...allowOutcomes],
      forbidOutcomes: [...forbidOutcomes],
    },
  };
}
