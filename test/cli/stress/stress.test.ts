import { describe, expect, test } from '@jest/globals';
import type { StressReport } from '../../../lib/stress/report';
import { patches } from '../../../lib/tables/patches';
import { tables } from '../../../lib/tables/tables';
import { main, run, runJson, start } from '../command';

const FAULTY = ['--scenario', 'get-unload', '--patches', 'all,-07', '--stop-on-fault'];

async function report(...args: string[]): Promise<{ code: number | null; json: StressReport }> {
  const { code, json } = await runJson('stress', ...args);
  return { code, json: json as StressReport };
}

describe('stress --json', () => {
  test('a clean storm: the common head, operations, exit code 0', async () => {
    const { code, json } = await report(
      '--duration',
      '300ms',
      '--threads',
      '3',
      '--minors',
      '5',
      '--seed',
      '7',
    );
    expect(code).toBe(0);
    expect(json).toMatchObject({
      tool: 'dmtorture',
      version: expect.any(String),
      kind: 'stress',
      verdict: 'clean',
      complete: true,
      plan: {
        scenario: 'storm',
        seed: 7,
        threads: 3,
        minors: 5,
        durationMs: 300,
        patches: {
          mask: patches.parse('all').mask,
          names: expect.arrayContaining(['idr-replace', 'find-put']),
        },
      },
      environment: {
        node: process.version,
        os: expect.any(String),
        arch: process.arch,
        cpus: expect.any(Number),
      },
      outcomes: [],
      faults: [],
    });
    expect(json.durationMs).toBeGreaterThanOrEqual(290);
    expect(json.opsPerSecond).toBeGreaterThan(1000);
    const { create } = json.ops;
    expect(create?.count).toBeGreaterThan(0);
    const errors = Object.values(create?.errors ?? {}).reduce((sum, n) => sum + n, 0);
    expect((create?.ok ?? 0) + errors).toBe(create?.count);
    expect(Object.keys(create?.latencyNs ?? {})).toEqual(['p50', 'p90', 'p99', 'p999', 'max']);
  });

  test('a fault: kind, invariant, what prevents it, where it was first, exit code 1', async () => {
    const { code, json } = await report(...FAULTY);
    expect(code).toBe(1);
    expect(json).toMatchObject({ verdict: 'fault', complete: true, plan: { stopOnFault: true } });
    expect(json.faults).toContainEqual({
      kind: 'module-unloaded-in-use',
      count: expect.any(Number),
      invariant: 'I5',
      preventedBy: ['07'],
      first: {
        atMs: expect.any(Number),
        cpu: expect.any(Number),
        op: expect.any(String),
        minor: json.faults[0]?.first.minor,
        site: expect.any(String),
        message: expect.any(String),
        function: expect.any(String),
        code: expect.any(String),
        file: expect.stringMatching(/^native\/core\//),
        line: expect.any(Number),
        object: json.faults[0]?.first.object,
        field: json.faults[0]?.first.field,
      },
      titles: expect.arrayContaining(['unload']),
      ticket: expect.stringMatching(/^dmt2\.[\w-]+$/),
      trace: expect.arrayContaining([expect.objectContaining({ faulted: true })]),
    });
  });

  test('the ticket of a fault replays it; a storm, and --no-tickets, have none', async () => {
    const { json } = await report(...FAULTY);
    const ticket = json.faults[0]?.ticket ?? '';
    const { code, json: again } = await runJson('replay', ticket);
    expect(code).toBe(1);
    expect(again).toMatchObject({
      reproduced: true,
      plan: { scenario: 'get-unload' },
      fault: { kind: json.faults[0]?.kind },
    });
    const without = await report(...FAULTY, '--no-tickets');
    const storm = await report('--patches', 'none', '--stop-on-fault');
    for (const { faults } of [without.json, storm.json]) {
      expect(faults.length).toBeGreaterThan(0);
      for (const fault of faults) expect(Object.keys(fault)).not.toContain('ticket');
    }
  });

  test('rounds of a scenario: every round has a graded outcome', async () => {
    const { code, json } = await report('--scenario', 'create-create', '--rounds', '300');
    expect(code).toBe(0);
    expect(json.rounds).toBe(300);
    expect(json.plan).toMatchObject({ scenario: 'create-create', rounds: 300, threads: 2 });
    expect(json.outcomes.reduce((sum, { count }) => sum + count, 0)).toBe(300);
    for (const { results, grade } of json.outcomes) {
      expect(results).toMatch(/^create 0=\S+ \| create 0=\S+$/);
      expect(['acceptable', 'interesting']).toContain(grade);
    }
  });

  test('every option reaches the plan', async () => {
    const { json } = await report(
      '--ops',
      '1000',
      '--mix',
      'create=3,remove=2,status=5',
      '--perturb',
      'yield',
      '--max-faults',
      '9',
      '--no-latency',
      '--fail-queue',
      '20',
      '--fail-layer',
      '10',
      '--epoch',
      '1s',
      '--watchdog',
      '2s',
      '--lock',
      'ttas',
      '--isolate',
      '--patches',
      '1-8,R3',
    );
    expect(json.plan).toMatchObject({
      ops: 1000,
      durationMs: 0,
      mix: { create: 3, remove: 2, status: 5 },
      perturb: 'yield',
      maxFaults: 9,
      latency: false,
      failQueue: 20,
      failLayer: 10,
      epochMs: 1000,
      watchdogMs: 2000,
      lock: 0,
      isolate: true,
      patches: { mask: patches.parse('1-8,R3').mask },
    });
    expect(Object.keys(json.ops).sort()).toEqual(['create', 'remove', 'status']);
    expect(json.ops.create?.latencyNs).toBeUndefined();
  });

  test('a lock that does nothing is caught', async () => {
    const { code } = await report('--lock', 'broken', '--stop-on-fault', '--duration', '20s');
    expect(code).toBe(1);
  });

  test.each(['mcs', 'futex3', 'mcs_park'])('%s as _minor_lock', async (lock) => {
    const { code, json } = await report('--lock', lock, '--ops', '2000', '--threads', '2');
    expect(code).toBe(0);
    expect(json.plan.lock).toBe(tables.locks.findIndex(({ name }) => name === lock));
    expect(json.opsPerSecond).toBeGreaterThan(0);
  });

  test('without a seed one is made up, and printed', async () => {
    const seeds = new Set<number>();
    for (let i = 0; i < 3; i += 1) seeds.add((await report('--ops', '10')).json.plan.seed);
    expect(seeds.size).toBe(3);
  });
});

describe('stress --ndjson', () => {
  test('start, progress, fault, report, a document a line', async () => {
    const { code, stdout, stderr } = await run(
      'stress',
      '--patches',
      'none',
      '--duration',
      '400ms',
      '--ndjson',
      '--seed',
      '11',
    );
    expect([code, stderr]).toEqual([1, '']);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events[0]).toMatchObject({ event: 'start', plan: { seed: 11, patches: { mask: 0 } } });
    expect(events.at(-1)).toMatchObject({
      event: 'report',
      kind: 'stress',
      verdict: 'fault',
      complete: true,
    });
    const between = events.slice(1, -1);
    expect(new Set(between.map(({ event }) => event))).toEqual(new Set(['progress', 'fault']));
    const fault = between.find(({ event }) => event === 'fault');
    expect(fault).toMatchObject({
      kind: expect.any(String),
      invariant: expect.stringMatching(/^I\d+$/),
      means: expect.any(String),
    });
    const progress = between.find(({ event }) => event === 'progress');
    expect(progress).toMatchObject({
      elapsedMs: expect.any(Number),
      ops: expect.any(Number),
      faults: expect.any(Number),
    });
  });

  test('--quiet leaves progress out', async () => {
    const { stdout } = await run('stress', '--duration', '200ms', '--ndjson', '--quiet');
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).event);
    expect(events).toEqual(['start', 'report']);
  });
});

