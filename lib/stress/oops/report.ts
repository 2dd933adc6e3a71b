import os from 'node:os';
import { DmTortureError } from '../../base/errors';
import type { OutputOf } from '../../base/output-of';
import type { death, oopsResult } from '../../reports/documents/oops';
import type { ReportHead } from '../../reports/head';
import { siteText } from '../../story/trace';
import { DEATHS, type DeathName } from '../../tables/deaths';
import type { HostDeath, HostDied, HostSite } from './host';
import type { OopsPlanReport } from './plan';
import type { Functions } from './symbols';

/** How the process died. */
export type Death = OutputOf<typeof death>;

/** The report of {@link oops}. */
export interface OopsReport extends ReportHead<'oops'>, OutputOf<typeof oopsResult> {
  /** Every parameter. */
  plan: OopsPlanReport;
}

type Sited = Pick<Death, 'function' | 'code' | 'file' | 'line' | 'object' | 'field'>;

const orNull = (text: string): string | null => (text === '' ? null : text);

function describeSite(site: HostSite | null | undefined): Sited {
  if (!site) return { function: '', code: '', file: null, line: null, object: null, field: null };
  const { function: name, text, file, line, object, field } = site;
  return {
    function: name,
    code: text,
    file: orNull(file),
    line,
    object: orNull(object),
    field: orNull(field),
  };
}

/** What new memory is filled with where nobody cleared it, as a kernel does that looks for it. */
const POISON = '5a'.repeat(8);
const NULL = '0'.repeat(16);
/** What a number is marked with that has no device yet, and an error that is taken for a pointer. */
const MARK = 'f'.repeat(16);

/** A pointer to what was never memory, in words. */
function pointerText(pointer: string): string {
  if (pointer === POISON) return `${pointer}, which new memory is filled with`;
  if (pointer === NULL) return 'NULL';
  return pointer === MARK ? `${pointer}, a mark or an error` : pointer;
}

/** `a write to freed memory at 00007f05e6389058 (56 bytes into a freed md)`. */
function saysOf(died: HostDeath, by: DeathName): string {
  const { access, address, pointer = '', message = '', freed } = died;
  const { says } = DEATHS[by];
  if (by === 'bug' || by === 'freed-twice') return `${says}: ${message}`;
  const at = address === undefined ? '' : ` at ${address}`;
  if (by === 'unloaded') return `${says}${at}`;
  if (by === 'wild') return `a ${access ?? 'touch'}${at} by ${says}: ${pointerText(pointer)}`;
  const into = freed && ` (${freed.offset} bytes into a freed ${freed.object})`;
  const touch = { read: 'a read of', write: 'a write to', none: 'a touch of' }[access ?? 'none'];
  return `${touch} ${says}${at}${into ?? ''}`;
}

const orClosing = (cpu: number, threads: number): number | null => (cpu > threads ? null : cpu);

/** What a process dies of by itself. */
const DEADLY = ['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGABRT'] as const;

/**
 * What the host printed of a death, with names.
 *
 * @param signal - The number of the signal that ended the process: for an address that is not aligned,
 *   some processors have one of their own.
 */
export function describeDeath(
  died: HostDeath,
  functions: Functions,
  threads: number,
  signal: number,
): Death {
  const { end, touched, site, freed, minor, op } = died;
  if (end === 'stray') {
    const message = `The host of oops mode died outside the programs (round ${died.round})`;
    throw new DmTortureError('ERR_NATIVE_CRASH', message);
  }
  return {
    by: end,
    signal: DEADLY.find((name) => os.constants.signals[name] === signal) ?? DEATHS[end].signal,
    says: saysOf(died, end),
    atMs: died.atMs,
    round: died.round,
    cpu: orClosing(died.cpu, threads),
    op: op === '' ? null : op,
    minor: minor ?? null,
    address: died.address ?? null,
    access: died.access ?? null,
    pointer: died.pointer ?? null,
    ...describeSite(site ?? touched),
    trace: functions.protocol(died.trace, end === 'freed' || end === 'wild'),
    freed: freed
      ? {
          object: freed.object,
          offset: freed.offset,
          cpu: orClosing(freed.cpu, threads),
          ...sourceOf(freed.site),
          trace: functions.protocol(freed.trace, false),
        }
      : null,
  };
}

function sourceOf(site: HostSite | null): Pick<Sited, 'function' | 'code' | 'file' | 'line'> {
  const { function: name, code, file, line } = describeSite(site);
  return { function: name, code, file, line };
}

/** Where it died, for a reader: `dm_get: atomic_inc(&md->holders)`. */
export const deathSite = (died: Death): string => siteText(died);

/**
 * A child that ended as no death of the programs explains is our own bug.
 *
 * @throws DmTortureError ERR_NATIVE_CRASH
 */
export function checkEnd({ signal, status, killed, death: died }: HostDied): void {
  if (killed || died || (signal === 0 && status === 0)) return;
  const names = Object.entries(os.constants.signals);
  const name = names.find(([, number]) => number === signal)?.[0];
  const how = name ?? `exit code ${status}`;
  throw new DmTortureError(
    'ERR_NATIVE_CRASH',
    `The child of oops mode ended with ${how}, unexplained`,
  );
}
