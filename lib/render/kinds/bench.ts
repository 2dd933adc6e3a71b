import type { BenchDocument } from '../../documents';
import { bySuite } from '../../documents/bench-rows';
import { formatMs } from '../../format';
import { exactly, type Section } from '../section';

const SUITE_SAYS = {
  locks: 'locks under contention',
  minors: 'minors: the id table, and the protocol under contention',
  refcount: 'reference counts',
  calls: 'calls from TypeScript',
  explore: 'the explorer',
};

/** What makes figures worth less than they look. */
function doubts({ machine, rows }: BenchDocument): string[] {
  const { locks } = bySuite(rows);
  const misled = locks.filter(({ misleading }) => misleading).map(({ lock }) => lock);
  const noisy = typeof machine === 'object' && machine !== null && 'noisy' in machine;
  return [
    ...(noisy && (machine as { noisy: unknown }).noisy === true
      ? ['a noisy machine: other work ran beside it, and intervals are wide for that reason']
      : []),
    ...(misled.length > 0
      ? [
          `more threads than CPUs: ${[...new Set(misled)].join(', ')} serve in order and wait for ` +
            'who has no CPU',
        ]
      : []),
  ];
}

/** The section of a benchmark. */
export function benchSection(report: BenchDocument): Section {
  const { rows, verdict, complete, durationMs, environment, plan } = report;
  const suites = bySuite(rows);
  const names = (Object.keys(SUITE_SAYS) as (keyof typeof SUITE_SAYS)[]).filter(
    (suite) => suites[suite].length > 0,
  );
  const what = names.map((suite) => SUITE_SAYS[suite]).join('; ') || 'nothing measured';
  const seed = typeof plan.seed === 'number' ? plan.seed : undefined;
  return {
    report,
    title: `bench: ${what}`,
    verdict,
    word: complete && verdict !== 'unfinished' ? 'measured' : 'unfinished',
    says: `${exactly(rows.length, 'figure')} with ${rows.length === 1 ? 'its' : 'their'} 95 % intervals.`,
    evidence: [
      'medians of windows in which the variants took turns, on one machine in one run',
      ...doubts(report),
    ],
    figures: [
      ['figures', String(rows.length)],
      ['CPUs', String(environment.cpus)],
      ...(durationMs > 0 ? [['time', formatMs(durationMs)] as const] : []),
      ...(seed === undefined ? [] : [['seed', String(seed)] as const]),
    ],
    findings: [],
    checks: names.map((suite) => ({
      group: 'bench',
      name: suite,
      skipped: complete ? undefined : 'stopped before the end',
    })),
  };
}
