import { oneLine } from './sinks/inert';

/** What a {@link DmTortureError} can be, as its `code`. */
export type ErrorCode =
  /** An argument has a wrong type, or an option is not known. */
  | 'ERR_INVALID_ARG_TYPE'
  /** An argument has a value that is not allowed. */
  | 'ERR_OUT_OF_RANGE'
  /** Options that do not go together. */
  | 'ERR_INCOMPATIBLE_OPTIONS'
  /** A method of something that was disposed of, or an operation of a program that is closed. */
  | 'ERR_DISPOSED'
  /** No native binary was found, or it does not load. */
  | 'ERR_NATIVE_MISSING'
  /** What has to be the same when it is done again was not: a check, or a program. */
  | 'ERR_NOT_DETERMINISTIC'
  /** The check of a race did not return. */
  | 'ERR_CHECK_TIMEOUT'
  /** The process of an isolated run died. */
  | 'ERR_NATIVE_CRASH'
  /** The operating system refused memory or threads. */
  | 'ERR_NO_RESOURCES'
  /** A ticket is damaged. */
  | 'ERR_BAD_TICKET'
  /** A ticket is of another version. */
  | 'ERR_TICKET_VERSION'
  /** A document that is not a report of dmtorture, or is damaged. */
  | 'ERR_BAD_REPORT'
  /** Reports that cannot become one. */
  | 'ERR_REPORTS_DIFFER'
  /** No compiler for own C was found, or it is too old. */
  | 'ERR_NO_COMPILER'
  /** Own C does not compile, or does not link: the compiler's own message. */
  | 'ERR_COMPILE'
  /** Own C that cannot be explored: it calls what is not modelled, starts no thread, needs input. */
  | 'ERR_PROGRAM'
  /** A journal that is damaged, or of another run. */
  | 'ERR_BAD_JOURNAL'
  /** `Idr.replace()`: the id lies above the tree. */
  | 'EINVAL'
  /** `Idr.replace()`: the slot is free. */
  | 'ENOENT';

/**
 * Misuse, or a failure of the tool itself. A fault is never one: faults are results.
 *
 * @example
 * try {
 *   stress({ threads: 0 });
 * } catch (error) {
 *   if (error instanceof DmTortureError) console.error(error.code, error.option);
 * }
 */
export class DmTortureError extends Error {
  /** Always `DmTortureError`. */
  override readonly name = 'DmTortureError';
  /** What went wrong, for programs. */
  readonly code: ErrorCode;
  /** The option or argument that was wrong, where there is one. */
  readonly option?: string;

  constructor(
    code: ErrorCode,
    message: string,
    details: { option?: string; cause?: unknown } = {},
  ) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.code = code;
    if (details.option !== undefined) this.option = details.option;
  }
}

/** A value as an error message shows it: in one line, and not longer than one reads. */
export function show(value: unknown): string {
  if (typeof value === 'string') return shortened(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

const SHOWN_MAX = 200;

/** A text of any length and content, for a sentence: its beginning, in one line. */
export function shortened(text: string): string {
  const cut = text.length > SHOWN_MAX;
  return oneLine(cut ? `${text.slice(0, SHOWN_MAX)}…` : text);
}

/** Expected `holdNs` to be 0..1000000 (nanoseconds), got `-5`. */
export function expected(option: string, what: string, got: unknown): string {
  return `Expected \`${option}\` to be ${what}, got \`${show(got)}\``;
}

/** An argument of a wrong type. */
export function wrongType(option: string, what: string, got: unknown, hint = ''): DmTortureError {
  const message = expected(option, what, got) + hint;
  return new DmTortureError('ERR_INVALID_ARG_TYPE', message, { option });
}

/** An argument of the right type and a value that is not allowed. */
export function outOfRange(option: string, what: string, got: unknown, hint = ''): DmTortureError {
  return new DmTortureError('ERR_OUT_OF_RANGE', expected(option, what, got) + hint, { option });
}

/** Options that do not go together. */
export function incompatible(option: string, message: string): DmTortureError {
  return new DmTortureError('ERR_INCOMPATIBLE_OPTIONS', message, { option });
}
