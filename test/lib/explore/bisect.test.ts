import { describe, expect, test } from '@jest/globals';
import { toBisectOptions } from '../../../lib/cli/bisect/options';
import { makeBisectPlan } from '../../../lib/explore/bisect/plan';
import {
  type BisectOptions,
  type BisectReport,
  bisect,
  explore,
  mergeReports,
  patches,
  race,
  replay,
  type ScenarioName,
  tables,
  toHtml,
  toJunit,
  toMarkdown,
} from '../../../lib/index';
import { answerText } from '../../../lib/reports/bisect-tables';

const code = (name: string): Error => expect.objectContaining({ code: name }) as unknown as Error;

const kernels = tables.sets.filter(({ kernel }) => kernel).map(({ name }) => name);

/** Stopped once `after` explorations are done. */
async function stopped(options: BisectOptions, after: number): Promise<BisectReport> {
  const stop = new AbortController();
  const onProgress = ({ done }: { done: number }): void => {
    if (done === after) stop.abort();
  };
  return bisect({ ...options, signal: stop.signal, onProgress });
}

type Answer = [with_: string | null, without: string | null, row: string | null];

/** What the history of dm says: where each bug was first, what ended it. */
const KNOWN: [ScenarioName, Partial<BisectOptions>, Answer][] = [
  ['remove-find', {}, ['2.6.18', '2.6.36', 'R10']],
  ['number-first', {}, ['2.6.9', '2.6.16', 'P3']],
  ['number-first', { from: '2.6.16' }, ['4.0-rc', '4.0', 'P6']],
  ['event-names', {}, ['2.6.32', '2.6.36', 'P4']],
  ['destroy', {}, ['2.6.9', '2.6.36', 'R9']],
  ['sysfs', {}, ['2.6.32', '4.15', 'R12l']],
  ['own-queue', {}, ['3.13', '3.16', 'R16q']],
  ['suspend-locked', { fault: 'deadlock' }, ['4.0', '4.3', 'R15o']],
  ['swap-pools', {}, ['2.6.32', '5.18', 'P8']],
  ['timer-stop', {}, ['2.6.36', '6.2', 'R22']],
  ['queue-peek', {}, ['5.15', '6.x', 'P7']],
  ['disk-error', { from: '2.6.18' }, ['6.9', '6.12', 'P9']],
  ['relock-remove-all', {}, [null, null, null]],
];

