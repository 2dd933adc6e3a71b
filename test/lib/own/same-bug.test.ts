import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { explore, program } from '../../../lib/index';
import type { ProgramFault } from '../../../lib/own/faults';
import { onceEach } from '../../../lib/own/same-bug';
import { COMPILERS, workshop } from './building';

workshop();

type Wait = ProgramFault['waits'][number];

const NOWHERE = { function: 'work', file: 'queue.c', code: '', object: null, field: null };
const waits = (...lines: number[]): Wait[] =>
  lines.map((line, i) => ({ ...NOWHERE, cpu: i + 1, what: 'a mutex', on: `lock${i}`, line }));

/** A fault, as far as it is looked at. */
function fault(kind: string, line: number | null, more: object = {}): ProgramFault {
  const { other, ...rest } = more as { other?: number };
  return {
    kind,
    file: line === null ? null : 'queue.c',
    line,
    other: other === undefined ? null : { ...NOWHERE, line: other },
    waits: [],
    block: 'block 1 (8 bytes)',
    count: 1,
    executionsToFirst: 10,
    preemptions: 1,
    steps: 20,
    ...rest,
  } as unknown as ProgramFault;
}

const shown = (faults: readonly ProgramFault[]) =>
  onceEach(faults).map(({ kind, line, count }) => `${kind} ${line} x${count}`);

describe('faults of one bug are one', () => {
  test('of one kind at the same line, after the same', () => {
    const used = fault('use-after-free', 26, { other: 19 });
    expect(shown([used, used, fault('use-after-free', 26, { other: 19, count: 3 })])).toEqual([
      'use-after-free 26 x5',
    ]);
    expect(shown([used, fault('use-after-free', 19, { other: 26 })])).toHaveLength(2);
    expect(shown([used, fault('use-after-free', 28, { other: 19 })])).toHaveLength(2);
    expect(shown([used, fault('double-free', 26, { other: 19 })])).toHaveLength(2);
  });

  test('deadlocks whose threads wait at the same lines, whichever met it', () => {
    const met = (line: number, ...lines: number[]) =>
      fault('deadlock', line, { waits: waits(...lines) });
    expect(shown([met(9, 9, 12), met(12, 12, 9), met(9, 12, 9, 9)])).toEqual(['deadlock 9 x3']);
    expect(shown([met(9, 9, 12), met(9, 9, 13)])).toHaveLength(2);
  });

  test('the one with the fewest preemptions and steps stands for them, from the first sight on', () => {
    const long = fault('crash', 7, { executionsToFirst: 3, steps: 90, ticket: 'long' });
    const short = fault('crash', 7, { executionsToFirst: 8, steps: 12, ticket: 'short' });
    const preempted = fault('crash', 7, { preemptions: 2, steps: 5, ticket: 'preempted' });
    expect(onceEach([long, short, preempted])).toMatchObject([
      { ticket: 'short', executionsToFirst: 3, count: 3, steps: 12 },
    ]);
  });

  test('what has no line stays', () => {
    expect(shown([fault('crash', null), fault('crash', null)])).toHaveLength(2);
  });

  test('data races are not added up: they end no execution', () => {
    const race = fault('data-race', 4, { other: 9, count: 2 });
    expect(shown([race, fault('data-race', 9, { other: 4, count: 5 })])).toEqual([
      'data-race 4 x2',
    ]);
    expect(shown([race, fault('use-after-free', 9, { other: 4 })])).toEqual([
      'use-after-free 9 x1',
    ]);
    const elsewhere = fault('data-race', 4, { other: 9, block: null });
    expect(shown([elsewhere, fault('use-after-free', 9, { other: 4 })])).toHaveLength(2);
  });
});

test.each(COMPILERS)(
  'two threads may free at one line and use it at one other, by %s',
  async (cc) => {
    const file = path.join(__dirname, '../../own/programs/freed_mutex.c');
    const report = await explore(program(file, { cc }), { allFaults: true, time: '60s' });
    const lines = report.faults.map(({ kind, line, other }) => `${kind} ${line} ${other?.line}`);
    expect(lines).toContain('use-after-free 16 19');
    expect(new Set(lines).size).toBe(lines.length);
  },
);
