import { type BenchOwnLock, placesText } from '../../bench/own-locks';
import { describeVerified } from '../../story/finding';
import { findingText } from '../terminal/fault-story';
import { wrapText } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';

/** What became of a lock that has no figures. */
function failureText(own: BenchOwnLock, terminal: Terminal): string[] {
  const { lock, failure, faults } = own;
  if (!failure) return [];
  if (failure.kind === 'fault') {
    return faults.map((fault) => findingText(describeVerified(fault), terminal));
  }
  const { out, width } = terminal;
  const where = placesText(failure);
  const text = `${out.bold(out.red(`FAULT in ${lock}`))}: ${failure.message}`;
  const lines = [text, ...(where === '' ? [] : [where])];
  return [`${lines.flatMap((line) => wrapText(line, width())).join('\n')}\n`];
}

/** Locks of the user's that failed: the diagram and the ticket, or what became of the process. */
export const failuresText = (own: readonly BenchOwnLock[], terminal: Terminal): string[] =>
  own.flatMap((one) => failureText(one, terminal));

/** How far it is verified; a warning says why it is not. */
function saysOf({ failure, verification, evidence }: BenchOwnLock): string {
  if (failure) return `not measured: ${failure.kind === 'fault' ? 'a fault' : failure.message}`;
  return verification === 'verified' ? `verified: ${evidence}` : 'not verified';
}

/** `./my_lock.c: gcc 12.2.0 -O2 ...; verified: exhaustive under sc, tso, rc11 at 2x1`. */
function lineOf(own: BenchOwnLock): string {
  const { lock, calls, compiler, flags } = own;
  const how = calls === 'pointer' ? 'a library, called through pointers' : `${compiler} ${flags}`;
  return `${lock}: ${how}; ${saysOf(own)}`;
}

/** How each was compiled, and how far it is verified. */
export function ownText(own: readonly BenchOwnLock[], { out, width }: Terminal): string {
  return own.map((one) => `${wrapText(lineOf(one), width()).map(out.dim).join('\n')}\n`).join('');
}

/** What was just learned of a lock, in a line. */
export function ownNote({ lock, failure, verification, evidence }: BenchOwnLock): string {
  if (failure) return `${lock} is not measured: ${failure.message}`;
  return verification === 'verified' ? `${lock} is verified` : `${lock}: ${evidence}`;
}
