import { append } from '../base/bounds';
import type { NativeExplored } from '../native/explore';
import { formatResult } from '../tables/errno';
import { type Check, type FinalDevice, type FinalState, refusal } from './final';
import { formatOutcome } from './program';
import type { Programs } from './race';

/** How an end travels: see native/programs/left.h. */
const MODULE_GONE = -1;
const UNKNOWN = -2;
const DEVICE_NUMBERS = 4;
const NO_DEVICE = -1;

/** How an end is graded that is a fault. */
const FORBIDDEN = 2;

/** The state that the numbers of an end stand for; undefined where it was not reached. */
export function describeEnd(programs: Programs, end: readonly number[]): FinalState | undefined {
  const results: number[][] = [];
  let at = 0;
  for (const { length } of programs.cpus) {
    results.push(end.slice(at, at + length));
    at += length;
  }
  const module = end[at];
  if (module === undefined || module === UNKNOWN) return undefined;
  const devices: FinalDevice[] = [];
  for (at += 1; at < end.length; at += DEVICE_NUMBERS) {
    const [minor = NO_DEVICE, references = 0, named = 0, events = 0] = end.slice(at);
    if (minor !== NO_DEVICE) devices.push({ minor, references, named: named !== 0, events });
  }
  return {
    outcome: formatOutcome(programs, results.flat(), formatResult),
    results,
    devices,
    moduleReferences: module === MODULE_GONE ? null : module,
  };
}

/** What is left, in words: `device 0 (1 reference)`. */
export function leftText({ devices, moduleReferences }: FinalState): string {
  const texts = devices.map(({ minor, references, named, events }) => {
    const facts = [`${references} reference${references === 1 ? '' : 's'}`];
    if (!named) facts.push('no name');
    if (events > 0) facts.push(`${events} event${events === 1 ? '' : 's'}`);
    return `device ${minor} (${facts.join(', ')})`;
  });
  if (texts.length === 0) texts.push('no device');
  if (moduleReferences === null) texts.push('the module is unloaded');
  return texts.join(', ');
}

/** A check has so long for its ends, however little of a time limit the search left. */
const ASKING_MS = 100;

/** What a check has against the ends of a search. */
export interface RefusedEnds {
  /** Those that it refuses, one after another, as the engine takes them. */
  refused: Int32Array;
  /** False where the time was over before the check had seen all of them. */
  all: boolean;
}

/** Ask a check about every end. @param leftMs - What is left of a time limit; undefined: none. */
export function refusedEnds(
  programs: Programs,
  check: Check,
  explored: NativeExplored,
  leftMs?: number,
): RefusedEnds {
  const refused: number[] = [];
  const untilMs =
    leftMs === undefined ? undefined : performance.now() + Math.max(ASKING_MS, leftMs);
  for (const { results, grade } of explored.outcomes) {
    const timeoutMs = untilMs === undefined ? undefined : untilMs - performance.now();
    if (timeoutMs !== undefined && timeoutMs <= 0) {
      return { refused: Int32Array.from(refused), all: false };
    }
    const state = grade === FORBIDDEN ? undefined : describeEnd(programs, results);
    // However late it is: only one that takes longer is a loop.
    const patienceMs = timeoutMs && Math.max(ASKING_MS, timeoutMs);
    if (state && refusal(check, state, patienceMs) !== undefined) append(refused, results);
  }
  return { refused: Int32Array.from(refused), all: true };
}
