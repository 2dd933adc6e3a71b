import type { Place } from '../../story/trace';
import { ALLOCATOR_SIGNS, ROUND_FAULTS, SANITIZER_SIGNS } from '../../tables/round-faults';
import type { FaultKind } from '../../tables/tables';
import type { RoundEnd } from './round';

/** What a round shows to be wrong. */
export interface Sighting {
  kind: FaultKind;
  message: string;
  /** What its own text says of the place; the rest is looked up. */
  place: Pick<Place, 'function' | 'file' | 'line'>;
  /** The address in the program where a signal came; undefined: not known. */
  address: string | undefined;
}

const NOWHERE: Sighting['place'] = { function: '', file: null, line: null };

function sighting(
  kind: FaultKind,
  message: string,
  more: { place?: Sighting['place']; address?: string } = {},
): Sighting {
  return { kind, message, place: more.place ?? NOWHERE, address: more.address };
}

/** `queue: queue.c:20: main: Assertion `count == 2' failed.`, as glibc and musl print it. */
const ASSERTIONS = [
  /^(?:.*: )?(?<file>[^:\n]+):(?<line>\d+): (?<function>.+): Assertion `(?<condition>.*)' failed\.$/m,
  /^Assertion failed: (?<condition>.*) \((?<file>[^:\n]+): (?<function>.+): (?<line>\d+)\)$/m,
];

function assertion(stderr: string): Sighting | undefined {
  for (const pattern of ASSERTIONS) {
    const { file, line, function: name = '', condition } = pattern.exec(stderr)?.groups ?? {};
    if (file === undefined) continue;
    // clang says `int main(void)` where gcc says `main`.
    const place = { function: /(\w+)\(/.exec(name)?.[1] ?? name, file, line: Number(line) };
    return sighting(ROUND_FAULTS.failed, `assert(${condition})`, { place });
  }
  return undefined;
}

function aborted(stderr: string): Sighting {
  const asserted = assertion(stderr);
  if (asserted) return asserted;
  for (const [pattern, kind] of ALLOCATOR_SIGNS) {
    const said = pattern.exec(stderr)?.[0];
    if (said !== undefined) return sighting(kind, said);
  }
  const last = stderr.trim().split('\n').at(-1) ?? '';
  return sighting(ROUND_FAULTS.gaveUp, last === '' ? 'abort()' : last);
}

/** `WARNING: ThreadSanitizer: data race (pid=7)`, `==7==ERROR: AddressSanitizer: SEGV on ...`. */
const REPORT = /^(?:==\d+==\s*)?(?:WARNING|ERROR|FATAL): (?:Thread|Address)Sanitizer:? (.*)$/gm;
/** `#0 put /home/me/queue.c:8:9 (program+0x1234)`, `#1 0x55d in put queue.c:8`. */
const FRAME = /^\s*#\d+ (?:0x[0-9a-f]+ in )?(\S+)(?:\([^)]*\))? ([^\s:()<>][^:\n]*):(\d+)/gm;
/** `#0 put <null> (program+0x1234)`, where nothing here can read debug information. */
const BARE_FRAME = /^\s*#\d+ .*\((?:\S*\/)?program\+(0x[0-9a-f]+)\)/m;
/** Frames of the sanitizer, of the C library, and of the library that delays. */
const FOREIGN = /sanitizer|tsan_|asan_|compiler-rt|sysdeps|\/delay\/delay\.c/;

/** Where a report begins, as far as it says so. */
function frameOf(text: string): { place?: Sighting['place']; address?: string } {
  for (const [, name = '', file = '', line] of text.matchAll(FRAME)) {
    if (!FOREIGN.test(file)) return { place: { function: name, file, line: Number(line) } };
  }
  const address = BARE_FRAME.exec(text)?.[1];
  return address === undefined ? {} : { address };
}

function reported(text: string, title: string): Sighting | undefined {
  const kind = SANITIZER_SIGNS.find(([pattern]) => pattern.test(title))?.[1];
  if (kind === undefined) return undefined;
  const message = title.replace(/ \(pid=\d+\)$| on (?:unknown )?address .*$| 0x[0-9a-f]+.*$/, '');
  return sighting(kind, message, frameOf(text));
}

/** What a sanitizer reports, each once; nothing where there was none. */
export function sanitizerReports(stderr: string): Sighting[] {
  const starts = [...stderr.matchAll(REPORT)];
  return starts.flatMap((match, i) => {
    const text = stderr.slice(match.index, starts[i + 1]?.index ?? stderr.length);
    return reported(text, match[1] ?? '') ?? [];
  });
}

const CRASHES: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGSEGV: 'an address that is not there, or may not be touched that way',
  SIGBUS: 'an address that cannot be reached',
  SIGFPE: 'arithmetic that has no result, such as a division by zero',
  SIGILL: 'an instruction that does not exist, or a trap',
  SIGTRAP: 'a trap',
};

function killed(signal: NodeJS.Signals, stderr: string): Sighting {
  if (signal === 'SIGABRT') return aborted(stderr);
  const why = CRASHES[signal];
  if (why === undefined) return sighting(ROUND_FAULTS.gaveUp, `ended by ${signal}`);
  const address = /^dmtorture: signal at (0x[0-9a-f]+)$/m.exec(stderr)?.[1];
  return sighting(ROUND_FAULTS.crashed, `${signal}: ${why}`, {
    ...(address !== undefined && { address }),
  });
}

/** Everything that is wrong with how a round ended; nothing where it ended well. */
export function sightingsOf(end: RoundEnd, limitText: string): Sighting[] {
  const { status, signal, ended, threads, stderr } = end;
  if (ended === 'stopped') return [];
  const reports = sanitizerReports(stderr);
  if (reports.length > 0) return reports;
  if (ended === 'stuck') {
    const all = threads === 1 ? 'the only thread waits' : `all ${threads} threads wait`;
    return [sighting(ROUND_FAULTS.stuck, `${all}, and nothing can wake one`)];
  }
  if (ended === 'late')
    return [sighting(ROUND_FAULTS.late, `the round did not end in ${limitText}`)];
  if (signal !== null) return [killed(signal, stderr)];
  return status === 0 ? [] : [sighting(ROUND_FAULTS.failed, `exit status ${status}`)];
}