describe('bisect', () => {
  test.each(KNOWN)('%s with %j is what history says', async (scenario, options, answer) => {
    const report = await bisect({ scenario, ...options });
    const { firstWith, firstWithout, row } = report;
    expect([firstWith, firstWithout, row]).toEqual(answer);
    expect(report).toMatchObject({ verdict: 'clean', complete: true, limit: null });
    expect(report.cells.every(({ exhaustive }) => exhaustive)).toBe(true);
  });

  test('explores the kernels of the range in the order of dates, each set once', async () => {
    const seen: [number, number][] = [];
    const report = await bisect({
      scenario: 'create-create',
      onProgress: ({ done, all }) => seen.push([done, all]),
    });
    expect(report.cells.map(({ set }) => set)).toEqual(kernels);
    const masks = new Set(kernels.map((name) => patches.parse(name).mask));
    expect(seen).toEqual(Array.from(masks, (_, i) => [i + 1, masks.size]));
    expect(report.cells.find(({ set }) => set === '3.0')?.sameAs).toBe('2.6.36');
    expect(report).toMatchObject({ firstWith: null, begins: null, ends: null, fault: null });
    const some = await bisect({ scenario: 'create-create', from: '2.6.32', to: '3.13' });
    expect(some.cells.map(({ set }) => set)).toEqual(['2.6.32', '2.6.36', '3.0', '3.13']);
  });

  test('a row is responsible where the older neighbour with that row alone changed says so', async () => {
    const { begins, ends } = await bisect({ scenario: 'remove-find' });
    expect(begins).toMatchObject({ from: '2.6.17', to: '2.6.18', enough: [['06m']] });
    expect(ends).toMatchObject({
      added: ['R9', 'R8', 'R10'],
      removed: ['P4'],
      enough: [['R10']],
      complete: true,
    });
    const trials = [begins, ends].flatMap((change) => change?.trials ?? []);
    expect(trials).toHaveLength(9 + 4);
    for (const { rows, patches: set, faults } of trials) {
      const older = patches.parse(
        rows.length === 1 && begins?.added.includes(rows[0] as never) ? '2.6.17' : '2.6.32',
      );
      expect(patches.parse(set).without(older).mask + older.without(set).mask).toBe(
        patches.parse(rows.join()).mask,
      );
      const again = await explore('remove-find', { patches: set, allFaults: true });
      expect(new Set(again.faults.map(({ kind }) => kind))).toEqual(new Set(faults));
    }
  });

  test('where no row is enough alone, it is the smallest group, and `row` is null', async () => {
    const { ends, row, firstWithout } = await bisect({ scenario: 'remove-open' });
    expect([firstWithout, row, ends?.enough]).toEqual(['2.6.18', null, [['05', 'R1']]]);
    expect(ends?.trials.filter(({ rows }) => rows.length === 1)).toHaveLength(9);
    expect(ends?.trials.filter(({ rows }) => rows.length === 2)).toHaveLength(36);
  });

  test('a fault that another one hides is not ended by what brings that one', async () => {
    const fault = 'module-unloaded-in-use';
    const { ends } = await bisect({ scenario: 'get-unload', fault, to: '2.6.18' });
    expect(ends?.enough).toEqual([['07']]);
    const hiding = ends?.trials.find(({ rows }) => rows.join() === '04');
    expect(hiding).toMatchObject({ faults: ['sleep-in-atomic'], enough: false });
  });

  test('a fault that came back is named', async () => {
    const report = await bisect({ scenario: 'deps-locked' });
    expect(report).toMatchObject({ firstWithout: '6.6', row: 'R24', again: 'today' });
    expect(answerText(report)).toBe(
      'deps-locked has a fault in 2.6.9 already, the first of the range; gone in 6.6: ' +
        'R24 deps-locked added ends it; seen again in today',
    );
  });

  test('one that does not end is still there, and the row is what brought it', async () => {
    const report = await bisect({ scenario: 'remove-find', to: '2.6.32' });
    expect(report).toMatchObject({ firstWithout: null, ends: null, row: '06m' });
    expect(answerText(report)).toMatch(/: 06m 06-merged added brings it; still in 2.6.32$/);
  });

  test('of one kernel it says whether that has it, and nothing of a range', async () => {
    const [at, none] = await Promise.all([
      bisect({ scenario: 'remove-find', from: '2.6.18', to: '2.6.18' }),
      bisect({ scenario: 'remove-find', from: 'today', to: 'today' }),
    ]);
    expect(answerText(at)).toBe('remove-find has a fault in 2.6.18');
    expect(answerText(none)).toBe('remove-find has no fault in today');
    expect(at.evidence).toMatch(/^1 kernel exhausted under/);
  });

  test('a release without a set is refused, and the sets around it are named', () => {
    const options = (from: string) => ({ scenario: 'remove-find', from }) as BisectOptions;
    expect(() => makeBisectPlan(options('5.10'))).toThrow(
      /got `5\.10`; it lies between `4\.15` and `5\.15`, see `dmtorture list sets`/,
    );
    expect(() => makeBisectPlan(options('2.4.22'))).toThrow(/the oldest kernel is `2\.6\.9`/);
    expect(() => makeBisectPlan(options('6.15'))).toThrow(/last release with a set is `6\.12`/);
    expect(() => makeBisectPlan(options('todya'))).toThrow(/did you mean `today`/);
  });

  test('a kind that gives way to others may be hidden, and the answer says so', async () => {
    const report = await bisect({ scenario: 'remove-get', fault: 'refcount-resurrect' });
    expect(answerText(report)).toMatch(
      /gone in 2.6.36 \(use-after-free, get-on-freeing instead, which may hide it\)/,
    );
  });

  test('has the kind that lived longest, with a ticket that leads to it', async () => {
    const { fault } = await bisect({ scenario: 'remove-find' });
    expect(fault).toMatchObject({ kind: 'use-after-free', minimal: true });
    const again = await replay(String(fault?.ticket));
    expect(again).toMatchObject({ reproduced: true, fault: { kind: 'use-after-free' } });
    expect(patches.parse(again.plan.patches as never).format()).toBe('2.6.18');
    expect(String(fault?.trace)).toMatch(/use-after-free: the object is freed/);
  });

  test('takes programs of your own, with their check', async () => {
    const own = race('mine', {
      before: (dm) => dm.create(0),
      cpu1: (dm) => dm.open(0),
      cpu2: (dm) => dm.remove(0),
      check: ({ results }) => (results[0]?.[0] === 0 ? 'it was opened' : true),
    });
    const { plan, fault } = await bisect({ scenario: own, to: '2.6.16', fault: 'check-failed' });
    expect(plan).toMatchObject({ scenario: 'mine' });
    expect(fault).toMatchObject({
      kind: 'check-failed',
      message: expect.stringMatching(/^it was opened: /),
    });
  });
});

