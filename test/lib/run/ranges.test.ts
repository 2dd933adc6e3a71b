import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { tables } from '../../../lib/index';

/** A case of the child: a parameter at one end of its range, or beyond it, and how the run ended. */
interface Case {
  what: string;
  name: string;
  unit: string;
  min: number;
  max: number;
  end: 'least' | 'most' | 'below' | 'above';
  value: unknown;
  /** Null: it ran. Undefined: the process died of it. */
  refused?: { code: string; message: string } | null;
}

const CHILD = path.join(__dirname, '../children', 'ranges.cjs');

/** Run the cases; where one ends the child, the next child goes on behind it. */
function runCases(): Case[] {
  const cases: Case[] = [];
  for (let from = 0, of = 1; from < of; from = cases.length) {
    const { stdout, stderr } = spawnSync(process.execPath, [CHILD, String(from)], {
      encoding: 'utf8',
      timeout: 120_000,
    });
    for (const line of stdout.split('\n').filter(Boolean)) {
      const facts = JSON.parse(line);
      if ('begin' in facts) {
        of = facts.of;
        cases[facts.begin] = facts;
      } else Object.assign(cases[facts.end] ?? {}, { refused: facts.refused });
    }
    if (cases.length === from) throw new Error(`no case began: ${stderr}`);
  }
  return cases;
}

const nameOf = ({ what, name, end, value }: Case): string => `${what} ${name} ${end} ${value}`;

describe('every parameter of the tables', () => {
  let cases: Case[] = [];

  beforeAll(() => {
    cases = runCases();
  }, 240_000);

  test('is tried', () => {
    const tried = new Set(cases.map(({ what, name }) => `${what.split(' ')[0]} ${name}`));
    const expected = [
      ...tables.params.map(({ name }) => `stress ${name}`),
      ...tables.search.map(({ name }) => `explore ${name}`),
      ...[...tables.bench, ...tables.benchLists].map(({ name }) => `bench ${name}`),
    ];
    const called = expected.map((name) =>
      name.replace(/ durationMs$/, ' duration').replace(/ timeMs$/, ' time'),
    );
    expect(called.filter((name) => !tried.has(name))).toEqual([]);
  });

  test('runs at both ends of its range', () => {
    const inside = cases.filter(({ end }) => end === 'least' || end === 'most');
    expect(inside.length).toBeGreaterThan(80);
    expect(inside.filter(({ refused }) => refused === undefined).map(nameOf)).toEqual([]);
    expect(inside.filter(({ refused }) => refused)).toEqual([]);
  });

  test('is refused one beyond each end, with the range in the message', () => {
    const outside = cases.filter(({ end }) => end === 'below' || end === 'above');
    expect(outside.length).toBeGreaterThan(60);
    const wrong = outside.filter(({ name, min, max, unit, value, refused }) => {
      const message = `Expected \`${name}\` to be ${min}..${max} (${unit}), got \`${value}\``;
      return refused?.code !== 'ERR_OUT_OF_RANGE' || refused.message !== message;
    });
    expect(wrong).toEqual([]);
  });
});
