import {
  explore,
  type HistoryOptions,
  history,
  matrix,
  patches,
  replay,
  scenarios,
  stress,
  tables,
} from '../../lib/index';
import type {
  BenchDocument,
  DemoDocument,
  ReportDocument,
  StressDocument,
} from '../../lib/reports/documents';
import { readDocument } from '../../lib/reports/documents';

/** Documents of every kind, as the commands print them: through JSON, and checked. */

export function asDocument<Kind extends ReportDocument['kind']>(
  report: object,
): Extract<ReportDocument, { kind: Kind }> {
  return readDocument(JSON.stringify(report), 'test') as Extract<ReportDocument, { kind: Kind }>;
}

/** A fault with one preemption, a stale read across CPUs, and a patch that prevents it. */
export async function exploreDocument(scenario = 'create-find', set = 'all,-02') {
  return asDocument<'explore'>(await explore(scenario, { patches: set, allFaults: true }));
}

export async function replayDocument() {
  const { faults } = await exploreDocument();
  return asDocument<'replay'>(await replay(faults[0]?.ticket ?? ''));
}

export async function stressDocument(set = 'all') {
  const run = stress({ scenario: 'remove-open', patches: set, rounds: 400 });
  return asDocument<'stress'>(await run.result) as StressDocument;
}

/** Small, and with everything in it: four subsets of two scenarios. */
export async function matrixDocument() {
  const masks = [255, 253, 254, 252];
  return asDocument<'matrix'>(await matrix({ scenarios: ['create-find', 'create-create'], masks }));
}

/** The tour, its tickets from the explorer. */
export async function demoDocument(numbers: readonly string[] = ['02', '05']) {
  const { environment, version, tool } = await exploreDocument();
  const scenarioOf: Record<string, string> = { '02': 'create-find', '05': 'remove-open' };
  const rows: DemoDocument['rows'] = [];
  for (const { no, slug, prevents } of tables.patches.filter((row) => numbers.includes(row.no))) {
    const scenario = scenarioOf[no] ?? 'create-create';
    const { faults } = await exploreDocument(scenario, `all,-${no}`);
    const [first] = faults;
    rows.push({
      patch: no,
      slug,
      prevents,
      scenario,
      fault: first?.kind ?? null,
      means: tables.faults.find((row) => row.slug === first?.kind)?.means ?? null,
      msToFirst: 1.5,
      how: 'race',
      ticket: first?.ticket ?? null,
    });
  }
  const clean = scenarios.map(({ name }) => ({ scenario: name, ops: 1000, faults: [] }));
  return asDocument<'demo'>({
    tool,
    version,
    kind: 'demo',
    verdict: 'clean',
    complete: true,
    plan: { seed: 7, patches: patches.parse('all'), faultMs: 2000, cleanMs: 500, stormMs: 2000 },
    environment,
    durationMs: 9000,
    rows,
    allClean: true,
    clean,
  });
}

/** Every bug of the history, or some. */
export async function historyDocument(options: HistoryOptions = {}) {
  return asDocument<'history'>(await history(options));
}

const LOCKS = ['tas', 'ticket', 'futex3', 'ck_mcs'];
const CELLS = [
  { threads: 1, holdNs: 0, outsideNs: 0 },
  { threads: 2, holdNs: 0, outsideNs: 0 },
  { threads: 2, holdNs: 100, outsideNs: 0 },
  { threads: 2, holdNs: 100, outsideNs: 200 },
  { threads: 4, holdNs: 100, outsideNs: 200 },
];

