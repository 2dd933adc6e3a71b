import { describe, expect, test } from '@jest/globals';
import { type FixedFault, smallestFix } from '../../../lib/explore/fixes';
import type { ExploreReport } from '../../../lib/explore/report';
import type { ExploreSweepReport } from '../../../lib/explore/sweep';
import { scenarios } from '../../../lib/programs/scenarios';
import { type PatchSet, patches } from '../../../lib/tables/patches';
import type { FaultKind } from '../../../lib/tables/tables';
import { run, runJson, start } from '../command';

async function report(...args: string[]): Promise<{ code: number | null; json: ExploreReport }> {
  const { code, json } = await runJson('explore', ...args);
  return { code, json: json as ExploreReport };
}

function lines(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Runs until somebody stops it. */
const ENDLESS = ['remove-open', '--strategy', 'random', '--executions', '9007199254740991'];

describe('explore --json', () => {
  test('a clean scenario: exhausted, the common head, graded outcomes, exit code 0', async () => {
    const { code, json } = await report('remove-open', '--seed', '7');
    expect(code).toBe(0);
    expect(json).toMatchObject({
      tool: 'dmtorture',
      version: expect.any(String),
      kind: 'explore',
      verdict: 'clean',
      complete: true,
      plan: { seed: 7, scenario: 'remove-open', patches: { mask: patches.parse('all').mask } },
      environment: { node: process.version },
      scenario: 'remove-open',
      strategy: 'portfolio',
      exhaustive: true,
      evidence: expect.stringMatching(/^exhaustive under sequential consistency: /),
      limit: null,
      faults: [],
    });
    for (const name of [
      'executions',
      'traces',
      'states',
      'steps',
      'executionsPerSecond',
    ] as const) {
      expect(json[name]).toBeGreaterThan(0);
    }
    expect(json.outcomes.length).toBeGreaterThan(1);
    for (const { results, grade } of json.outcomes) {
      expect(results).toMatch(/^remove 0=\S+ \| open 0=/);
      expect(['acceptable', 'interesting']).toContain(grade);
    }
  });

  test('a fault: kind, site, schedule, ticket, trace, exit code 1', async () => {
    const { code, json } = await report('remove-open', '--patches', 'all,-05');
    expect(code).toBe(1);
    expect(json).toMatchObject({ verdict: 'fault', complete: true });
    expect(json.faults).toHaveLength(1);
    const [fault] = json.faults;
    expect(fault).toMatchObject({
      kind: 'open-of-freeing',
      invariant: 'I4',
      preventedBy: ['05'],
      site: 'open_device: atomic_inc(&md->holders)',
      executionsToFirst: expect.any(Number),
      preemptions: 1,
      minimal: true,
      ticket: expect.stringMatching(/^dmt2\.[\w-]+$/),
    });
    expect(fault?.trace.length).toBeGreaterThan(10);
    for (const step of fault?.trace ?? []) {
      expect(step).toMatchObject({
        step: expect.any(Number),
        cpu: expect.any(Number),
        text: expect.any(String),
      });
    }
    expect(fault?.trace.at(-1)).toMatchObject({ cpu: 2, faulted: true });
  });

  test('--all-faults: each kind once, each with its ticket', async () => {
    const { json } = await report('remove-get', '--patches', 'none', '--all-faults');
    expect(json.exhaustive).toBe(true);
    expect(json.faults.map(({ kind }) => kind).sort()).toEqual([
      'refcount-resurrect',
      'use-after-free',
    ]);
    expect(new Set(json.faults.map(({ ticket }) => ticket)).size).toBe(2);
  });

  test('the smallest set that takes a fault away brings no other: 04 without 03 would', async () => {
    const { json } = await report('remove-open', '--patches', 'none', '--all-faults');
    const fixes = (json.faults as FixedFault[]).map(({ kind, fixedBy }) => [kind, fixedBy]);
    expect(Object.fromEntries(fixes)).toEqual({
      'open-of-freeing': ['03', '04', '05'],
      'use-after-free': ['05'],
    });
    const { stdout } = await run('explore', 'remove-open', '--patches', 'none', '--all-faults');
    expect(stdout).toMatch(/prevented by {2}03 preload-unlocked \+ 04 spinlock \+ 05 freeing, tog/);
  });

  test('--program, and every option reaches the plan', async () => {
    const { code, json } = await report(
      '--program',
      'cpu1: create 3 ; cpu2: get 3, put 3',
      '--patches',
      'all,-02',
      '--strategy',
      'pct',
      '--depth',
      '4',
      '--executions',
      '5000',
      '--time',
      '20s',
      '--races',
      '--run-on',
      '--no-minimise',
      '--lock',
      'broken',
    );
    expect(code).toBe(1);
    expect(json.plan).toMatchObject({
      program: 'cpu1: create 3 ; cpu2: get 3, put 3 ; after: remove-all',
      strategy: 'pct',
      depth: 4,
      executions: 5000,
      timeMs: 20_000,
      races: true,
      runOn: true,
      minimise: false,
      lock: 1,
    });
    const { json: dfs } = await report('create-find', '--strategy', 'dfs', '--preemptions', '1');
    expect(dfs).toMatchObject({
      plan: { preemptions: 1 },
      limit: 'preemptions',
      exhaustive: false,
    });
  });

  test('a limit is reported, and proves nothing', async () => {
    const args = ['create-find', '--strategy', 'stateful', '--states', '10'];
    const { code, json } = await report(...args);
    expect(code).toBe(4);
    expect(json).toMatchObject({
      verdict: 'unfinished',
      complete: false,
      exhaustive: false,
      limit: 'states',
      states: 10,
    });
    expect((await report(...args, '--allow-incomplete')).code).toBe(0);
    expect(json.evidence).toMatch(/^not exhaustive: /);
  });

  test('the same seed explores the same way', async () => {
    const twice = await Promise.all([1, 2].map(() => report('remove-get', '--patches', 'none')));
    const [a, b] = twice.map(({ json: { faults, executions } }) => ({ faults, executions }));
    expect(a).toEqual(b);
  });
});

test('a program of one thread is an error, not a clean result', async () => {
  const { code, stdout, stderr } = await run('explore', '--program', 'cpu1: create 0');
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^error: There is nothing to interleave .* two threads/m);
});

