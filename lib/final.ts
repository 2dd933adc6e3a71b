import { stripVTControlCharacters, types } from 'node:util';
import { wrongType } from './errors';

/** A device that is there when the threads of a race have ended. */
export interface FinalDevice {
  /** Its minor. */
  minor: number;
  /** 1 where its name alone holds it; 0 where the minor is taken and there is no device. */
  references: number;
  /** It can be found by name. */
  named: boolean;
  /** Events that were raised on it. */
  events: number;
}

/** How an execution ended: its threads are through, and `after` has not begun. */
export interface FinalState {
  /** Such as `create 0=0 | find 0=-ENXIO`, as in the outcomes of a report. */
  outcome: string;
  /** What each operation of each thread returned, cpu1's first: 0 or above, or -errno. */
  results: number[][];
  /** By rising minor. */
  devices: FinalDevice[];
  /** References on the module; null where it is unloaded. */
  moduleReferences: number | null;
}

/**
 * Looks at how an execution ended, and refuses it by throwing, by returning false, or by returning
 * what is wrong as a text. It sees each different end, in any order and more than once.
 */
export type Check = (state: FinalState) => unknown;

/** A message in one line: what a matcher throws has several, and colors. */
function oneLine(message: string): string {
  const lines = stripVTControlCharacters(message).split('\n');
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('; ');
}

/**
 * What a check has against a state; undefined: nothing.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, where the check returns something else
 */
export function refusal(check: Check, state: FinalState): string | undefined {
  let said: unknown;
  try {
    said = check(state);
  } catch (error) {
    return oneLine(error instanceof Error ? error.message : String(error)) || 'the check threw';
  }
  if (said === undefined || said === true) return undefined;
  if (said === false) return 'the check returned false';
  if (typeof said === 'string') return oneLine(said) || 'the check returned a text';
  // Nobody would look at what becomes of it.
  if (types.isPromise(said)) said.catch(() => undefined);
  throw wrongType('check', 'a function that returns nothing, a boolean or a text at once', said);
}
