import { stripVTControlCharacters, types } from 'node:util';
import { type Context, createContext, Script } from 'node:vm';
import { DmTortureError, wrongType } from '../base/errors';
import { ownRealm } from '../base/own-realm';

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
 * what is wrong as a text. It sees each different end, in any order and more than once, a copy each
 * time, and has to say the same each time.
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

/** What a check threw, as it can travel in a report. */
export interface CheckCause {
  /** Such as `AssertionError`. */
  name: string;
  /** All lines of it, without colors. */
  message: string;
  /** The first frame of its stack: `check (/home/me/race.test.ts:12:5)`; empty where it has none. */
  at: string;
}

/** What a check has against a state. */
export interface Refusal {
  /** In one line. */
  said: string;
  cause?: CheckCause;
}

/** How long a check may take where nothing else limits it, in milliseconds. */
const CHECK_TIME_MS = 10_000;

/** What a value has under a name; undefined where it throws when it is asked. */
function ask(value: unknown, name: 'name' | 'message' | 'stack'): unknown {
  try {
    return (Object(value) as Partial<Error>)[name];
  } catch {
    return undefined;
  }
}

/** A text of any value; where it has none, what kind of value it is. */
function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return `a value without a text, of type ${typeof value}`;
  }
}

function causeOf(error: unknown): CheckCause {
  // Errors of another realm, such as a test runner's, are errors, too.
  const [name, message, stack] = [ask(error, 'name'), ask(error, 'message'), ask(error, 'stack')];
  const frames = typeof stack === 'string' ? stripVTControlCharacters(stack).split('\n') : [];
  const first = frames.map((line) => /^\s+at (.*)$/.exec(line)?.[1]).find((at) => at !== undefined);
  return {
    name: typeof name === 'string' ? name : typeof error,
    message: stripVTControlCharacters(typeof message === 'string' ? message : textOf(error)),
    at: first ?? '',
  };
}

/** Made once: a check is asked about thousands of states. */
let sandbox: Context | undefined;
let script: Script | undefined;

/** What a check did: it returned, or it threw. */
interface Answer {
  said?: unknown;
  thrown?: { error: unknown };
}

/**
 * Call a check that may not come back. It gets a copy, so that it cannot change what is reported; a
 * script with a time limit ends it wherever it loops.
 *
 * @throws DmTortureError ERR_CHECK_TIMEOUT
 */
function call(check: Check, state: FinalState, timeoutMs: number): Answer {
  const answer: Answer = {};
  const askCheck = (): void => {
    try {
      answer.said = check(ownRealm(state));
    } catch (error) {
      answer.thrown = { error };
    }
  };
  try {
    sandbox ??= createContext({});
    sandbox.ask = askCheck;
    script ??= new Script('ask()');
    script.runInContext(sandbox, { timeout: Math.ceil(timeoutMs) });
  } catch (error) {
    if (Object(error).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    const message = `the check of the race did not return within ${Math.ceil(timeoutMs)} ms, on ${state.outcome}`;
    throw new DmTortureError('ERR_CHECK_TIMEOUT', message, { option: 'check' });
  }
  return answer;
}

function askOnce(check: Check, state: FinalState, timeoutMs: number): Refusal | undefined {
  const { said, thrown } = call(check, state, timeoutMs);
  if (thrown) {
    const cause = causeOf(thrown.error);
    return { said: oneLine(cause.message) || 'the check threw', cause };
  }
  if (said === undefined || said === true) return undefined;
  if (said === false) return { said: 'the check returned false' };
  if (typeof said === 'string') return { said: oneLine(said) || 'the check returned a text' };
  // Nobody would look at what becomes of it.
  if (types.isPromise(said)) said.catch(() => undefined);
  throw wrongType('check', 'a function that returns nothing, a boolean or a text at once', said);
}

/**
 * What a check has against a state; undefined: nothing. It is asked twice, since a check that
 * remembers would have another search look for what nobody finds.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, where the check returns something else,
 *   ERR_NOT_DETERMINISTIC where it gives two answers, ERR_CHECK_TIMEOUT where it does not return
 */
export function refusal(
  check: Check,
  state: FinalState,
  timeoutMs = CHECK_TIME_MS,
): Refusal | undefined {
  const first = askOnce(check, state, timeoutMs);
  const second = askOnce(check, state, timeoutMs);
  if ((first === undefined) === (second === undefined)) return first;
  const [one, other] = [first, second].map((answer) => answer?.said ?? 'nothing is wrong');
  const message =
    `the check of the race gave two answers on one final state, ${state.outcome}: ` +
    `first \`${one}\`, then \`${other}\`; what it says may depend on the state alone`;
  throw new DmTortureError('ERR_NOT_DETERMINISTIC', message, { option: 'check' });
}
