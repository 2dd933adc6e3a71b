import { describe, expect, test } from '@jest/globals';
import { DeviceMapper } from '../../lib/direct/device-mapper';
import { explore } from '../../lib/explore/explore';
import type { DmTortureMatchers, MatchOptions } from '../../lib/jest';
import { matchers } from '../../lib/jest';
import { program } from '../../lib/own/program';
import { race } from '../../lib/programs/program';
import { stress } from '../../lib/stress/stress';

const stale = race('open during the last put', {
  before: (d) => d.create(5),
  cpu1: (d) => d.remove(5),
  cpu2: (d) => d.open(5).io().close(),
});

/** What a failed expectation says; an expectation that holds fails the test. */
async function failure(expectation: () => unknown): Promise<string> {
  try {
    await expectation();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('the expectation holds');
}

/** Neither direction can be decided. */
const CUT: MatchOptions = { strategy: 'random', executions: 10 };

describe('toBeRaceFree', () => {
  test('holds where every interleaving is clean', async () => {
    await expect(stale).toBeRaceFree();
    await expect('remove-open').toBeRaceFree({ patches: 'all' });
    await expect('cpu1: create 0 ; cpu2: find 0').toBeRaceFree();
    await expect(stale).not.toBeRaceFree({ patches: 'all,-05' });
  });

  test('its failure is the diagram, the patch that prevents it, and the replay line', async () => {
    const text = await failure(() => expect(stale).toBeRaceFree({ patches: 'all,-05' }));
    const { faults } = await explore(stale, { patches: 'all,-05' });
    expect(text).toMatch(
      /^expect\('open during the last put'\)\.toBeRaceFree\(\{ patches: 'all,-05' \}\)\n\nBUG: /,
    );
    expect(text).toContain('where         open during the last put, patches all,-05');
    expect(text).toMatch(/^step \| cpu1: remove 5 +\| cpu2: open 5, io 5, close 5$/m);
    expect(text).toContain(`*** ${faults[0]?.kind}: `);
    expect(text).toMatch(/^ {2}prevented by {2}05 freeing: DMF_FREEING is set/m);
    expect(text.split('\n').at(-1)).toBe(
      `  replay        npx dmtorture replay ${faults[0]?.ticket}`,
    );
  });

  test('several patches are named where it takes them', async () => {
    const text = await failure(() => expect(stale).toBeRaceFree({ patches: 'none' }));
    expect(text).toContain('03 preload-unlocked + 04 spinlock + 05 freeing, together');
  });

  test('.not says how far was looked, and what there was', async () => {
    const text = await failure(() => expect(stale).not.toBeRaceFree());
    expect(text).toMatch(/^expect\('open .*'\)\.not\.toBeRaceFree\(\)\n\nno fault was found\n/);
    expect(text).toMatch(/^ {2}evidence {6}exhaustive under sequential consistency: \d+ states$/m);
    expect(text).toContain('remove 5=0 | open 5=0, io 5=0, close 5=0 (acceptable)');
  });

  test('a search that did not end answers neither way, unless it may', async () => {
    const yes = await failure(() => expect(stale).toBeRaceFree(CUT));
    const no = await failure(() => expect(stale).not.toBeRaceFree(CUT));
    for (const text of [yes, no]) {
      expect(text).toContain('not exhaustive: random, 10 executions');
      expect(text.replaceAll('\n', ' ')).toContain('`exhaustive: false`');
    }
    await expect(stale).toBeRaceFree({ ...CUT, exhaustive: false });
  });

  test('what a check refuses is a race, and is reported with its words', async () => {
    const meeting = race('a create meets a remove', {
      cpu1: (d) => d.create(0),
      cpu2: (d) => d.remove(0),
      check: ({ devices }) => expect(devices).toHaveLength(1),
    });
    const text = await failure(() => expect(meeting).toBeRaceFree());
    expect(text).toMatch(/\*\*\* check-failed: expect\(received\)\.toHaveLength\(expected\);/);
    expect(text).toContain('leaving no device, seen');
    await expect(meeting).toFault('check-failed');
    const kept = race('kept', {
      cpu1: (d) => d.create(0),
      cpu2: (d) => d.find(0),
      check: ({ devices }) => expect(devices).toEqual([expect.objectContaining({ minor: 0 })]),
    });
    await expect(kept).toBeRaceFree();
  });

  test('a patch that makes a check hold is found', async () => {
    // Without 07 the module goes under a device; with it, unloading has to wait.
    const busy = race('unload beside a create', {
      cpu1: (d) => d.create(0),
      cpu2: (d) => d.unload(),
      check: ({ moduleReferences, devices }) => devices.length === 0 || moduleReferences === 1,
    });
    const text = await failure(() => expect(busy).toFault('check-failed', { patches: 'all' }));
    expect(text).toContain('no check-failed was found');
    const refused = await failure(() =>
      expect(busy).not.toFault('check-failed', { patches: 'all,-07' }),
    );
    expect(refused).toMatch(/^ {2}prevented by {2}07 module-ref: /m);
  });
});

describe('toFault', () => {
  test('one kind, one of several, any', async () => {
    await expect(stale).toFault('use-after-free', { patches: 'none' });
    await expect(stale).toFault(['double-free', 'use-after-free'], { patches: 'none' });
    await expect(stale).toFault({ patches: 'none' });
    await expect(stale).not.toFault();
    await expect(stale).not.toFault('double-free', { patches: 'none' });
  });

  test('a data race is looked for where somebody asks for one', async () => {
    await expect('create-find').toFault('data-race', { patches: 'all,-02' });
    await expect('create-find').not.toFault('data-race');
  });

  test('its failure says what there was instead, with its diagram', async () => {
    const text = await failure(() =>
      expect(stale).toFault(['double-free', 'minor-leak'], { patches: 'all,-05' }),
    );
    expect(text).toContain('no double-free or minor-leak was found, but:');
    expect(text).toContain('BUG: open-of-freeing in');
    expect(text).toContain('BUG: use-after-free in');
    expect(await failure(() => expect(stale).toFault())).toContain('no fault was found');
  });

  test('.not reports the fault that should not be there', async () => {
    const text = await failure(() =>
      expect(stale).not.toFault('use-after-free', { patches: 'all,-05' }),
    );
    expect(text).toContain('BUG: use-after-free in');
    expect(text).not.toContain('BUG: open-of-freeing in');
  });

  test('a search that did not end answers nothing', async () => {
    for (const asked of [expect(stale), expect(stale).not]) {
      expect(await failure(() => asked.toFault('use-after-free', CUT))).toContain('proves nothing');
    }
    await expect(stale).not.toFault({ ...CUT, exhaustive: false });
  });

  test.each([
    ['use-after-fre', 'did you mean `use-after-free`?'],
    ['xyzzy', 'use-uninitialized, '],
  ])('%s is not a kind, and neither direction holds', async (kind, says) => {
    for (const asked of [expect(stale), expect(stale).not]) {
      // @ts-expect-error: the kinds are typed
      const text = await failure(() => asked.toFault(kind));
      expect(text).toContain(says);
    }
  });

  test('wrong options and targets are errors, not answers', async () => {
    for (const asked of [expect('remov-open'), expect('remov-open').not]) {
      expect(await failure(() => asked.toBeRaceFree())).toContain('did you mean `remove-open`?');
    }
    expect(await failure(() => expect(stale).toBeRaceFree({ patches: 'all,-09' }))).toContain('09');
    // @ts-expect-error: there is no such option
    expect(await failure(() => expect(stale).toFault({ patchs: 'all' }))).toContain('`patches`');
    const wrong = { exhaustive: 1 } as unknown as MatchOptions;
    expect(await failure(() => expect(stale).toBeRaceFree(wrong))).toContain('`exhaustive`');
    expect(await failure(() => expect(5).toBeRaceFree())).toContain('`scenario`');
  });
});

describe('toReplay', () => {
  const ticket = async () => (await explore('remove-open', { patches: 'all,-05' })).faults[0];

  test('the fault of a ticket, and its kind', async () => {
    const fault = await ticket();
    await expect(fault?.ticket).toReplay();
    await expect(fault?.ticket).toReplay(fault?.kind);
    await expect(fault?.ticket).not.toReplay('double-free');
  });

  test('its failure and its contrary show the schedule', async () => {
    const fault = await ticket();
    const other = await failure(() => expect(fault?.ticket).toReplay('double-free'));
    expect(other).toContain(`reproduced: ${fault?.kind}, and not double-free`);
    const not = await failure(() => expect(fault?.ticket).not.toReplay());
    expect(not).toContain(`reproduced: ${fault?.kind}\n`);
    for (const text of [other, not]) expect(text).toMatch(/^step \| cpu1: remove 0 +\| cpu2/m);
  });

  test('a check that was mended: the ticket is about what no longer is', async () => {
    const meeting = race('x', {
      cpu1: (d) => d.create(0),
      cpu2: (d) => d.remove(0),
      check: ({ devices }) => devices.length === 1,
    });
    const found = (await explore(meeting)).faults[0]?.ticket;
    await expect(found).toReplay('check-failed');
    await expect(found).toReplay('check-failed', { check: meeting.check });
    const text = await failure(() => expect(found).toReplay('check-failed', { check: () => true }));
    expect(text).toContain('NOT REPRODUCED: the ticket is about check-failed');
  });

  test('a damaged ticket is an error either way', async () => {
    for (const asked of [expect('dmt2.Af0FAAAB'), expect('dmt2.Af0FAAAB').not]) {
      expect(await failure(() => asked.toReplay())).toContain('the ticket is damaged');
    }
    expect(await failure(() => expect(5).toReplay())).toContain('`ticket`');
  });
});

describe('toHaveNoFaults', () => {
  test('reports of stress, explore and replay, and a device mapper', async () => {
    expect(await stress({ duration: 50 }).result).toHaveNoFaults();
    expect(await explore('remove-open')).toHaveNoFaults();
    expect(await explore('remove-open', { patches: 'all,-05' })).not.toHaveNoFaults();
    using dm = new DeviceMapper({ patches: 'all' });
    dm.remove(dm.create());
    expect(dm).toHaveNoFaults();
  });

  test('its failure has every kind: what, where, the patch, the diagram, the replay', async () => {
    const plan = { scenario: stale, patches: 'all,-05', rounds: 20_000, tickets: true } as const;
    const report = await stress({ ...plan, stopOnFault: true }).result;
    const text = await failure(() => expect(report).toHaveNoFaults());
    expect(text).toMatch(/^expect\('stress open during the last put'\)\.toHaveNoFaults\(\)/);
    for (const { kind, first, ticket } of report.faults) {
      expect(text).toContain(`\n\nBUG: ${kind} in ${first.function}`);
      expect(text).toContain(`npx dmtorture replay ${ticket}`);
    }
    expect(text).toContain('prevented by  05 freeing');
    expect(text).toMatch(/^step \| cpu1: remove 5 +\| cpu2/m);
  });

  test('.not says that there is none', async () => {
    const report = await explore('remove-open');
    const text = await failure(() => expect(report).not.toHaveNoFaults());
    expect(text).toBe("expect('explore remove-open').not.toHaveNoFaults()\n\nno fault");
  });

  test('what was stopped proves nothing', async () => {
    const run = stress({ duration: '10s' });
    run.stop();
    const report = await run.result;
    for (const asked of [expect(report), expect(report).not]) {
      expect(await failure(() => asked.toHaveNoFaults())).toContain('stopped before its end');
    }
  });

  test('what has no faults yet is named, and what to do', async () => {
    const target = program('queue.c');
    expect(await failure(() => expect(target).toHaveNoFaults())).toContain(
      'a DeviceMapper: toBeRaceFree(), or await explore(program), got `a program`',
    );
    const promise = Promise.resolve({ faults: [] });
    expect(await failure(() => expect(promise).toHaveNoFaults())).toContain(
      'a DeviceMapper: await it, got `a promise`',
    );
  });

  test.each([
    ['nothing', undefined],
    ['a number', 5],
    ['another object', { rows: [] }],
  ])('%s is not a report', async (_, wrong) => {
    expect(await failure(() => expect(wrong).toHaveNoFaults())).toContain('Expected `received`');
  });

  test('a run that nobody waited for is not a report either', async () => {
    const run = stress({ duration: 50 });
    expect(await failure(() => expect(run).toHaveNoFaults())).toContain('await run.result');
    await run.result;
  });
});

describe('toScale', () => {
  const row = (lock: string, threads: number, opsPerSecond: number, holdNs = 0) => ({
    ...{ lock, threads, opsPerSecond, holdNs },
    jain: 1 / threads,
  });
  const rows = [row('mcs', 1, 1e6), row('mcs', 2, 1.9e6), row('tas', 1, 2e6), row('tas', 2, 2.4e6)];

  test('rows, a report of them, reports of stress', () => {
    expect(rows.slice(0, 2)).toScale({ from: 1, to: 2, atLeast: 0.95 });
    expect({ kind: 'bench', rows }).not.toScale({ from: 1, to: 2 });
    expect(rows).toScale({ where: { lock: 'mcs' } });
    const storm = (threads: number, opsPerSecond: number) => ({
      ...{ kind: 'stress', opsPerSecond, faults: [] },
      plan: { threads, scenario: 'storm', patches: { mask: 0, names: [] } },
    });
    expect([storm(1, 100), storm(4, 400)]).toScale({ atLeast: 1 });
    expect([storm(1, 100), storm(4, 300)]).not.toScale({ atLeast: 0.76 });
  });

  test('runs that were really made', async () => {
    const reports = [];
    for (const threads of [1, 2]) reports.push(await stress({ threads, duration: 50 }).result);
    expect(reports).toScale({ from: 1, to: 2, atLeast: 0 });
  });

  test('what was measured several times counts by its median; settings are told apart', () => {
    expect([...rows.slice(0, 2), row('mcs', 2, 1), row('mcs', 2, 1.9e6)]).toScale();
    expect([row('mcs', 1, 100), row('mcs', 2, 200), row('mcs', 2, 1, 500)]).toScale();
  });

  test('its failure has a line for each, both ways', async () => {
    const text = await failure(() => expect(rows).toScale({ from: 1, to: 2, atLeast: 0.8 }));
    expect(text).toBe(
      [
        "expect('report').toScale({ from: 1, to: 2, atLeast: 0.8 })",
        '',
        '  yes mcs, holdNs 0: 1M -> 1.9M per second from 1 to 2 threads, 0.95 of linear',
        '  NO  tas, holdNs 0: 2M -> 2.4M per second from 1 to 2 threads, 0.60 of linear',
      ].join('\n'),
    );
    expect(await failure(() => expect(rows.slice(0, 2)).not.toScale())).toContain('yes mcs');
  });

  test.each([
    ['no rows', [], {}, 'Expected `received`'],
    ['no throughput', [{ lock: 'mcs', threads: 1 }], {}, '`opsPerSecond`'],
    ['one number of threads', [row('mcs', 1, 1)], {}, 'with fewer and with more threads'],
    ['another number of threads', rows, { to: 8 }, 'with 8 threads, got `threads 1, 2`'],
    ['nothing that fits', rows, { where: { lock: 'clh' } }, 'nothing that fits `where`'],
    ['the wrong way', rows, { from: 2, to: 1 }, 'more threads than `from` (2)'],
    ['half a thread', rows, { from: 0.5 }, '`from`'],
    ['no number', rows, { atLeast: 'most' }, '`atLeast`'],
    ['an unknown option', rows, { atleast: 1 }, '`atLeast`'],
  ])('%s: an error', async (_, received, options, says) => {
    for (const asked of [expect(received), expect(received).not]) {
      expect(await failure(() => asked.toScale(options as object))).toContain(says);
    }
  });
});

test('the types: of @jest/globals, of the global expect, and as they are', async () => {
  const global: jest.Matchers<void> = {} as jest.Matchers<void>;
  const names: (keyof typeof global & keyof DmTortureMatchers)[] = [
    'toBeRaceFree',
    'toBeVerified',
    'toFault',
    'toReplay',
    'toHaveNoFaults',
    'toBeAsFastAs',
    'toScale',
  ];
  expect(names.sort()).toEqual(Object.keys(matchers).sort());
});
