import type { Command } from 'commander';
import { memberOf } from '../../base/bounds';
import { nearest } from '../../base/suggest';
import { plural } from '../../base/text';
import { limitText, wasStopped } from '../../tables/limit';
import { rowAt, tables } from '../../tables/tables';
import { EXIT, type ExitCode } from '../exit';
import { faultKinds } from '../options/names';
import { addOptions, type OptionData } from '../options/option';
import { UsageError } from '../options/usage-error';
import { type Judged, judge, parseThreshold, type Threshold } from './threshold';

/** Which of these options a command has: reports with faults can be held against all of them. */
const GATED: Record<string, readonly (keyof GateFlags)[]> = {
  demo: ['threshold'],
  stress: ['failOn', 'threshold', 'expect'],
  explore: ['failOn', 'threshold', 'expect', 'allowIncomplete'],
  oops: ['failOn', 'expect'],
  matrix: ['threshold', 'allowIncomplete'],
  bisect: ['allowIncomplete'],
  bench: ['threshold'],
};

interface GateFlags {
  failOn?: string[];
  threshold?: string[];
  expect?: string[];
  allowIncomplete?: boolean;
}

/** The same, and what `stress` has that can find data races. */
interface GivenFlags extends GateFlags {
  sanitizer?: string;
  compare?: string[];
}

/** What a report says that can end in an exit code. */
interface Gated {
  faults?: readonly { kind: string; count?: number }[];
  outcomes?: readonly { grade: string }[];
  exhaustive?: boolean;
  complete?: boolean;
  /** Of a search: what cut it off. */
  limit?: string | null;
  /** What its run was asked for: whether its first faults end it. */
  plan?: { allFaults?: boolean; stopOnFault?: boolean; maxFaults?: number };
  /** Of a merge: what it is made of. */
  parts?: unknown;
  thresholds?: Judged[];
  expected?: { kinds: string[]; missing: string[]; unexpected: string[] };
}

/**
 * What `--fail-on` takes beside kinds of faults: any fault, nothing, an outcome that takes
 * concurrency, a search that a limit cut off.
 */
const WORDS = ['fault', 'none', 'interesting', 'incomplete'];

const KINDS = faultKinds;

/** The kind that is only found where it is looked for. */
const RACE = rowAt(
  tables.faults.filter(({ foundBy }) => foundBy === 'races'),
  0,
).slug;

const collect = (text: string, before: unknown): string[] => [
  ...((before as string[] | undefined) ?? []),
  ...text.split(',').map((part) => part.trim()),
];

/** Thresholds have commas of their own. */
const collectWhole = (text: string, before: unknown): string[] => [
  ...((before as string[] | undefined) ?? []),
  text,
];

const ROWS: Record<keyof GateFlags, OptionData> = {
  failOn: {
    flags: '--fail-on <kinds>',
    says: `what is a failure: ${WORDS.join(', ')}, or kinds`,
    choices: [...WORDS, ...KINDS],
    list: true,
    table: 'faults',
    fallback: 'fault',
    parse: collect,
  },
  expect: {
    flags: '--expect <kinds>',
    says: 'exit 0 if these faults are seen and no others, else 1',
    choices: KINDS,
    list: true,
    table: 'faults',
    parse: collect,
  },
  allowIncomplete: {
    flags: '--allow-incomplete',
    says: 'accept a search that a limit cut off (otherwise exit 4)',
  },
  threshold: {
    flags: '--threshold <limit>',
    says: "exit 4 unless the report has it: 'create.p99<5us', 'opsPerSecond>=1e6'; repeatable",
    parse: collectWhole,
  },
};
/** In the order of the help. */
const ORDER = ['failOn', 'expect', 'allowIncomplete', 'threshold'] as const;

/** Add the options to a command that has a report to hold against them. */
export function addGateOptions(command: Command): void {
  const flags = memberOf(GATED, command.name()) ?? [];
  addOptions(
    command,
    ORDER.filter((name) => flags.includes(name)).map((name) => ROWS[name]),
  );
}

/**
 * Whether the first fault leaves the exit code open. Then a search has to go on after it: that
 * another kind, or an outcome, is not there is known where everything was looked at.
 */
