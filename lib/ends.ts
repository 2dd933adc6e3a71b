import { append } from './bounds';
import { formatResult } from './errno';
import { type Check, type FinalDevice, type FinalState, refusal } from './final';
import type { NativeExplored } from './native-explore';
import { formatOutcome, type Programs } from './program';

/** How an end travels: see native/play/left.h. */
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

/** The ends that a check refuses, one after another, as the engine takes them. */
export function refusedEnds(
  programs: Programs,
  check: Check,
  explored: NativeExplored,
  timeoutMs?: number,
): Int32Array {
  const refused: number[] = [];
  for (const { results, grade } of explored.outcomes) {
    const state = grade === FORBIDDEN ? undefined : describeEnd(programs, results);
    if (state && refusal(check, state, timeoutMs) !== undefined) append(refused, results);
  }
  return Int32Array.from(refused);
}
