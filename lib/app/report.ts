import path from 'node:path';
import type { OutputOf } from '../base/output-of';
import type { appProcess, appSite, leftToLibc, runPlan, runResult } from '../reports/documents/run';
import { describeHead, type ReportHead } from '../reports/head';
import type { CountedProcess, CountedSite, ProcessNote } from './counts';
import { type AppPlace, demangled, Modules, readMaps } from './modules';

/** One place that an application takes locks from. */
export type AppSite = OutputOf<typeof appSite>;
/** One process of an application. */
export type AppProcess = OutputOf<typeof appProcess>;
/** Calls that were left to the C library, by why. */
export type LeftToLibc = OutputOf<typeof leftToLibc>;
/** Every parameter of a run. */
export type RunAppPlan = OutputOf<typeof runPlan>;

/** The report of {@link runApp}. */
export interface RunAppReport extends ReportHead<'run'>, OutputOf<typeof runResult> {
  /** Every parameter. */
  plan: RunAppPlan;
  /** What a reader should know, a sentence each. */
  warnings: string[];
}

/** How an application ended, and what its processes left. */
export interface AppEnd {
  status: number | null;
  signal: string | null;
  beganMs: number;
  durationMs: number;
  processes: readonly CountedProcess[];
  notes: readonly ProcessNote[];
}

const LIBC_REASONS = ['robust', 'priority', 'shared', 'writers'] as const;

type Sums = Omit<CountedSite, 'address' | 'generation'>;

function add(sums: Sums | undefined, site: CountedSite): Sums {
  return {
    acquired: (sums?.acquired ?? 0) + site.acquired,
    contended: (sums?.contended ?? 0) + site.contended,
    waitNs: (sums?.waitNs ?? 0) + site.waitNs,
    waitMaxNs: Math.max(sums?.waitMaxNs ?? 0, site.waitMaxNs),
    holds: (sums?.holds ?? 0) + site.holds,
    holdNs: (sums?.holdNs ?? 0) + site.holdNs,
    holdMaxNs: Math.max(sums?.holdMaxNs ?? 0, site.holdMaxNs),
  };
}

const offsetText = ({ offset }: AppPlace): string => `0x${offset.toString(16)}`;

/** `deflate_engine (pigz+0x11082)`, `pigz+0x11082`, `0x7f12`. */
function placeText(place: AppPlace, name: string | null): string {
  if (place.module === null) return offsetText(place);
  const at = `${path.basename(place.module)}+${offsetText(place)}`;
  return name === null ? at : `${name} (${at})`;
}

function describeSite(place: AppPlace, name: string | null, sums: Sums): AppSite {
  const { acquired, contended, waitNs, waitMaxNs, holds, holdNs, holdMaxNs } = sums;
  return {
    place: placeText(place, name),
    function: name,
    module: place.module,
    offset: offsetText(place),
    acquisitions: acquired,
    contended,
    waitNs,
    waitMaxNs,
    holds,
    holdNs: holds > 0 ? holdNs / holds : null,
    holdMaxNs,
  };
}

/** Of all threads and processes, by place. */
async function describeSites(
  processes: readonly CountedProcess[],
  beganMs: number,
): Promise<AppSite[]> {
  const modules = new Modules(beganMs);
  const found = new Map<string, { place: AppPlace; sums: Sums }>();
  for (const { maps, sites, pid } of processes) {
    const ranges = readMaps(maps);
    for (const site of sites) {
      const place = modules.placeOf(site.address, ranges.get(site.generation) ?? []);
      // An address of no module means something in its own process alone.
      const key = `${place.module ?? pid} ${place.offset}`;
      found.set(key, { place, sums: add(found.get(key)?.sums, site) });
    }
  }
  const all = [...found.values()].sort((a, b) => b.sums.acquired - a.sums.acquired);
  const names = await demangled(all.map(({ place }) => place.function ?? ''));
  return all.map(({ place, sums }, i) => describeSite(place, names[i] || null, sums));
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

function describeProcess({ pid, command, threads, sites }: CountedProcess): AppProcess {
  return {
    pid,
    command,
    threads,
    acquisitions: sum(sites.map(({ acquired }) => acquired)),
    contended: sum(sites.map(({ contended }) => contended)),
    waitNs: sum(sites.map(({ waitNs }) => waitNs)),
  };
}

function warningsOf({ notes, processes }: AppEnd, { lock, count }: RunAppPlan): string[] {
  const has = (what: ProcessNote['what']): number =>
    notes.filter((note) => note.what === what).length;
  const uncounted = sum(processes.map((one) => one.uncounted));
  const lost = sum(processes.map((one) => one.lost));
  const bypassing = has('deepbind');
  return [
    ...(has('reached') === 0 ? ['The application was not reached: its locks are its own'] : []),
    ...(has('reached') > 0 && count && processes.length === 0
      ? ['The application took no lock that pthread has']
      : []),
    ...(bypassing > 0
      ? [
          `${bypassing} times a library was opened with RTLD_DEEPBIND: its own calls bypass ` +
            `${lock}, and do not exclude threads that take the same mutex through it`,
        ]
      : []),
    ...(uncounted > 0 ? [`${uncounted} threads were not counted: there was no room`] : []),
    ...(lost > 0 ? [`${lost} acquisitions are in no row: a thread has more places than fit`] : []),
  ];
}

/** The report of a run. */
export async function makeRunReport(plan: RunAppPlan, end: AppEnd): Promise<RunAppReport> {
  const { status, signal, durationMs, processes, notes } = end;
  const crowd = notes.find(({ what }) => what === 'crowded');
  const [threads = 0, cpus = 0] = crowd?.values ?? [];
  const described = processes.map(describeProcess);
  const libc = LIBC_REASONS.map((reason, i) => [
    reason,
    sum(processes.map((one) => one.libc[i] ?? 0)),
  ]);
  return {
    ...describeHead('run', crowd ? 'unfinished' : 'clean', !crowd),
    plan,
    durationMs,
    status,
    signal,
    refused: crowd ? { threads, cpus } : null,
    acquisitions: sum(described.map((one) => one.acquisitions)),
    contended: sum(described.map((one) => one.contended)),
    waitNs: sum(described.map((one) => one.waitNs)),
    lost: sum(processes.map((one) => one.lost)),
    libc: Object.fromEntries(libc) as LeftToLibc,
    processes: described,
    sites: await describeSites(processes, end.beganMs),
    warnings: warningsOf(end, plan),
  };
}

/** Why a run was refused, in a sentence; undefined: it was not. */
export function refusalText({ refused, plan }: Pick<RunAppReport, 'refused' | 'plan'>) {
  if (refused === null) return undefined;
  const { threads, cpus } = refused;
  return (
    `\`${plan.lock}\` spins, and ${threads} threads took locks on ${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}: a thread that holds ` +
    'a lock loses its CPU to those that wait for it. The application was ended; --force keeps it'
  );
}
