import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { explore, program, replay, toHtml, toJunit } from '../../../lib/index';
import { matchers } from '../../../lib/jest';
import { toAnnotations } from '../../../lib/render/github';
import { checkDocument } from '../../../lib/reports/documents';
import { storeBuffering, workshop } from './building';

expect.extend(matchers);

const RECORDED = storeBuffering('record("r1", r1);\n  record("r2", r2);', '#include <dmtorture.h>');
const PRINTED = storeBuffering('printf("r1=%d r2=%d", r1, r2);');
const BOTH = ['r2=1 r1=1'];

const { folder, write } = workshop();
const home = process.cwd();

beforeAll(() => {
  process.chdir(folder());
  write('recorded.c', RECORDED);
  write('printed.c', PRINTED);
});
afterAll(() => process.chdir(home));

describe('a forbidden outcome is a fault as others are', () => {
  test.each([
    ['recorded.c', 20],
    ['printed.c', 19],
  ])('%s: place, schedule, diagram, ticket', async (file, line) => {
    const report = await explore(program(file), { forbidOutcomes: BOTH });
    expect(report).toMatchObject({ verdict: 'fault', limit: null, exhaustive: false });
    const [fault] = report.faults;
    expect(report.faults).toHaveLength(1);
    expect(fault).toMatchObject({
      kind: 'check-failed',
      means: 'the program comes to an outcome that is forbidden',
      message: 'the outcome r1=1 r2=1 is forbidden',
      file,
      line,
      function: 'main',
      cpu: null,
      preemptions: 1,
      minimal: true,
    });
    const diagram = String(fault?.trace);
    expect(diagram).toMatch(/\[y = 1, from step \d+\]/);
    expect(diagram).toMatch(/\n\*\*\* check-failed: the outcome r1=1 r2=1 is forbidden\s*$/);
    const again = await replay(fault?.ticket ?? '');
    expect(again).toMatchObject({
      reproduced: true,
      plan: { forbidOutcomes: ['r1=1 r2=1'] },
      fault: { kind: 'check-failed', line, message: fault?.message },
    });
    expect(String(again.trace)).toBe(diagram);
  });

  test('what is not forbidden is none', async () => {
    const report = await explore(program('recorded.c'), { forbidOutcomes: ['r1=0 r2=0'] });
    expect(report).toMatchObject({ verdict: 'clean', exhaustive: true, faults: [] });
    expect(report.warnings).toBeUndefined();
  });

  test('every search finds it', async () => {
    for (const strategy of ['dfs', 'dpor', 'random'] as const) {
      const options = { strategy, executions: 1000, forbidOutcomes: BOTH };
      const { faults } = await explore(program('printed.c'), options);
      expect(faults.map(({ message }) => message)).toEqual(['the outcome r1=1 r2=1 is forbidden']);
    }
  });

  test('pages, JUnit, annotations and matchers show it', async () => {
    const report = await explore(program('recorded.c'), { forbidOutcomes: BOTH });
    const [fault] = report.faults;
    for (const text of [await toHtml(report), await toJunit(report)]) {
      expect(text).toContain('the outcome r1=1 r2=1 is forbidden');
      expect(text).toContain(fault?.ticket);
    }
    const lines = await toAnnotations([checkDocument(report, 'r')]);
    expect(lines.join('\n')).toMatch(/file=recorded\.c,line=20.*is forbidden/s);
    await expect(
      expect(program('recorded.c')).toBeRaceFree({ forbidOutcomes: BOTH }),
    ).rejects.toThrow(/the outcome r1=1 r2=1 is forbidden[\s\S]*dmo1\./);
    await expect(program('recorded.c')).toFault('check-failed', { forbidOutcomes: BOTH });
  });
});

describe('outcomes that cannot come', () => {
  test('a name that nothing recorded is reported', async () => {
    const report = await explore(program('recorded.c'), {
      forbidOutcomes: ['r1=0 r3=0'],
      allowOutcomes: ['R1=0'],
    });
    expect(report.verdict).toBe('clean');
    expect(report.warnings).toEqual([
      'no execution recorded `R1` of the allowed outcome `R1=0`; they recorded r1, r2',
      'no execution recorded `r3` of the forbidden outcome `r1=0 r3=0`; they recorded r1, r2',
    ]);
  });

  test('a value that is not a whole number is reported', async () => {
    const { warnings } = await explore(program('recorded.c'), { forbidOutcomes: ['r1=none'] });
    expect(warnings).toEqual([
      'the forbidden outcome `r1=none` never comes: explore records whole numbers only',
    ]);
  });
});
