import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { explore } from '../../../lib/explore/explore';
import { replay } from '../../../lib/explore/replay';
import type { ProgramExploreOptions } from '../../../lib/own/plan';
import { program } from '../../../lib/own/program';
import type { ProgramReport } from '../../../lib/own/report';
import { optionsOf } from '../../../lib/story/weak';

const folder = path.join(__dirname, '../../../examples/weak');
const names = fs.readdirSync(folder).filter((name) => name.endsWith('.c'));

/** Of each program: the fault of its weak order under rc11, and whether it takes rc11 to see one. */
const FAULTS: Record<string, readonly [kind: string, everywhere?: 'everywhere']> = {
  'dekker.c': ['data-race'],
  'dpdk-mcs-2020.c': ['livelock'],
  'dpdk-mcs-2025.c': ['livelock'],
  'eventcount.c': ['livelock'],
  'hazard.c': ['use-after-free'],
  'linux-qspinlock.c': ['livelock'],
  'message.c': ['data-race', 'everywhere'],
  'once.c': ['data-race', 'everywhere'],
  'peterson-fence.c': ['data-race'],
  'peterson.c': ['data-race'],
  'publish.c': ['data-race', 'everywhere'],
  'refcount.c': ['data-race', 'everywhere'],
  'seqlock-count.c': ['check-failed'],
  'seqlock-reader.c': ['check-failed'],
  'seqlock-writer.c': ['check-failed'],
  'spsc-full.c': ['data-race', 'everywhere'],
  'spsc.c': ['data-race', 'everywhere'],
  'tas.c': ['data-race', 'everywhere'],
  'ticket.c': ['data-race', 'everywhere'],
};

function look(
  name: string,
  flags: string[],
  options: ProgramExploreOptions = {},
): Promise<ProgramReport> {
  return explore(program(path.join(folder, name), { flags }), options);
}

function seen({ verdict, exhaustive, faults }: ProgramReport) {
  return { verdict, exhaustive, kinds: faults.map(({ kind }) => kind) };
}

/** Of these not every execution of the fix is run: there are too many. */
const TOO_LARGE = ['linux-qspinlock.c', 'peterson-fence.c'];
const LIMIT = { executions: 100_000 };
const SAID = /although|lands before/;
const CLEAN = { verdict: 'clean', exhaustive: true, kinds: [] };

test('there are 19 programs, each with its fault', () => {
  expect(names).toEqual(Object.keys(FAULTS));
  expect(names).toHaveLength(19);
});

describe.each(names)('%s', (name) => {
  const file = path.join(folder, name);
  const [kind, everywhere] = FAULTS[name] ?? [];

  test('names its bug, the command that shows it, and the one that shows its fix', () => {
    const text = fs.readFileSync(file, 'utf8');
    expect(text.match(/BUG/g)).toHaveLength(1);
    expect(text).toContain(`npx dmtorture explore ${name} --memory rc11\n`);
    expect(text).toContain(`npx dmtorture explore ${name} --memory rc11 --flag -DFIXED\n`);
  });

  test.each(['-UFIXED', '-DFIXED'])('is plain C without a warning: %s', (form) => {
    const strict = ['-std=c11', '-Wall', '-Wextra', '-pedantic', '-Werror', '-fsyntax-only'];
    expect(spawnSync('cc', [...strict, form, file], { encoding: 'utf8' }).stderr).toBe('');
  });

  test('shows its fault under rc11, and without it only where no order is in the way', async () => {
    const weak = seen(await look(name, [], { memory: 'rc11', ...LIMIT }));
    expect(weak.verdict).toBe('fault');
    expect(new Set(weak.kinds)).toEqual(new Set([kind]));
    const strong = seen(await look(name, []));
    if (everywhere) expect(strong.verdict).toBe('fault');
    else expect(strong).toEqual(CLEAN);
  });

  test('its fix has no fault under rc11', async () => {
    const fixed = seen(await look(name, ['-DFIXED'], { memory: 'rc11', ...LIMIT }));
    const unfinished = { verdict: 'unfinished', exhaustive: false, kinds: [] };
    expect(fixed).toEqual(TOO_LARGE.includes(name) ? unfinished : CLEAN);
  });

  test('its ticket replays', async () => {
    const { faults } = await look(name, [], { memory: 'rc11', ...LIMIT });
    const again = await replay(faults[0]?.ticket ?? '');
    expect([again.reproduced, again.fault?.kind]).toEqual([true, kind]);
    // What did not see or follow the newest write says which that was.
    for (const trace of [faults[0]?.trace ?? [], again.trace]) {
      const stale = trace.filter(({ missed, before }) => missed ?? before);
      expect(stale).toHaveLength(optionsOf(trace));
      if (kind !== 'data-race' || name.startsWith('dekker'))
        expect(stale.length).toBeGreaterThan(0);
      if (stale.length > 0) expect(String(trace)).toMatch(SAID);
    }
  });
});
