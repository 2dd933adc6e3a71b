import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { symbolsOf } from '../../../lib/own/symbols';
import { judge } from '../../own/judging';
import { COMPILERS, workshop } from './building';
import { host } from './hosting';

const shop = workshop();
const { rows, readRows, ROW_SEARCH, isRowRight } = judge;
const head = fs.readFileSync(path.join(rows, 'rows.h'), 'utf8');
const files = fs.readdirSync(rows).filter((name) => name.endsWith('.c'));

interface File {
  object: string;
  programs: string[];
  /** `kind:line` of each fault that the text marks. */
  marked: string[];
}

async function built(name: string, cc: string): Promise<File> {
  const { text, ...file } = readRows(name);
  shop.write('rows.h', head);
  const { object } = await shop.build(shop.write(name, text), { cc });
  return { object, ...file };
}

/** What the host finds first, as `kind:line`, or whether it came to the end. */
async function verdict(object: string, program: string, ...asked: string[]): Promise<string> {
  const report = host(['search', object, ...ROW_SEARCH, ...asked], { PROGRAM: program });
  const [fault] = report.faults ?? [];
  if (!fault) return report.exhausted ? 'exhausted' : `${report.type}: ${report.message}`;
  const places = await symbolsOf(object).places(fault.at ? [fault.at] : []);
  return `${fault.kind}:${fault.at ? places.get(fault.at)?.line : 0}`;
}

describe.each(COMPILERS)('%s', (cc) => {
  test.each(files)(
    '%s: each bug is found where it is, each program without it is clean',
    async (name) => {
      const { object, programs, marked } = await built(name, cc);
      const found: string[] = [];
      for (const program of programs) {
        const says = await verdict(object, program);
        if (!isRowRight(program, says, marked)) found.push(`${program}: ${says}`);
      }
      expect(found).toEqual([]);
    },
  );
});

test('a wait ends from nowhere where that is asked for', async () => {
  const { object, marked } = await built('conditions.c', 'clang');
  expect(marked).toContain(await verdict(object, 'spurious_wrong', '--spurious=1'));
  expect(await verdict(object, 'spurious_right', '--spurious=1')).toBe('exhausted');
});

test('every atomic orders where that is asked for', async () => {
  const { object } = await built('orders.c', 'clang');
  expect(await verdict(object, 'publish_relaxed_wrong', '--orders=all')).toBe('exhausted');
});

test.each(COMPILERS)('%s: atomics that overlap are one word', async (cc) => {
  const mixed = path.join(__dirname, '../../own/counts/mixed_sizes.c');
  const { object } = await shop.build(mixed, { cc, flags: ['-DN=3'] });
  const { heaps } = host(['search', object, '--strategy=dpor', '--heap=fresh']);
  expect(heaps[0]).toMatchObject({ exhausted: true, executions: 24, blocked: 0 });
});

test.each(COMPILERS)('%s: to begin a thread is not a step', async (cc) => {
  const added = path.join(__dirname, '../../own/counts/increments.c');
  const { object } = await shop.build(added, { cc, flags: ['-DN=3'] });
  const { heaps } = host(['search', object, '--strategy=dfs', '--heap=fresh']);
  // As with a mutex, below.
  expect(heaps[0]).toMatchObject({ exhausted: true, executions: 15 });
});

test('an unlock is not a step', async () => {
  const locked = path.join(__dirname, '../../own/counts/locked.c');
  const { object } = await shop.build(locked, { flags: ['-DN=3'] });
  const { heaps } = host(['search', object, '--strategy=dfs', '--heap=fresh']);
  // Six orders to take it in, and in between main() may see that a thread has ended.
  expect(heaps[0]).toMatchObject({ exhausted: true, executions: 15 });
});
