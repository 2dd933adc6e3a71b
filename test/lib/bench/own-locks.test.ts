import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type BenchLock,
  type BenchOptions,
  type BenchReport,
  bench,
  type LockFileName,
  replay,
  type StressReport,
  stress,
  toHtml,
  toJunit,
  toMarkdown,
} from '../../../lib/index';
import { compileShell } from '../../../lib/own/shell';
import { asDocument } from '../documents';
import { LATE_LINE, type LockKind, lockFolder } from './own-locks';

const SMALL: BenchOptions = { threads: 2, windows: 3, windowUs: 1000, time: 0, seed: 1 };
/** Long enough to find a fault, and too short for a search to its end. */
const BRIEF: BenchOptions = { ...SMALL, verifyMs: 3000 };
const UNVERIFIED: BenchOptions = { ...SMALL, unverified: true };

let folder: string;
beforeAll(() => {
  folder = lockFolder();
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const fileOf = (name: LockKind): LockFileName => path.join(folder, `${name}.c`) as LockFileName;

function measure(
  lock: LockFileName,
  options: BenchOptions,
  beside: BenchLock[] = ['tas'],
): Promise<BenchReport<'locks'>> {
  return bench('locks', { ...options, locks: [...beside, lock] }).result;
}

const namesOf = ({ rows }: BenchReport<'locks'>): string[] =>
  rows.map(({ lock, calls }) => `${path.basename(lock)} ${calls}`);

describe('a good lock', () => {
  test('is measured in the same rounds as a lock of the table', async () => {
    const report = await measure(fileOf('good'), UNVERIFIED, ['tas', 'pthread_mutex']);
    expect(namesOf(report)).toEqual(['tas inlined', 'pthread_mutex inlined', 'good.c inlined']);
    expect(report.verdict).toBe('clean');
    for (const { windows } of report.rows) expect(windows).toHaveLength(3);
    expect(report.rows[2]?.vsMutex).toBeGreaterThan(0);
    expect(report.rows[2]?.verification).toBe('skipped');
    expect(report.own?.[0]).toMatchObject({
      calls: 'inlined',
      verification: 'skipped',
      failure: null,
      compiler: expect.stringMatching(/^(gcc|clang) /),
      flags: expect.stringContaining('-fvisibility=hidden'),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(report.warnings).toContainEqual(expect.stringContaining('not verified'));
  });

  test('a verification that a limit cuts is not called verified', async () => {
    const report = await measure(fileOf('good'), { ...SMALL, verifyMs: 1 });
    const [own] = report.own ?? [];
    expect(own?.verification).toBe('unfinished');
    expect(own?.evidence).toMatch(/^no fault, and not finished: .*limit: time/);
    const row = report.rows.find(({ lock }) => lock === fileOf('good'));
    expect([row?.verification, row?.verified]).toEqual(['unfinished', '']);
    expect(report.warnings).toContainEqual(expect.stringContaining('not finished'));
  });

  test.each(['atom', 'nodes', 'names'] as const)('%s.c is measured, too', async (name) => {
    const report = await measure(fileOf(name), UNVERIFIED);
    expect(namesOf(report)).toEqual(['tas inlined', `${name}.c inlined`]);
    expect(report.verdict).toBe('clean');
  });

  test('a class in C++ is measured, too, and verified by its model', async () => {
    const file = path.join(folder, 'class.cc') as LockFileName;
    const report = await measure(file, BRIEF);
    expect(namesOf(report)).toEqual(['tas inlined', 'class.cc inlined']);
    const clean = report.own?.[0]?.verifications.filter(({ verdict }) => verdict === 'clean');
    expect(clean?.length).toBeGreaterThan(0);
  });
});

describe('a library', () => {
  test('is set against locks that are called through pointers, too', async () => {
    const file = path.join(folder, 'libgood.so') as LockFileName;
    const report = await measure(file, SMALL);
    expect(namesOf(report)).toEqual([
      'tas inlined',
      'libgood.so pointer',
      'tas pointer',
      'pthread_mutex pointer',
    ]);
    expect(report.rows.map(({ vsMutex }) => vsMutex > 0)).toEqual([false, true, true, true]);
    expect(report.own?.[0]).toMatchObject({ verification: 'impossible', compiler: null });
    expect(report.rows[1]?.verification).toBe('impossible');
  });

  test('without the functions it is refused by their name', async () => {
    const report = await measure(path.join(folder, 'libempty.so') as LockFileName, SMALL);
    expect(report.own?.[0]?.failure).toMatchObject({
      kind: 'refused',
      message: 'it cannot be measured: it has no `lock_init`',
    });
    expect(namesOf(report)).toEqual(['tas inlined']);
  });
});

describe('a lock that is wrong by its model is not measured', () => {
  test.each([
    ['nobody', /data-race|check-failed/],
    ['relaxed', /data-race/],
    ['deadlock', /deadlock|livelock|spin/],
  ] as const)('%s: its diagram and its ticket', async (name, kind) => {
    const report = await measure(fileOf(name), BRIEF);
    expect([report.verdict, namesOf(report)]).toEqual(['fault', ['tas inlined']]);
    const [own] = report.own ?? [];
    expect(own).toMatchObject({ verification: 'fault', failure: { kind: 'fault' } });
    const [fault] = own?.faults ?? [];
    expect(own?.faults).toHaveLength(1);
    expect(fault?.kind).toMatch(kind);
    expect(fault?.trace.length).toBeGreaterThan(0);
    const again = await replay(fault?.ticket ?? '');
    expect(again.reproduced).toBe(true);
    const document = asDocument<'bench'>(report);
    const pages = [await toHtml(document), await toMarkdown(document)];
    for (const page of pages) expect(page).toContain(fault?.ticket);
    expect(pages[0]).toContain('id="fault-1"');
    expect(await toJunit(document)).toMatch(/\.c is measured"[^>]*>\s*<failure/);
  });
});

describe('a lock that is wrong on threads has no figures, and the others have theirs', () => {
  test('two in it at once', async () => {
    const report = await measure(fileOf('nobody'), UNVERIFIED);
    expect([report.verdict, namesOf(report)]).toEqual(['fault', ['tas inlined']]);
    expect(report.own?.[0]?.failure?.kind).toBe('intruders');
  });

  test.each([
    ['crashes', 'crashed', /SIGSEGV/, LATE_LINE],
    ['hangs', 'hangs', /do not come back|did not come back/, LATE_LINE],
    ['spins', 'hangs', /did not come back/, LATE_LINE],
    ['scribbles', 'scribbles', /behind the end of its lock_t/, undefined],
    ['exits', 'exits', /ended the process.*: 3/, undefined],
    ['version', 'refused', /another version of dmtorture/, undefined],
  ] as const)('says what became of %s', async (name, kind, message, line) => {
    const report = await measure(fileOf(name), UNVERIFIED);
    expect([report.verdict, namesOf(report)]).toEqual(['fault', ['tas inlined']]);
    const failure = report.own?.[0]?.failure;
    expect(failure?.kind).toBe(kind);
    expect(failure?.message).toMatch(message);
    if (line === undefined) return;
    const place = failure?.places.find((at) => at.function === 'lock_release');
    expect(place).toMatchObject({ line, file: expect.stringMatching(`${name}.c$`) });
    expect(report.validated.filter(({ control }) => control)).toHaveLength(1);
  });
});

describe('bench minors', () => {
  const protocolOf = (report: BenchReport<'minors'>): string[] => [
    ...new Set(report.rows.flatMap(({ minorLock }) => minorLock ?? [])),
  ];

  test('has locks of the user as _minor_lock, beside those that were asked for', async () => {
    const library = path.join(folder, 'libgood.so') as LockFileName;
    const locks: BenchLock[] = ['mcs', fileOf('atom'), fileOf('nodes'), library];
    const report = await bench('minors', { ...UNVERIFIED, populations: 1, locks }).result;
    expect(report.verdict).toBe('clean');
    expect(protocolOf(report)).toEqual(['mutex', ...locks]);
    expect(report.rows.filter(({ faults = 0 }) => faults > 0)).toEqual([]);
    expect(report.own?.map(({ verification }) => verification)).toEqual([
      'skipped',
      'skipped',
      'impossible',
    ]);
  });

  test.each(['hangs', 'nobody'] as const)('%s has no row, and no other has two', async (name) => {
    const locks: BenchLock[] = ['mcs', fileOf(name)];
    const report = await bench('minors', { ...UNVERIFIED, populations: 1, locks }).result;
    expect([report.verdict, protocolOf(report)]).toEqual(['fault', ['mutex', 'mcs']]);
    const keys = report.rows.map(({ op, order, minorLock }) => [op, order, minorLock].join());
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('the compiler', () => {
  test('names the line of the user, and nothing of ours', async () => {
    const message = await measure(fileOf('fails'), SMALL).then(
      () => '',
      ({ code, message: text }) => `${code}: ${text}`,
    );
    expect(message).toMatch(/^ERR_COMPILE: .*fails\.c/);
    expect(message).toMatch(/fails\.c:14:\d+: error: .*takn/);
    expect(message).not.toMatch(/shell|back\.h|front\.h|native/);
  });

  test('a wrong signature is said as what is expected', async () => {
    await expect(measure(fileOf('signature'), SMALL)).rejects.toMatchObject({
      code: 'ERR_COMPILE',
      message: `${fileOf('signature')}: error: lock_acquire is not void lock_acquire(lock_t *)`,
    });
  });

  test('compiles once for the same contents, and again for a header that changed', async () => {
    const header = path.join(folder, 'order.h');
    const file = path.join(folder, 'with-header.c');
    fs.writeFileSync(header, '#define ORDER memory_order_release\n');
    const good = fs.readFileSync(fileOf('good'), 'utf8');
    fs.writeFileSync(file, `#include "order.h"\n${good.replace('memory_order_release', 'ORDER')}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const [first, second] = [await compileShell(file), await compileShell(file)];
    expect(second.object).toBe(first.object);
    fs.writeFileSync(header, '#define ORDER memory_order_seq_cst\n');
    const third = await compileShell(file);
    expect(third.object).not.toBe(first.object);
    const other = await compileShell(file, { flags: ['-DX=1'] });
    expect(other.object).not.toBe(third.object);
    expect(other.flags).toContain('-DX=1');
  });
});

describe('options', () => {
  test.each([
    [{ locks: ['tas'], unverified: true }, 'unverified'],
    [{ locks: ['tas'], cc: 'gcc' }, 'cc'],
    [{ locks: ['tas'], flags: ['-DN'] }, 'flags'],
    [{ locks: ['tas'], verifyMs: 5 }, 'verifyMs'],
  ] as [BenchOptions, string][])('%j is refused: there is no file', (options, option) => {
    expect(() => bench('locks', options)).toThrow(
      expect.objectContaining({ code: 'ERR_INCOMPATIBLE_OPTIONS', option }),
    );
  });

  test('a file that is not there, or is not a lock', async () => {
    const none = path.join(folder, 'none.c') as LockFileName;
    await expect(measure(none, SMALL)).rejects.toThrow(`\`${none}\` cannot be read`);
    const empty = path.join(folder, 'empty.c') as LockFileName;
    await expect(measure(empty, SMALL)).rejects.toThrow('has no `lock_t`');
  });

  test('it can be stopped while a lock is measured', async () => {
    const run = bench('locks', {
      ...UNVERIFIED,
      windows: 1000,
      windowUs: 50_000,
      locks: [fileOf('good')],
    });
    run.once('progress', () => run.stop());
    const report = await run.result;
    expect([report.complete, report.limit]).toEqual([false, 'stopped']);
  });
});

describe('stress', () => {
  const storm = (name: string): Promise<StressReport> =>
    stress({ lockFile: path.join(folder, name), threads: 2, duration: 300, seed: 1 }).result;

  test.each(['good.c', 'atom.c', 'nodes.c', 'class.cc', 'libgood.so'])(
    '%s is clean',
    async (name) => {
      const report = await storm(name);
      expect([report.verdict, report.faults]).toEqual(['clean', []]);
      expect(report.plan).toMatchObject({ lockFile: path.join(folder, name), isolate: true });
    },
  );

  test('a lock that excludes nobody is a fault, and threads leave the worlds that it spoilt', async () => {
    const report = await storm('nobody.c');
    expect([report.verdict, report.faults[0]?.kind]).toEqual(['fault', 'lock-misuse']);
    expect(report.faults[0]?.count).toBeGreaterThan(1);
  });

  test.each([
    ['crashes.c', /ended the process: SIGSEGV/],
    ['deadlock.c', /it hangs: threads do not come back from it/],
    ['libempty.so', /it has no `lock_init`/],
  ])('%s ends the run with its name', async (name, message) => {
    await expect(storm(name)).rejects.toMatchObject({
      code: 'ERR_PROGRAM',
      message: expect.stringMatching(message),
    });
  });

  test.each([
    [{ lockFile: 'my_lock.txt' }, 'ERR_OUT_OF_RANGE'],
    [{ lockFile: 'my_lock.c', lock: 2 }, 'ERR_INCOMPATIBLE_OPTIONS'],
    [{ lockFile: 'my_lock.c', tickets: true, scenario: 'create-find' }, 'ERR_INCOMPATIBLE_OPTIONS'],
  ] as [object, string][])('%j is refused', (options, code) => {
    expect(() => stress(options)).toThrow(expect.objectContaining({ code }));
  });
});
