import { beforeAll, describe, expect, test } from '@jest/globals';
import { safeParse } from 'valibot';
import {
  explore,
  type HistoryEntry,
  type HistoryReport,
  history,
  replay,
  tables,
} from '../../../lib/index';
import { schemas } from '../../../lib/reports/schemas';

let report: HistoryReport;

beforeAll(async () => {
  report = await history();
});

/** What is wrong with the tickets of bugs: each has to lead to the fault of its own row. */
async function wrongTickets(rows: readonly HistoryEntry[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const { no, ticket, fault, scenario, shown } of rows) {
    const again = await replay(ticket ?? '');
    const { plan, reproduced } = again;
    const isIts =
      reproduced &&
      again.fault?.kind === fault &&
      plan.scenario === scenario &&
      plan.patches.mask === shown.mask;
    if (!isIts) wrong.push(no);
  }
  return wrong;
}

describe('history()', () => {
  test('has a row for each patch, in the order of the table', () => {
    expect(report.rows.map(({ no }) => no)).toEqual(tables.history.map(({ no }) => no));
    expect(new Set(report.rows.map(({ no }) => no))).toEqual(
      new Set(tables.patches.map(({ no }) => no)),
    );
    expect(report.patterns).toEqual(tables.patterns);
  });

  test('each fault appears under `shown`, none under `cured`, with every interleaving run', async () => {
    for (const { no, scenario, shown, cured, faults } of report.rows) {
      const kindsOf = async (patches: typeof shown) => {
        const found = await explore(scenario, { patches, allFaults: true });
        return [found.exhaustive, found.faults.map(({ kind }) => kind)];
      };
      expect([no, faults.length]).not.toEqual([no, 0]);
      expect([no, await kindsOf(shown), await kindsOf(cured)]).toEqual([
        no,
        [true, faults],
        [true, []],
      ]);
    }
    expect(report.rows.filter(({ holds }) => !holds)).toEqual([]);
    expect(report).toMatchObject({ kind: 'history', verdict: 'clean', complete: true });
  });

  test.each([
    ['02', 'use-uninitialized'],
    ['R0', 'refcount-resurrect'],
    ['06m', 'use-after-free'],
    ['R12', 'refcount-resurrect'],
    ['R9', 'check-failed'],
    ['R8', 'deadlock'],
    ['P9', 'placeholder-deref'],
    ['R22', 'pool-outstanding'],
  ])('%s is %s', (no, kind) => {
    expect(report.rows.find((row) => row.no === no)?.fault).toBe(kind);
  });

  test('takes the fewest preemptions that it can, as the documentation of the rows says', () => {
    const of = (preemptions: number): string[] =>
      report.rows.filter((row) => row.preemptions === preemptions).map(({ no }) => no);
    expect(of(0)).toEqual(['P9', 'R2', '03', 'R16q', 'R16']);
    expect(of(2)).toEqual(['P2', 'R0', '06m', 'R10', 'R24']);
    expect(of(1)).toHaveLength(report.rows.length - 10);
  });

  test('is a document that `report` reads', () => {
    const text = JSON.parse(JSON.stringify(report)) as unknown;
    expect(safeParse(schemas.history, text)).toMatchObject({ success: true });
    const [first, ...rest] = report.rows;
    const { ticket: _, ...without } = first as HistoryEntry;
    const wrong = { ...report, rows: [without, ...rest] };
    expect(safeParse(schemas.history, wrong).success).toBe(false);
  });

  test('a ticket leads to the fault of its row; one of another row is caught', async () => {
    expect(await wrongTickets(report.rows)).toEqual([]);
    const of = (no: string): HistoryEntry =>
      report.rows.find((row) => row.no === no) as HistoryEntry;
    const planted = { ...of('R15'), ticket: of('R15o').ticket };
    expect(await wrongTickets([of('R9'), planted])).toEqual(['R15']);
  });

  test('a month after a life is the month in which it ended', () => {
    const row = report.rows.find(({ no }) => no === 'P5');
    expect(row).toMatchObject({ from: '2009-06', months: 146, to: '2021-08' });
    expect(row?.release).toBe('2.6.31 to 5.14');
    const none = report.rows.filter(({ release }) => release === '').map(({ no }) => no);
    expect(none).toEqual(['01', '03', 'R8']);
  });

  test('some of it: one bug, one pattern', async () => {
    const one = await history({ row: 'destroy' });
    expect(one.rows.map(({ no }) => no)).toEqual(['R9']);
    expect(one.plan).toEqual({ seed: 0, row: 'R9', pattern: null, matrix: null, scenarios: null });
    const { rows, patterns } = await history({ pattern: 'the-end' });
    expect(new Set(rows.map(({ pattern }) => pattern))).toEqual(new Set(['the-end']));
    expect(patterns).toHaveLength(1);
  });

  test('refuses an unknown row, an unknown pattern, both together, and another option', async () => {
    const code = (name: string): Error =>
      expect.objectContaining({ code: name }) as unknown as Error;
    await expect(history({ row: 'R99' as 'R9' })).rejects.toEqual(code('ERR_OUT_OF_RANGE'));
    await expect(history({ pattern: 'x' as 'the-end' })).rejects.toEqual(code('ERR_OUT_OF_RANGE'));
    await expect(history({ row: 9 as never })).rejects.toEqual(code('ERR_INVALID_ARG_TYPE'));
    await expect(history({ rows: 'R9' } as object)).rejects.toEqual(code('ERR_INVALID_ARG_TYPE'));
    const both = { row: 'R9', pattern: 'the-end' } as const;
    await expect(history(both)).rejects.toEqual(code('ERR_INCOMPATIBLE_OPTIONS'));
  });

  test('stopped at once it rejects; stopped on its way it is unfinished', async () => {
    const reason = new Error('enough');
    await expect(history({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const run = history({ signal: controller.signal });
    controller.abort(reason);
    const part = await run;
    expect(part).toMatchObject({ verdict: 'unfinished', complete: false });
    expect(part.rows).toHaveLength(tables.history.length);
    expect(part.rows.some(({ holds, fault }) => holds === null && fault === null)).toBe(true);
  });
});
