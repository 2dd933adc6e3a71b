import { DmTortureError } from '../../base/errors';
import { findExecutable } from '../../native/executable';
import { runHost } from '../../own/run';
import type { DeathName } from '../../tables/deaths';
import type { FaultKind, OpSlug } from '../../tables/tables';
import type { OopsPlan } from './plan';

/*
 * The host runs the programs in a child of its own, and prints how that died. This process does
 * neither: it reads lines. See native/oops.
 */

/** A place, as the host prints it. */
export interface HostSite {
  function: string;
  text: string;
  file: string;
  line: number;
  object: string;
  field: string;
}

/** A death, as the host prints it; frames are offsets from where its code begins. */
export interface HostDeath {
  end: DeathName | 'stray';
  atMs: number;
  round: number;
  cpu: number;
  op: OpSlug | '';
  minor?: number;
  address?: string;
  access?: 'read' | 'write';
  pointer?: string;
  touched?: HostSite | null;
  fault?: FaultKind;
  site?: HostSite;
  message?: string;
  freed?: { object: string; offset: number; cpu: number; site: HostSite | null; trace: string[] };
  trace: string[];
}

/** The last line of the host. */
export interface HostDied {
  rounds: number;
  /** What ended the child; 0: it ended by itself. */
  signal: number;
  status: number;
  /** It came to no end, and was killed. */
  killed: boolean;
  lived: Partial<Record<FaultKind, number>>;
  death?: HostDeath;
}

const NAME = 'dmtorture-oops';
const OF = 'oops mode';
const EXIT_FAILED = 3;

/**
 * The host that is there.
 *
 * @throws DmTortureError ERR_NATIVE_MISSING
 */
export function findOopsHost(platform: string = process.platform): string {
  if (platform !== 'linux') {
    const message = `Oops mode needs Linux, whose signals say what was touched; this is ${platform}`;
    throw new DmTortureError('ERR_NATIVE_MISSING', message);
  }
  return findExecutable(NAME, 'dies of real memory');
}

/**
 * Run the host to its end.
 *
 * @param file - The host, for tests.
 * @returns A promise of its last line; undefined: it was stopped, and killed before it printed one.
 */
export async function runOopsHost(
  { args, report, signal, onProgress }: OopsPlan,
  file: string,
): Promise<HostDied | undefined> {
  const beganMs = performance.now();
  let last: HostDied | undefined;
  const onEvent = (event: { type: string }): void => {
    if (event.type === 'end') last = event as unknown as HostDied;
    else {
      const { rounds } = event as unknown as { rounds: number };
      onProgress({ elapsedMs: performance.now() - beganMs, rounds });
    }
  };
  const end = await runHost({
    command: [file],
    of: OF,
    args,
    onEvent,
    signal,
    limitMs: report.timeMs,
  });
  if (last) return last;
  if (signal?.aborted) return undefined;
  const code = end.status === EXIT_FAILED ? 'ERR_NO_RESOURCES' : 'ERR_NATIVE_CRASH';
  const how = end.signal ?? `exit code ${end.status}`;
  throw new DmTortureError(code, `The host of ${OF} ended with ${how}: ${end.said.trim()}`);
}