describe('smallestFix', () => {
  const none = patches.parse('none');
  const fault = { kind: 'use-after-free', preventedBy: ['05', '06'] } as const;
  const wanted = { ...fault, preventedBy: [...fault.preventedBy] };

  test('nothing is said where a search was cut off', async () => {
    expect(await smallestFix(async () => undefined, none, wanted)).toBeUndefined();
  });

  test('both, where each leaves the fault or brings another', async () => {
    const reach = async (set: PatchSet) => {
      if (set.has('05') && set.has('06')) return new Set<FaultKind>();
      if (set.has('06')) return new Set<FaultKind>(['reference-leak']);
      return new Set<FaultKind>(['use-after-free']);
    };
    expect(await smallestFix(reach, none, wanted)).toEqual(['05', '06']);
  });
});

describe('explore without a scenario', () => {
  test('all patches: every scenario exhausted, clean, exit code 0', async () => {
    const { code, json } = await runJson('explore');
    const sweep = json as ExploreSweepReport;
    expect(code).toBe(0);
    expect(sweep).toMatchObject({
      kind: 'explore',
      verdict: 'clean',
      complete: true,
      scenario: 'all',
      exhaustive: true,
      faults: [],
    });
    expect(sweep.scenarios.map(({ scenario }) => scenario)).toEqual(
      scenarios.map(({ name }) => name),
    );
    const sum = sweep.scenarios.reduce((total, { executions }) => total + executions, 0);
    expect(sweep.executions).toBe(sum);
  });

  test('a line for each scenario, then the diagrams, then the verdict', async () => {
    const { code, stdout } = await run('explore', '--patches', 'all,-08');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^scenario +verdict +executions +states +time +faults$/m);
    for (const { name } of scenarios) {
      expect(stdout).toMatch(
        new RegExp(`^${name} +(clean|fault) +\\S+ +\\S+ +\\S+ m?s  \\S+`, 'm'),
      );
    }
    expect(stdout).toMatch(/^create-uevent +fault .* announce-before-init$/m);
    expect(stdout).toContain('BUG: announce-before-init in end_pending / send_add_uevent');
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^FAULT: announce-before-init.* seed 1$/);
  });
});

