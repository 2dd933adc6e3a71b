import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { ProgramSource } from '../../../lib/own/built';
import { symbolsOf } from '../../../lib/own/symbols';
import type { Workshop } from './building';
import { readLine } from './searching';

const HOST = path.join(__dirname, '../../../build/Release/dmtorture-own');

interface Printed {
  type: string;
  message?: string;
  exhausted: boolean;
  error: number;
  executions: number;
  knowledge: string[];
  differs: string;
  heaps: { executions: number; blocked: number; exhausted: boolean }[];
  faults: {
    kind: string;
    at: string | null;
    other: string | null;
    message: string;
    place: { region: string; offset: number; size: number; block: number } | null;
  }[];
  prints: { step: number; cpu: number; text: string }[];
}

/** What the host says of a program, with the lines of its faults. */
export interface Searched extends Printed {
  status: number | null;
  /** `kind:line` of each fault, in order. */
  faulted: string[];
  /** `line:line` of each data race, the smaller first, in order, each once. */
  races: string[];
}

/** Run the host on an object that is built, with `more` in its environment; its last line. */
export function host(
  args: readonly string[],
  more: Record<string, string> = {},
): Printed & { status: number | null } {
  const { stdout, stderr, status } = spawnSync(HOST, args, {
    encoding: 'utf8',
    timeout: 110_000,
    env: { ...process.env, ...more },
  });
  const last = stdout.trim().split('\n').at(-1);
  if (!last) throw new Error(`${args.join(' ')}: status ${status}, nothing printed, ${stderr}`);
  return { ...(readLine(last) as Printed), status };
}

/** Build what `text` is and search it: exhaustively, where nothing else is asked for. */
export async function searched(
  { write, build }: Workshop,
  name: string,
  text: string,
  { flags = [], ...options }: Partial<ProgramSource> & { flags?: string[] } = {},
  asked: readonly string[] = [],
): Promise<Searched> {
  const { object } = await build(write(name, text), { flags, ...options });
  const told = host([
    'search',
    object,
    '--strategy=portfolio',
    '--seed=1',
    '--executions=100000',
    '--time-ms=20000',
    '--pass=data-race',
    ...asked,
  ]);
  const faults = told.faults ?? [];
  const offsets = faults.flatMap(({ at, other }) => [at, other]).filter((o) => o !== null);
  const places = await symbolsOf(object).places(offsets);
  const lineOf = (at: string | null): number => (at === null ? null : places.get(at)?.line) ?? 0;
  const races = faults
    .filter(({ kind }) => kind === 'data-race')
    .map(({ at, other }) => [lineOf(at), lineOf(other)].sort((a, b) => a - b).join(':'));
  return {
    ...told,
    faulted: faults.map(({ kind, at }) => `${kind}:${lineOf(at)}`),
    races: [...new Set(races)].sort(),
  };
}