describe('a bisection that was cut off', () => {
  test('claims nothing of what was not exhausted', async () => {
    const report = await bisect({ scenario: 'remove-find', states: 300 });
    expect(report).toMatchObject({ verdict: 'unfinished', complete: false, limit: 'states' });
    expect(report).toMatchObject({ firstWith: '2.6.18', firstWithout: null, ends: null });
    expect(report.cells.find(({ set }) => set === '2.6.17')?.found).toBe(false);
    expect(report.cells.at(-1)).toMatchObject({ found: null, exhaustive: false, limit: 'states' });
    expect(answerText(report)).toMatch(/; later kernels with it or without it: not known of all$/);
    expect(report.evidence).toMatch(/^not exhausted under sequential consistency: 2.6.18, 2.6.19,/);
  });

  test('knows no row where a neighbour was not exhausted', async () => {
    const report = await bisect({ scenario: 'remove-find', states: 240 });
    expect(report).toMatchObject({ firstWith: '2.6.18', begins: null, row: null });
    expect(answerText(report)).toMatch(
      /first in 2.6.18, and it is not ruled out in 2.6.17: the rows are not known: not every neighbour/,
    );
  });

  test('says that nothing was seen where it looked too little', async () => {
    const report = await bisect({ scenario: 'remove-find', states: 10 });
    expect(report).toMatchObject({ verdict: 'unfinished', firstWith: null });
    expect(answerText(report)).toBe(
      'remove-find: no fault was seen in 2.6.9 to today, and it is ruled out in none',
    );
  });

  test('by time, or from outside, has what it looked at', async () => {
    const short = await bisect({ scenario: 'remove-find-open-get', time: 1 });
    expect(short).toMatchObject({ verdict: 'unfinished', limit: 'time' });
    const report = await stopped({ scenario: 'remove-find' }, 3);
    expect(report).toMatchObject({ verdict: 'unfinished', complete: false, limit: 'stopped' });
    expect(report.cells.map(({ found }) => found)).toEqual(
      kernels.map((_, i) => (i < 3 ? false : null)),
    );
    const reason = new Error('no more');
    const signal = AbortSignal.abort(reason);
    await expect(bisect({ scenario: 'remove-find', signal })).rejects.toBe(reason);
  });

  test('in the trials does not say that fewer rows are not enough', async () => {
    const report = await stopped({ scenario: 'remove-open', to: '2.6.18' }, 5 + 2);
    expect(report.ends).toMatchObject({
      complete: false,
      enough: [['01', '02', '03', '04', '05', '07', '08', '06m', 'R1']],
    });
    expect(report.row).toBeNull();
    expect(answerText(report)).toMatch(/ends it, perhaps not the fewest rows$/);
  });
});

describe('a row that is enough', () => {
  test('is not the only one as long as others were not tried', async () => {
    const range = { scenario: 'get-unload', from: '2.6.17', to: '2.6.18' } as const;
    const whole = await bisect(range);
    expect([whole.row, whole.ends?.complete]).toEqual(['07', true]);
    const part = await stopped(range, 2 + 6);
    expect(part.ends).toMatchObject({ enough: [['07']], complete: false });
    expect(part.row).toBeNull();
  });
});

