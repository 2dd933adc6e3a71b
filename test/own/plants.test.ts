import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { judge } from './judging';

/** An answer of own C, the text that takes it out, and what notices; plants.mjs says if it does. */
interface Plant {
  row: string;
  name: string;
  file: string;
  from: string;
  to: string;
  /** A program of the corpus, or of a file of rows. */
  program?: string;
  form?: 'bug' | 'fix';
  rows?: string;
  /** A program of counts/, with N = n. */
  count?: string;
  n?: string;
  /** A file of Jest's, and the title of a test in it. */
  test?: string;
  title?: string;
}

interface Rows {
  /** Section, row, and the groups of native/tables/calls.def that it is about. */
  rows: Record<string, Record<string, string[]>>;
  /** Rows that lib answers: mutants of test/mutants that take the answer out. */
  mutants: Record<string, string[]>;
  /** Groups of calls that are not of own C alone. */
  elsewhere: string[];
}

const root = path.join(__dirname, '../..');
const read = (file: string): string => fs.readFileSync(path.join(root, file), 'utf8');
const parse = <T>(file: string): T => JSON.parse(read(file)) as T;
const { rows, mutants, elsewhere } = parse<Rows>('test/own/plants/rows.json');
const plantsOf = (section: string): Plant[] => parse(`test/own/plants/${section}.json`);
const plants = Object.keys(rows).flatMap(plantsOf);

/** Whether what a plant names is there to notice it. */
function isThere({ program, form, rows: file, count, n, test: jest, title }: Plant): boolean {
  if (file) return judge.readRows(file).programs.includes(program ?? '');
  if (program) return form !== undefined && fs.existsSync(path.join(judge.programs, program));
  if (count) {
    const counts = parse<Record<string, Record<string, number>>>('test/own/counts/traces.json');
    return counts[count]?.[n ?? ''] !== undefined;
  }
  // Titles of a table are made of its rows: each part stands there.
  const text = read(jest ?? '');
  return (title ?? '').split(': ').every((part) => text.includes(part.replaceAll("'", "\\'")));
}

describe('plants in own C', () => {
  test('every row has one, and there are no others', () => {
    for (const [section, named] of Object.entries(rows)) {
      const planted = new Set(plantsOf(section).map(({ row }) => row));
      const answered = Object.keys(named).filter((row) => mutants[row] === undefined);
      expect([...planted].sort()).toEqual(answered.sort());
    }
  });

  test('every kind of fault that own C can have is a row', () => {
    const kinds = new Set(
      fs.readdirSync(judge.programs).flatMap((name) => judge.readMarks(name).kinds.flat()),
    );
    expect([...kinds].filter((kind) => rows.faults?.[kind] === undefined)).toEqual([]);
  });

  test('every group of calls that have code is of a row', () => {
    const groups = [
      ...read('native/tables/calls.def').matchAll(/^(?:MODELLED|RENAMED)\("[^"]+", "([^"]+)"\)/gm),
    ].map(([, says]) => says ?? '');
    const claimed = Object.values(rows).flatMap((section) => Object.values(section).flat());
    expect([...new Set(groups)].sort()).toEqual([...claimed, ...elsewhere].sort());
  });

  test('each text is there once, and what is put in its place differs', () => {
    const stale = plants.filter(
      ({ file, from, to }) => read(file).split(from).length !== 2 || from === to,
    );
    expect(stale).toEqual([]);
  });

  test('what has to notice it is there', () => {
    expect(plants.filter((plant) => !isThere(plant))).toEqual([]);
  });

  test('each has a name of its own in its row', () => {
    const names = plants.map(({ row, name }) => `${row}: ${name}`);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThanOrEqual(150);
  });

  test('mutants that take an answer out are there', () => {
    const known = parse<{ name: string }[]>('test/mutants/mutants.json').map(({ name }) => name);
    const named = Object.values(mutants).flat();
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe('what a run of Jest shows of a plant', () => {
  const told = (numPassedTests: number, numFailedTests: number, success: boolean): string =>
    JSON.stringify({ numPassedTests, numFailedTests, success, testResults: [{ message: 'm' }] });

  test('it is noticed where a test ran and failed', () => {
    expect(judge.flawsOfTests(told(0, 1, false), '')).toEqual(['1 failed']);
    expect(judge.flawsOfTests(told(1, 0, true), '')).toEqual([]);
  });

  test.each([
    ['no test has the title', told(0, 0, true), /^no test ran/],
    ['its file cannot be read', told(0, 0, false), /^no test ran: m$/],
    ['Jest alone failed', told(1, 0, false), /^Jest failed, and no test did: m$/],
    ['Jest did not start', '', /^Jest did not start: why$/],
  ])('nothing, where %s', (_, json, says) => {
    expect(() => judge.flawsOfTests(json, 'why')).toThrow(says);
  });
});
