import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { explore } from '../../../lib/explore/explore';
import type { ProgramExploreOptions } from '../../../lib/own/plan';
import { program } from '../../../lib/own/program';
import type { ProgramReport } from '../../../lib/own/report';

const examples = path.join(__dirname, '../../../examples');
const folder = path.join(examples, 'own');
const names = fs.readdirSync(folder).filter((name) => name.endsWith('.c'));

/** The faults of each program: the kind, and the line that shows it. */
const FAULTS: Record<string, readonly string[]> = {
  'aba.c': ['use-after-free: next = node ? node->next : NULL;'],
  'freeing.c': ['double-free: free(md);'],
  'once.c': [
    'data-race: if (!config) {',
    'data-race: return config;',
    'data-race: assert(get()->answer == 42);',
  ],
  'publish.c': [
    'data-race: assert(dev->sectors == 8);',
    'check-failed: assert(dev->sectors == 8);',
  ],
  'put.c': ['data-race: free(object);'],
  'reference.c': [
    'data-race: free(object);',
    'use-after-free: if (object && --object->references == 0)',
  ],
  'ring.c': ['data-race: *item = ring[at % SIZE];'],
  'seqlock.c': ['check-failed: assert(h == m);'],
  'upgrade.c': ['deadlock: pthread_rwlock_wrlock(&lock);'],
  'wakeup.c': ['deadlock: pthread_cond_wait(&changed, &lock);'],
};

function look(
  name: string,
  flags: string[],
  options: ProgramExploreOptions = {},
): Promise<ProgramReport> {
  return explore(program(path.join(folder, name), { flags }), options);
}

function seen({ faults }: ProgramReport, name: string): string[] {
  const lines = fs.readFileSync(path.join(folder, name), 'utf8').split('\n');
  const all = faults.map(({ kind, line }) => `${kind}: ${lines[(line ?? 0) - 1]?.trim()}`);
  return [...new Set(all)];
}

test('there are ten programs, each with its faults', () => {
  expect(names).toEqual(Object.keys(FAULTS));
});

describe.each(names)('%s', (name) => {
  const file = path.join(folder, name);

  test('names its bug, the command that shows it, and the one that shows its fix', () => {
    const text = fs.readFileSync(file, 'utf8');
    expect(text.match(/BUG/g)).toHaveLength(1);
    expect(text).toContain(`npx dmtorture explore ${name}`);
    expect(text).toContain(`npx dmtorture explore ${name} --flag -DFIXED`);
  });

  test.each(['-UFIXED', '-DFIXED'])('is plain C without a warning: %s', (form) => {
    const strict = ['-std=c11', '-Wall', '-Wextra', '-pedantic', '-Werror', '-fsyntax-only'];
    expect(spawnSync('cc', [...strict, form, file], { encoding: 'utf8' }).stderr).toBe('');
  });

  test('shows its bug, at its line', async () => {
    const report = await look(name, []);
    expect(report.verdict).toBe('fault');
    expect(seen(report, name)).toEqual(FAULTS[name]);
  });

  test('its fix is clean, and every interleaving was run', async () => {
    const { verdict, exhaustive, faults } = await look(name, ['-DFIXED']);
    expect({ verdict, exhaustive, faults }).toEqual({
      verdict: 'clean',
      exhaustive: true,
      faults: [],
    });
  });
});

test('ABA takes a heap that gives memory again', async () => {
  const fresh = await look('aba.c', [], { heap: 'fresh' });
  expect([fresh.verdict, fresh.exhaustive]).toEqual(['clean', true]);
  expect((await look('aba.c', [], { heap: 'reuse' })).verdict).toBe('fault');
});

test('the program to begin with loses an item, and is mended in a line', async () => {
  const file = path.join(examples, 'start', 'queue.c');
  const { faults } = await explore(program(file));
  expect(faults.map(({ kind }) => kind)).toEqual(['check-failed']);
});
