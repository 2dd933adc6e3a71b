import { beforeAll, describe, expect, test } from '@jest/globals';
import { makeBenchPlan } from '../../../lib/bench/plan';
import { type BenchMinorRow, type BenchReport, bench, patches } from '../../../lib/index';
import { figuresOf } from '../../../lib/reports/comparison/figures';
import { readDocument } from '../../../lib/reports/documents';

const SHORT = { windows: 6, windowUs: 500, crowdedWindows: 6, crowdedWindowUs: 500 };
const LOOKUP = 'protocol dm_get_md, dm_put';

const namesOf = (rows: readonly BenchMinorRow[]): string[] =>
  rows.map(({ patches: era, lookup }) => `${era?.name} ${lookup}`);

describe('eras of the protocol', () => {
  let report: BenchReport<'minors'>;
  beforeAll(async () => {
    const options = { ...SHORT, patches: '2.6.10; 2.6.18 ;all,-03;today', threads: 2 };
    report = await bench('minors', options).result;
  });

  test('take turns in place of tables and locks; the last one also looks up as RCU does', () => {
    const ops = [...new Set(report.rows.map(({ op }) => op))];
    expect(ops).toEqual([LOOKUP, 'protocol open, close', 'protocol create, remove']);
    const of = (op: string) => report.rows.filter((row) => row.op === op);
    expect(namesOf(of(LOOKUP))).toEqual(['2.6.18 locked', 'today locked', 'today rcu']);
    const others = ['2.6.10 locked', '2.6.18 locked', 'today locked'];
    for (const op of ops.slice(1)) expect(namesOf(of(op))).toEqual(others);
    expect(report.rows.map(({ minorLock }) => minorLock)).toContain('mutex');
  });

  test('each row says its patches, and is set against the first one window by window', () => {
    for (const row of report.rows) {
      const { name = '', ...set } = row.patches ?? {};
      expect(set).toEqual(patches.parse(name).toJSON());
      expect(row.against).toBe('2.6.10');
      expect(row.windows).toHaveLength(6);
      expect(row.bareWindows).toHaveLength(row.op === LOOKUP ? 0 : 6);
      expect(row.oversubscribed).toBe(report.environment.cpus < 2);
      if (row.op !== LOOKUP && name === '2.6.10') expect(row.vsBare).toBe(1);
      if (row.op === LOOKUP) expect(row).toMatchObject({ vsBare: 0, vsBareCi95: null });
    }
  });

  test('one that fails or faults under the load is refused by name', () => {
    const told = report.refused?.map(({ patches: set, op, fault }) => [set, op, fault]);
    expect(told).toEqual([
      ['2.6.10', LOOKUP, null],
      ['all,-03', LOOKUP, 'sleep-in-atomic'],
      ['all,-03', 'protocol open, close', 'sleep-in-atomic'],
      ['all,-03', 'protocol create, remove', 'sleep-in-atomic'],
    ]);
    expect(report.warnings).toContain(
      `no figures: 2.6.10, ${LOOKUP}, 2 threads: get failed with -ENXIO`,
    );
    expect(report.verdict).toBe('fault');
    expect(report.complete).toBe(true);
  });

  test('the first set is what documents are compared by', () => {
    const document = readDocument(JSON.stringify(report), 'bench');
    if (document.kind !== 'bench') throw new Error('no benchmark');
    const figures = figuresOf(document);
    expect(figures.map(({ name }) => name)).toEqual([
      `${LOOKUP}, 2.6.18, n 8, 2 threads`,
      `${LOOKUP}, today, n 8, 2 threads`,
      `${LOOKUP}, today, RCU, n 8, 2 threads`,
      ...['open, close', 'create, remove'].flatMap((op) =>
        ['2.6.18', 'today'].map((era) => `protocol ${op}, ${era}, n 8, 2 threads`),
      ),
    ]);
  });

  test('without threads, 1 to 64 are measured; each set once', () => {
    const { report: plan } = makeBenchPlan('minors', { patches: ['none;all', 'none'] });
    expect(plan.cells?.map(({ threads }) => threads)).toEqual([1, 2, 4, 8, 16, 32, 64]);
    expect(plan.sets?.map(({ name }) => name)).toEqual(['none', 'all']);
  });
});