function asksPastFaults({ failOn = ['fault'], expect = [], threshold = [] }: GateFlags): boolean {
  if (expect.length > 0) return true;
  if (failOn.includes('fault')) return false;
  return !failOn.includes('none') || threshold.length > 0;
}

/** Set what a search has to look for, so that the exit code says what it was asked to say. */
export function implyOptions(command: Command): void {
  if (command.name() !== 'explore') return;
  const flags = command.opts<GateFlags & { allFaults?: boolean; races?: boolean }>();
  const { failOn = [], expect = [], allFaults, races } = flags;
  const source = `implied by ${expect.length > 0 ? '--expect' : '--fail-on'}`;
  if (allFaults === undefined && asksPastFaults(flags)) {
    command.setOptionValueWithSource('allFaults', true, source);
  }
  if (races === undefined && [...failOn, ...expect].includes(RACE)) {
    command.setOptionValueWithSource('races', true, source);
  }
}

function checkWords(flag: string, words: readonly string[], known: readonly string[]): void {
  for (const word of words) {
    if (known.includes(word)) continue;
    const close = nearest(word, known);
    const hint =
      close === undefined ? ` Expected ${known.join(', ')}.` : ` Did you mean '${close}'?`;
    throw new UsageError(`${flag}: '${word}' is not a kind of fault.${hint}`);
  }
}

/** Turns reports into the exit code that was asked for. */
export class Gate {
  readonly #tell: (sentence: string) => void;
  #failOn: readonly string[] = ['fault'];
  #expect: readonly string[] = [];
  #allowIncomplete = false;
  #thresholds: readonly Threshold[] = [];
  #asksPastFaults = false;
  #reports: Gated[] = [];

  constructor(tell: (sentence: string) => void) {
    this.#tell = tell;
  }