describe('stress for people', () => {
  test('the fault in words, its first place, and a command that reproduces it', async () => {
    const { code, stdout, stderr } = await run('stress', ...FAULTY, '--seed', '5');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^stress get-unload, patches all,-07, .*seed 5\n/);
    expect(stdout).toMatch(/^BUG: module-unloaded-in-use in dm_unload$/m);
    expect(stdout).toContain('  what          the module goes while a device is left');
    expect(stdout).toContain('  breaks        I5: the module outlives its devices');
    expect(stdout).toMatch(/^ {2}met {11}(once: |\d+ times; first )in \S+.*cpu\d, after \S+ m?s$/m);
    expect(stdout).toContain(
      '  prevented by  07 module-ref: every device holds a reference on the module',
    );
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^FAULT: .* seed 5$/);
    const command = /reproduce +npx dmtorture (.*)$/m.exec(stdout)?.[1] ?? '';
    expect(command).toBe('stress --scenario get-unload --patches all,-07 --seed 5 --stop-on-fault');
    expect((await run(...command.split(' '))).code).toBe(1);
    expect(stdout).toMatch(/^ {2}replay {8}npx dmtorture replay dmt2\.\S+$/m);
    expect(stdout).toMatch(/^step \| cpu1: get 0, put 0 +\| cpu2: unload$/m);
    expect(stdout).toContain('*** module-unloaded-in-use: ');
  });

  test('tables of operations and outcomes, without color in a pipe', async () => {
    const { code, stdout } = await run('stress', '--scenario', 'remove-open', '--rounds', '200');
    expect(code).toBe(0);
    expect(stdout).not.toContain('\x1b');
    expect(stdout).toMatch(/^operation +count +ok +errors +p50 +p90 +p99 +p99\.9 +max$/m);
    expect(stdout).toMatch(/^remove +200 +200 /m);
    expect(stdout).toMatch(/^remove 0=0 \| open 0=.* +\d+ {2}acceptable$/m);
    expect(stdout).toContain('acceptable: also seen when the programs run one after another');
    expect(stdout).toMatch(/^clean: no fault in .*200 rounds; stress remove-open, .*seed \d+$/m);
  });

  test('FORCE_COLOR colors a pipe, NO_COLOR wins', async () => {
    const args = ['stress', '--ops', '10'];
    expect((await start(args, { FORCE_COLOR: '1' }).ended).stdout).toContain(
      '\x1b[32mclean\x1b[39m',
    );
    const { stdout, stderr } = await start(args, { FORCE_COLOR: '1', NO_COLOR: '1' }).ended;
    expect(stdout + stderr).not.toContain('\x1b');
  });

  test('--quiet: no progress, and the verdict with its seed', async () => {
    const { stdout, stderr } = await run('stress', '--ops', '10', '--quiet', '--seed', '3');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^clean: no fault in .*seed 3\n$/);
  });

  test('a plain line of progress each ten seconds where there is no terminal', async () => {
    const { stderr } = await run('stress', '--duration', '10500ms', '--threads', '1');
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(
      /^\S+ of 11s \| ETA \S+ \| \S+ ops \| \S+ ops\/s \| no faults \| seed \d+$/,
    );
  });
});

