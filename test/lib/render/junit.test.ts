import { describe, expect, test } from '@jest/globals';
import { toJunit } from '../../../lib/index';
import { machineFaults } from '../../../lib/tables/tables';
import {
  asDocument,
  benchDocument,
  demoDocument,
  exploreDocument,
  matrixDocument,
  replayDocument,
  stressDocument,
} from '../documents';
import { type Element, elements, parseXml, wrongInJunit } from '../junit';

const KINDS = {
  stress: () => stressDocument('all,-05'),
  explore: () => exploreDocument(),
  replay: replayDocument,
  matrix: matrixDocument,
  demo: () => demoDocument(),
  bench: async () => benchDocument('locks'),
};

const named = (root: Element, name: string): Element | undefined =>
  elements(root, 'testcase').find(({ attributes }) => attributes.name === name);

describe('toJunit', () => {
  test.each(Object.entries(KINDS))('%s is what build servers read', async (_, make) => {
    const root = parseXml(await toJunit(await make()));
    expect(root.name).toBe('testsuites');
    expect(wrongInJunit(root)).toEqual([]);
    expect(elements(root, 'testcase').length).toBeGreaterThan(0);
  });

  test('a test each kind of fault; the one that was found fails, with its diagram and ticket', async () => {
    const report = await exploreDocument();
    const root = parseXml(await toJunit(report));
    const names = elements(root, 'testcase').map(({ attributes }) => attributes.name);
    expect(names).toEqual(machineFaults.map(({ slug }) => slug));
    const [failure] = named(root, 'use-uninitialized')?.children ?? [];
    expect(failure?.attributes).toEqual({
      message: 'BUG: use-uninitialized in find_md / specific_minor',
      type: 'use-uninitialized',
    });
    expect(failure?.text).toContain(`npx dmtorture replay ${report.faults[0]?.ticket}`);
    expect(failure?.text).toMatch(/step \| cpu1: create 0 +\| cpu2: find 0/);
    expect(named(root, 'use-after-free')?.children).toEqual([]);
  });

  test('what was not finished is skipped where it says nothing', async () => {
    const report = { ...(await stressDocument()), complete: false, verdict: 'unfinished' as const };
    const root = parseXml(await toJunit(report));
    expect(wrongInJunit(root)).toEqual([]);
    const skipped = elements(root, 'skipped').map(({ attributes }) => attributes.message);
    expect(skipped).toHaveLength(machineFaults.length);
    const never = ['only the explorer looks for data races', 'there is no check that could fail'];
    expect(new Set(skipped)).toEqual(new Set(['stopped before the end', ...never]));
  });

  test('a scenario of a matrix that is not as its formulas say fails', async () => {
    const report = await matrixDocument();
    const wrong = { mask: 253, scenario: 'create-find', kind: 'use-after-free', reachable: true };
    const root = parseXml(
      await toJunit(asDocument({ ...report, verdict: 'fault', disagreements: [wrong] })),
    );
    expect(wrongInJunit(root)).toEqual([]);
    const failures = elements(root, 'failure').map(({ text }) => text);
    expect(failures).toEqual([
      'create-find under series,-02 (mask 253): use-after-free can be reached',
    ]);
  });

  test('a patch of the tour that showed nothing, and a lock that does not exclude, fail', async () => {
    const demo = await demoDocument();
    for (const row of demo.rows) row.fault = null;
    const row = { lock: 'tas', control: false, excludes: false, lost: 3, intruders: 1 };
    const bench = benchDocument('locks', {
      validated: [row, { ...row, lock: 'broken', control: true }],
    });
    const root = parseXml(await toJunit([demo, bench]));
    expect(wrongInJunit(root)).toEqual([]);
    const failed = elements(root, 'testcase').filter(({ children }) => children.length > 0);
    expect(failed.map(({ attributes }) => attributes.name)).toEqual([
      '02 placeholder left out shows its fault',
      '05 freeing left out shows its fault',
      'tas excludes',
    ]);
  });

  test('text that XML cannot say, and markup, come through', async () => {
    const report = await exploreDocument();
    const nasty = 'a<b>&"c" \u0000\u001b[31m ]]> \ud800 \n\tend';
    for (const fault of report.faults) fault.message = nasty;
    const text = await toJunit(asDocument({ ...report, scenario: nasty }));
    const root = parseXml(text);
    expect(wrongInJunit(root)).toEqual([]);
    expect(elements(root, 'failure')[0]?.text).toContain('a<b>&"c" \ufffd\ufffd[31m ]]> \ufffd');
  });
});

describe('the checker', () => {
  const GOOD =
    '<testsuites tests="1" failures="1"><testsuite name="s" tests="1" failures="1" errors="0" ' +
    'skipped="0"><testcase name="n" classname="c"><failure message="m" type="t">x</failure>' +
    '</testcase></testsuite></testsuites>';

  test('finds nothing wrong where nothing is', () => {
    expect(wrongInJunit(parseXml(GOOD))).toEqual([]);
  });

  test.each([
    ['tests="1" failures="1" errors', 'tests="2" failures="1" errors', 'tests says not 1'],
    ['skipped="0"', 'skipped="none"', 'skipped is not a number'],
    [' classname="c"', '', 'testcase: no classname'],
    ['<failure', '<flaw', null],
    ['message="m"', 'message="m" color="red"', 'failure: has color'],
    ['</testcase>', '<testsuite/></testcase>', 'testcase: holds testsuite'],
    ['>x<', '>x & y <z<', null],
  ])('catches %s become %s', (from, to, message) => {
    const text = GOOD.replace(from, to);
    expect(text).not.toBe(GOOD);
    const check = (): string => wrongInJunit(parseXml(text)).join('\n');
    if (message === null) expect(check).toThrow('not XML');
    else expect(check()).toContain(message);
  });
});