  /**
   * Read the options, before anything runs.
   *
   * @throws UsageError
   */
  open(flags: GivenFlags, command = ''): void {
    const { failOn, expect = [], allowIncomplete = false } = flags;
    // A comparison judges shares itself: a share of what it was.
    let { threshold = [] } = flags;
    if (flags.compare !== undefined) {
      const { isShare } = require('./shares') as typeof import('./shares');
      threshold = threshold.filter((text) => !isShare(text));
    }
    if (failOn !== undefined && expect.length > 0) {
      throw new UsageError('Give either --fail-on or --expect, not both');
    }
    if (allowIncomplete && failOn?.includes('incomplete')) {
      throw new UsageError('Give either --fail-on incomplete or --allow-incomplete, not both');
    }
    this.#failOn = failOn ?? this.#failOn;
    checkWords('--fail-on', this.#failOn, [...WORDS, ...KINDS]);
    if (this.#failOn.includes('none') && this.#failOn.length > 1) {
      throw new UsageError("--fail-on: 'none' goes with nothing else");
    }
    checkWords('--expect', expect, KINDS);
    const looksForRaces = command !== 'stress' || flags.sanitizer === 'thread';
    if (!looksForRaces && [...this.#failOn, ...expect].includes(RACE)) {
      throw new UsageError(`stress does not look for ${RACE}: explore does`);
    }
    this.#allowIncomplete = allowIncomplete;
    // What was expected and seen is so, wherever a run that was to stop at a fault ended.
    this.#asksPastFaults = expect.length === 0 && asksPastFaults(flags);
    this.#expect = expect;
    this.#thresholds = threshold.map(parseThreshold);
    if (threshold.length > 0) {
      const words = require('./threshold-words') as typeof import('./threshold-words');
      words.checkWords(this.#thresholds);
    }
  }

  /** A report that is about to be printed: what is found of it becomes a part of it. */
  see(report: object): void {
    const gated = report as Gated;
    this.#reports.push(gated);
    if (this.#thresholds.length > 0) {
      gated.thresholds = this.#thresholds.map((threshold) => judge(threshold, report));
    }
    if (this.#expect.length > 0) {
      gated.expected = { kinds: [...this.#expect], ...heldAgainst(this.#expect, kindsOf(gated)) };
    }
  }

  /** The exit code, from that of the command; says why where it is another. */
  settle<Code extends number>(code: Code): Code | ExitCode {
    // An interrupted run, or one that failed, is that.
    if (code !== EXIT.clean && code !== EXIT.fault) return code;
    if (this.#thresholds.length > 0 && this.#reports.length === 0) {
      throw new Error('no report to hold against --threshold');
    }
    const faulted = this.#settleFaults(code);
    const missed = this.#missed();
    for (const sentence of missed) this.#tell(sentence);
    return faulted === EXIT.clean && missed.length > 0 ? EXIT.missed : faulted;
  }

  #settleFaults<Code extends number>(code: Code): Code | ExitCode {
    if (this.#expect.length > 0) return this.#settleExpected();
    if (code === EXIT.clean || this.#failOn.includes('fault')) return code;
    const kinds = this.#reports.flatMap(kindsOf);
    return kinds.some((kind) => this.#failOn.includes(kind)) ? EXIT.fault : EXIT.clean;
  }

  #settleExpected(): ExitCode {
    const seen = [...new Set(this.#reports.flatMap(kindsOf))];
    const { missing, unexpected } = heldAgainst(this.#expect, seen);
    if (missing.length + unexpected.length === 0) {
      this.#tell(`as expected: ${this.#expect.join(', ')}`);
      return EXIT.clean;
    }
    const instead = seen.length === 0 ? 'no fault was' : `seen: ${seen.join(', ')}`;
    const wrong =
      missing.length > 0
        ? `did not see ${missing.join(', ')}; ${instead}`
        : `saw ${unexpected.join(', ')} as well`;
    this.#tell(`expected ${this.#expect.join(', ')}, and ${wrong}`);
    return EXIT.fault;
  }

  /** Everything that was asked for and is not so, a sentence each. */
  #missed(): string[] {
    const missed = this.#reports.flatMap(({ thresholds = [] }) =>
      thresholds.flatMap(({ says }) => says ?? []),
    );
    for (const report of this.#reports) {
      const { outcomes = [], exhaustive } = report;
      const interesting = outcomes.filter(({ grade }) => grade === 'interesting').length;
      if (interesting > 0 && this.#failOn.includes('interesting')) {
        missed.push(
          `--fail-on interesting: ${plural(interesting, 'outcome')} ${interesting === 1 ? 'takes' : 'take'} concurrency`,
        );
      }
      if (exhaustive === false && this.#failOn.includes('incomplete')) {
        missed.push('--fail-on incomplete: the search did not come to its end');
      } else if (isUnfinished(report) && !this.#allowIncomplete) {
        const why = report.limit ? `: ${limitText(report.limit)}` : '';
        missed.push(`the search is unfinished${why}; --allow-incomplete accepts that`);
      }
      const ended = this.#asksPastFaults && !this.#allowIncomplete && endedByFault(report);
      if (ended) missed.push(`${ended}: other kinds of fault were not looked for`);
    }
    return missed;
  }
}

/** Whether a limit cut a search off; only searches have a `limit`. */
function isUnfinished({ complete = true, limit, parts }: Gated): boolean {
  return !complete && limit !== undefined && !wasStopped({ complete, limit, parts });
}

/** How a fault ended a run; undefined where the run went on after its faults. */
function endedByFault({ faults = [], exhaustive, plan = {} }: Gated): string | undefined {
  const [first] = faults;
  if (first === undefined) return undefined;
  const { allFaults, stopOnFault, maxFaults = 0 } = plan;
  if (allFaults === false && exhaustive === false) {
    return `the search ended at its first fault, ${first.kind}, without --all-faults`;
  }
  if (stopOnFault) return `the run ended at ${first.kind}, as --stop-on-fault asks`;
  const seen = faults.reduce((sum, { count = 0 }) => sum + count, 0);
  return maxFaults > 0 && seen >= maxFaults ? 'the run ended at --max-faults' : undefined;
}

/** What was to be seen and was not, and what was seen besides. */
function heldAgainst(
  kinds: readonly string[],
  seen: readonly string[],
): { missing: string[]; unexpected: string[] } {
  return {
    missing: kinds.filter((kind) => !seen.includes(kind)),
    unexpected: [...new Set(seen)].filter((kind) => !kinds.includes(kind)),
  };
}

function kindsOf({ faults = [] }: Gated): string[] {
  return faults.map(({ kind }) => kind);
}