describe('explore for people', () => {
  test('title, evidence, diagram, patch, replay line, outcomes, verdict, in this order', async () => {
    const { code, stdout, stderr } = await run('explore', 'remove-get', '--patches', 'all,-06');
    expect(code).toBe(1);
    expect(stderr).toContain('explore remove-get, patches all,-06, strategy portfolio, seed 1');
    const parts = [
      /^BUG: use-after-free in dm_get \/ free_dev$/m,
      /^ {2}evidence {6}.*sequential consistency/m,
      /^ {2}schedule {6}46 steps, 1 preemption, provably the fewest/m,
      /^step \| cpu1: remove 0 +\| cpu2: get 0, put 0$/m,
      /\*\*\* use-after-free: the object is freed$/m,
      /freed by cpu1 at step 43$/m,
      /^ {2}prevented by {2}06 get-locked: lookup and dm_get/m,
      /^ {2}replay {8}npx dmtorture replay dmt2\.\S+$/m,
      /^outcome +count +grade$/m,
      /^FAULT: use-after-free; .*seed 1$/m,
    ];
    const places = parts.map((part) => stdout.search(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(stdout).not.toContain('\x1b');
  });

  test('--quiet: the fault and the verdict', async () => {
    const { stdout, stderr } = await run('explore', 'remove-open', '--quiet');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^clean: no fault; exhaustive under sequential consistency: .*\n$/);
  });
});

describe('explore --ndjson', () => {
  test('start, fault, report', async () => {
    const { code, stdout, stderr } = await run(
      'explore',
      'create-find',
      '--patches',
      'all,-02',
      '--ndjson',
    );
    expect([code, stderr]).toEqual([1, '']);
    const events = lines(stdout).filter(({ event }) => event !== 'progress');
    expect(events.map(({ event }) => event)).toEqual(['start', 'fault', 'report']);
    expect(events[0]).toMatchObject({ plan: { scenario: 'create-find', seed: 1 } });
    expect(events[1]).toMatchObject({ scenario: 'create-find', kind: 'use-uninitialized' });
    expect(events[2]).toMatchObject({ kind: 'explore', verdict: 'fault' });
  });

  test('without a scenario an event for each of them', async () => {
    const { code, stdout } = await run('explore', '--ndjson', '--quiet');
    expect(code).toBe(0);
    const names = lines(stdout)
      .filter(({ event }) => event === 'scenario')
      .map(({ scenario }) => scenario);
    expect(names).toEqual(scenarios.map(({ name }) => name));
  });
});

describe('stopped from outside', () => {
  test('SIGINT: the partial report, exit code 130', async () => {
    const { child, ended, said } = start(['explore', ...ENDLESS, '--json']);
    await said('explore remove-open');
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toContain('Ctrl-C again leaves at once');
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'explore',
      complete: false,
      verdict: 'unfinished',
      exhaustive: false,
    });
  });

  test('a reader that goes away ends the search quietly', async () => {
    const { child, ended } = start(['explore', ...ENDLESS, '--ndjson']);
    child.stdout?.once('data', () => child.stdout?.destroy());
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([130, '']);
  });
});
