import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { ExploreReport } from '../../../lib/explore/report';
import { run, runJson } from '../command';

const FOLDER = path.join(__dirname, 'golden');

/** A thread goes on where a CPU would, and every kind of fault is looked for. */
const TO_ITS_END = ['--run-on', '--all-faults', '--strategy', 'stateful'];

/** What is explored, what has to come, and the fewest preemptions it takes. */
const stories: [
  name: string,
  scenario: string,
  patches: string,
  fault: string,
  preemptions: number,
  ...options: string[],
][] = [
  ['publish-before-init', 'create-get', 'all,-02', 'use-uninitialized', 1],
  ['01-idr-replace', 'create-create', 'all,-01', 'duplicate-minor', 1],
  ['02-placeholder', 'create-find', 'all,-02', 'use-uninitialized', 1],
  ['03-preload-unlocked', 'create-find', 'all,-03', 'sleep-in-atomic', 0],
  ['04-spinlock', 'remove-get', 'all,-04', 'refcount-resurrect', 1],
  ['05-freeing', 'remove-open', 'all,-05', 'open-of-freeing', 1],
  ['06-get-locked', 'remove-get', 'all,-06', 'use-after-free', 1],
  ['06-get-locked-name-taken', 'clash-find', 'all,-06', 'use-after-free', 2],
  ['06-get-locked-three-cpus', 'remove-find-open', 'all,-06', 'use-after-free', 2],
  ['07-module-ref', 'get-unload', 'all,-07', 'module-unloaded-in-use', 1],
  ['08-init-first', 'create-uevent', 'all,-08', 'announce-before-init', 1],
  ['merged-until-2015', 'remove-find', 'merged,R3', 'use-after-free', 2],
  ['series-leak-of-2006', 'create-find', 'series', 'reference-leak', 1],
  ['bug-from-mempool', 'recycle-get-uevent', 'none', 'pool-outstanding', 3, ...TO_ITS_END],
];

async function explored(
  scenario: string,
  patches: string,
  options: string[],
): Promise<ExploreReport> {
  const { code, json } = await runJson('explore', scenario, '--patches', patches, ...options);
  expect(code).toBe(1);
  return json as ExploreReport;
}

describe('diagrams of the races; UPDATE_GOLDEN=1 writes what there is', () => {
  test.each(stories)('%s', async (name, scenario, patches, kind, preemptions, ...options) => {
    const { faults } = await explored(scenario, patches, options);
    const fault = options.length > 0 ? faults.find((found) => found.kind === kind) : faults[0];
    expect(fault).toMatchObject({ kind, preemptions, minimal: true });
    const { code, stdout, stderr } = await run('replay', fault?.ticket ?? '');
    expect([code, stderr]).toEqual([1, '']);
    for (const line of stdout.split('\n')) {
      if (/^ *\d* +\|/.test(line)) expect(line.length).toBeLessThanOrEqual(100);
    }
    const file = path.join(FOLDER, `${name}.txt`);
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, stdout);
    expect(existsSync(file)).toBe(true);
    expect(stdout).toBe(readFileSync(file, 'utf8'));
  });

  test('each golden file belongs to a story', () => {
    expect(readdirSync(FOLDER).sort()).toEqual(stories.map(([name]) => `${name}.txt`).sort());
  });
});
