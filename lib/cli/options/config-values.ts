import { inspect } from 'node:util';
import { whyNot } from '../terminal/why-not';

/** A profile has a command, that an option, and that several values, which may have names. */
const DEPTH_MAX = 8;
const REASON_MAX = 300;

/**
 * A copy of what a config file holds: its own members, each read once. So a getter that throws, or
 * a value that holds itself, is the file's fault, and is found while the file is read.
 *
 * @throws Error for what is nested deeper than any option
 */
export function copyPlain(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEPTH_MAX) {
    throw new Error(`its values are nested deeper than ${DEPTH_MAX} levels, or hold themselves`);
  }
  if (Array.isArray(value)) return value.map((item) => copyPlain(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, copyPlain(member, depth + 1)]),
  );
}

/** Why a config file did not load, in a line: it may have thrown anything. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error && typeof error.message === 'string') return whyNot(error);
  const text = inspect(error, { depth: 0, breakLength: Number.POSITIVE_INFINITY });
  return `it threw ${text.slice(0, REASON_MAX)}`;
}