describe('the report of a bisection', () => {
  test('is merged to that which looked the furthest', async () => {
    const [whole, part] = [
      await bisect({ scenario: 'own-queue' }),
      await stopped({ scenario: 'own-queue' }, 12),
    ];
    for (const reports of [
      [whole, part],
      [part, whole],
    ]) {
      const merged = mergeReports(reports);
      expect(merged).toMatchObject({ verdict: 'clean', complete: true, row: 'R16q', limit: null });
      expect(merged.parts).toHaveLength(2);
    }
    const other = await bisect({ scenario: 'own-queue', from: '3.0' });
    expect(() => mergeReports([whole, other])).toThrow(code('ERR_REPORTS_DIFFER'));
  });

  test('is a section with its diagram, a page, Markdown and JUnit', async () => {
    const report = JSON.parse(JSON.stringify(await bisect({ scenario: 'own-queue' })));
    const page = await toHtml([report]);
    expect(page).toContain('Which kernel had it');
    expect(page).toContain('own-queue has a fault first in 3.13: R16 ');
    const markdown = await toMarkdown([report]);
    expect(markdown).toMatch(/^\| 3\.13, 3\.16 \| R16q own-queue added \| none \| yes \|$/m);
    expect(markdown).toContain(report.fault.ticket);
    expect(await toJunit([report])).toContain('name="own-queue, 2.6.9 to today"');
    const cut = JSON.parse(JSON.stringify(await bisect({ scenario: 'own-queue', states: 5 })));
    expect(await toJunit([cut])).toContain('skipped="1"');
  });
});

describe('the plan of a bisection', () => {
  const flags = { scenario: 'remove-find' };
  const planned = (typed: Record<string, string>): object =>
    makeBisectPlan(toBisectOptions({ ...flags, ...typed })).report;

  test('takes both ends of each limit, and nothing beyond', () => {
    const most = { executions: '9007199254740991', states: '4294967296', time: '720h' };
    expect(planned(most)).toMatchObject({
      executions: Number.MAX_SAFE_INTEGER,
      states: 2 ** 32,
      timeMs: 720 * 3_600_000,
    });
    const least = { executions: '0', states: '0', time: '0' };
    expect(planned(least)).toMatchObject({ executions: 0, states: 0, timeMs: 0 });
    expect(planned({})).toEqual(planned(least));
    expect(() => planned({ states: '4294967297' })).toThrow(/Expected `states` to be 0\.\./);
    expect(() => planned({ executions: '9007199254740992' })).toThrow(
      /Expected `executions` to be/,
    );
    expect(() => planned({ time: '721h' })).toThrow(/Expected `time(Ms)?` to be 0\.\./);
  });

  test.each([
    [{ scenario: 'remove-fin' }, /did you mean `remove-find`/],
    [{ from: '2.6.33' }, /Expected `from` to be a kernel of 2.6.9..today, got `2.6.33`; it lies/],
    [{ to: 'all' }, /kernel of 2.6.9..today, got `all`; see `dmtorture list sets`/],
    [{ to: 7 }, /Expected `to` to be a kernel .*, got `7`/],
    [{ from: '3.0', to: '2.6.36' }, /Expected `to` to be `3.0` or later, got `2.6.36`/],
    [{ fault: 'data-race' }, /Expected `fault` to be a kind of fault other than a data race/],
    [{ fault: 'deadlok' }, /did you mean `deadlock`/],
    [{ states: -1 }, /Expected `states` to be 0\.\.\d+ \(states\), got `-1`/],
    [{ executions: 0.5 }, /Expected `executions` to be /],
    [{ time: '5 parsecs' }, /Expected `time` to be /],
    [{ onProgress: 1 }, /Expected `onProgress` to be a function/],
    [{ memory: 'sc' }, /Unknown option `memory`/],
  ])('%j is refused', async (options, message) => {
    const given = { scenario: 'remove-find', ...options } as BisectOptions;
    await expect(bisect(given)).rejects.toThrow(message);
  });
});