describe('stopped from outside', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s: the partial report, exit code 130',
    async (signal) => {
      const { child, ended, said } = start(['stress', '--duration', '60s', '--json']);
      await said('stress storm');
      child.kill(signal);
      const { code, stdout, stderr } = await ended;
      expect(code).toBe(130);
      expect(stderr).toContain('Ctrl-C again leaves at once');
      const json = JSON.parse(stdout) as StressReport;
      expect(json).toMatchObject({ kind: 'stress', complete: false, verdict: 'unfinished' });
      expect(json.durationMs).toBeLessThan(30_000);
    },
  );

  test('a fault found before the interruption stays the verdict of the report', async () => {
    const { child, ended, said } = start([
      'stress',
      '--patches',
      'none',
      '--duration',
      '60s',
      '--json',
    ]);
    await said('\nfault ');
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ complete: false, verdict: 'fault' });
  });

  test('the second signal leaves at once, without a report', async () => {
    const { child, ended, said } = start(['stress', '--duration', '60s', '--json']);
    await said('stress storm');
    // Two kinds, since two equal ones at once may arrive as one.
    child.kill('SIGINT');
    child.kill('SIGTERM');
    const { code, signal, stdout } = await ended;
    expect([code, signal, stdout]).toEqual([130, null, '']);
  });

  test('a reader that goes away ends the run quietly', async () => {
    const { child, ended } = start([
      'stress',
      '--patches',
      'none',
      '--duration',
      '60s',
      '--ndjson',
    ]);
    child.stdout?.once('data', () => child.stdout?.destroy());
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([130, '']);
  });

  test('a reader that never was causes no failure', async () => {
    const { child, ended } = start(['list', 'ops']);
    child.stdout?.destroy();
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([0, '']);
  });
});

test('the built command is executable', () => {
  const { accessSync, constants } = require('node:fs') as typeof import('node:fs');
  accessSync(main, constants.X_OK);
});