/** A row whose figures follow from its lock and its cell. */
function lockRow(lock: string, cell: (typeof CELLS)[number], speed: number) {
  const { threads } = cell;
  const opsPerSecond = (1e7 * speed) / (threads + cell.holdNs / 100);
  const wait = { p50: 20, p90: 80, p99: 400, p999: 9000, max: 50_000 };
  const handoffs = Array.from({ length: threads * threads }, (_, i) =>
    i % (threads + 1) === 0 ? 0 : 10 + i,
  );
  return {
    lock,
    ...cell,
    opsPerSecond,
    ci95: [opsPerSecond * 0.9, opsPerSecond * 1.1],
    handoffRatio: 0.5,
    jain: 0.9,
    waitNs: wait,
    waitNsCorrected: { ...wait, p999: 40_000 },
    cpuNsPerOp: 40,
    oversubscribed: threads > 2,
    misleading: threads > 2 && lock === 'ticket',
    vsMutex: 1.2,
    acquired: Array.from({ length: threads }, (_, i) => 1000 * (i + 1)),
    handoffs,
    runLengths: [70, 20, 10],
    waits: [
      [20, 900],
      [80, 90],
      [50_000, 10],
    ],
    waitsCorrected: [
      [20, 900],
      [80, 90],
      [40_000, 60],
      [50_000, 10],
    ],
    windows: [0.9, 0.95, 1, 1.05, 1.1].map((share) => share * opsPerSecond),
  };
}

const interval = (value: number): number[] => [value * 0.9, value * 1.1];

const minorRows = ['find', 'alloc'].flatMap((op) =>
  [1, 1000, 64_000].map((n) => {
    const nsPerOp = 2 + Math.log10(n);
    return { op, n, order: 'random', threads: 1, nsPerOp, ci95: interval(nsPerOp), vsBare: 1.5 };
  }),
);
const protocolRows = ['mutex', 'ticket'].map((minorLock) => ({
  op: 'open, close',
  n: 4,
  order: 'contended',
  threads: 2,
  minorLock,
  nsPerOp: 90,
  ci95: interval(90),
  vsBare: 1,
}));

const ROWS = {
  locks: LOCKS.flatMap((lock, i) => CELLS.map((cell) => lockRow(lock, cell, i + 1))),
  rwlocks: ['qrwlock', 'pthread_rwlock'].flatMap((lock, i) =>
    [50, 90, 100].map((readPercent) => ({
      lock,
      threads: 2,
      readPercent,
      holdNs: 100,
      outsideNs: 200,
      opsPerSecond: 1e6 * (i + 1) * readPercent,
      ci95: interval(1e6 * (i + 1) * readPercent),
      jain: 1,
      readWaitNs: { p50: 20, p90: 30, p99: 50, p999: 80, max: 900 },
      writeWaitNs: { p50: 40, p90: 60, p99: 100, p999: 160, max: 1800 },
      rereads: 0,
      cpuNsPerOp: 40,
      oversubscribed: false,
      vsRwlock: 2 - i,
      vsRwlockCi95: interval(2 - i),
    })),
  ),
  minors: [...minorRows, ...protocolRows],
  refcount: ['xadd', 'lock_always'].flatMap((variant, i) =>
    [1, 2, 4].map((threads) => {
      const nsPerPair = (i + 1) * threads * 5;
      return {
        variant,
        threads,
        shared: true,
        nsPerPair,
        ci95: interval(nsPerPair),
        vsXadd: i + 1,
      };
    }),
  ),
  calls: [
    { call: 'find', per: 'call', ns: 20, ci95: [19, 22], vsRaw: 1.3 },
    { call: 'findMany', per: 'element', ns: 2, ci95: [1.9, 2.2], vsRaw: 1.1 },
  ],
  explore: ['random', 'dpor'].map((strategy, i) => ({
    scenario: 'create-find',
    threads: 2,
    strategy,
    schedulesPerSecond: 1e5 * (i + 1),
    ci95: interval(1e5 * (i + 1)),
    nsPerPoint: 30,
    vsBare: 0.5,
  })),
};

export type Suite = keyof typeof ROWS;
export const SUITES = Object.keys(ROWS) as Suite[];

/** A benchmark whose figures are made up, and known. */
export function benchDocument(suite: Suite, more: object = {}): BenchDocument {
  return asDocument<'bench'>({
    tool: 'dmtorture',
    version: '0.1.0',
    kind: 'bench',
    verdict: 'clean',
    complete: true,
    environment: { node: 'v20.0.0', os: 'Linux', arch: 'x64', cpus: 2 },
    durationMs: 1000,
    suite,
    plan: { suite, seed: 1 },
    rows: ROWS[suite],
    ...more,
  });
}
