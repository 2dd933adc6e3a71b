import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { DmTortureError } from '../../../lib/base/errors';
import { explore } from '../../../lib/explore/explore';
import { makeExplorePlan } from '../../../lib/explore/plan';
import { replay } from '../../../lib/explore/replay';
import { makeExploreReport } from '../../../lib/explore/report';
import type { NativeExplored } from '../../../lib/native/explore';
import { nativeExplore } from '../../../lib/native/load';
import type { Check, FinalState } from '../../../lib/programs/final';
import { race } from '../../../lib/programs/program';

/** Two threads that meet on one device, with a check on how they ended. */
const meeting = (check: Check) =>
  race('a create meets a remove', { cpu1: (d) => d.create(0), cpu2: (d) => d.remove(0), check });

afterEach(() => {
  jest.restoreAllMocks();
});

describe('the check of a race', () => {
  test('sees each different end: results, and what is left', async () => {
    const seen = new Map<string, FinalState>();
    const report = await explore(
      meeting((state) => {
        seen.set(JSON.stringify(state), state);
      }),
    );
    expect(report).toMatchObject({ verdict: 'clean', exhaustive: true, faults: [] });
    expect([...seen.values()].sort((a, b) => a.devices.length - b.devices.length)).toEqual([
      {
        outcome: 'create 0=0 | remove 0=0',
        results: [[0], [0]],
        devices: [],
        moduleReferences: 0,
      },
      {
        outcome: 'create 0=0 | remove 0=-ENXIO',
        results: [[0], [-6]],
        devices: [{ minor: 0, references: 1, named: true, events: 0 }],
        moduleReferences: 1,
      },
    ]);
  });

  test('what it refuses is a fault, with a ticket that replays it and the fewest preemptions', async () => {
    const gone: Check = ({ devices }) => devices.length === 1;
    const report = await explore(meeting(gone));
    expect(report.verdict).toBe('fault');
    expect(report.faults).toHaveLength(1);
    const [fault] = report.faults;
    expect(fault).toMatchObject({
      kind: 'check-failed',
      invariant: 'I11',
      preventedBy: [],
      how: 'sequential',
      preemptions: 0,
      minimal: true,
      cpu: null,
      message: 'the check returned false: create 0=0 | remove 0=0, leaving no device',
      ticket: expect.stringMatching(/^dmt2\./),
    });
    expect(String(fault?.trace)).toContain(
      '*** check-failed: the check returned false: create 0=0 | remove 0=0, leaving no device, seen',
    );
    expect(report.outcomes).toContainEqual(
      expect.objectContaining({ grade: 'forbidden', refused: 'the check returned false' }),
    );
    // A ticket holds no function: without a check the end counts as refused, with one the check is asked.
    const ticket = fault?.ticket ?? '';
    expect(await replay(ticket)).toMatchObject({
      reproduced: true,
      expected: 'check-failed',
      fault: { message: 'the check refused it: create 0=0 | remove 0=0, leaving no device' },
      final: { devices: [] },
    });
    expect(await replay(ticket, { check: gone })).toMatchObject({ reproduced: true });
    expect(await replay(ticket, { check: () => true })).toMatchObject({
      reproduced: false,
      verdict: 'clean',
      fault: null,
    });
  });

  test('a race it takes: the schedule has a preemption, and no fewer', async () => {
    const lost = race('the second device', {
      cpu1: (d) => d.create(0).remove(0),
      cpu2: (d) => d.create(1).status(0),
      check: ({ results }) => results[1]?.[1] !== 0,
    });
    const [fault] = (await explore(lost)).faults;
    expect(fault).toMatchObject({
      kind: 'check-failed',
      how: 'race',
      preemptions: 1,
      minimal: true,
    });
  });

  test.each([
    ['a text', () => 'no device is left', 'no device is left: create'],
    [
      'what a matcher throws, in a line and without colors',
      () => expect(1).toBe(2),
      'expect(received).toBe(expected) // Object.is equality; Expected: 2; Received: 1: create',
    ],
    [
      'something else that is thrown',
      () => {
        throw 'gone';
      },
      'gone: create',
    ],
  ] as [string, Check, string][])('says why: %s', async (_, check, message) => {
    const [fault] = (await explore(meeting(check))).faults;
    expect(fault?.message.startsWith(message)).toBe(true);
  });

  test.each([
    ['a promise', async () => false],
    ['a number', () => 0],
  ] as [string, Check][])('misuse is an error: %s', async (_, check) => {
    await expect(explore(meeting(check))).rejects.toMatchObject({
      code: 'ERR_INVALID_ARG_TYPE',
      option: 'check',
    });
    expect(() => meeting('yes' as unknown as Check)).toThrow(DmTortureError);
  });

  test('another fault comes first, and is not hidden; all faults include both', async () => {
    const both = race('open during the last put', {
      before: (d) => d.create(5),
      cpu1: (d) => d.remove(5),
      cpu2: (d) => d.open(5).io().close(),
      check: ({ results }) => results[1]?.[0] === 0,
    });
    const { faults } = await explore(both, { patches: 'all,-05', allFaults: true });
    expect(faults.map(({ kind }) => kind).sort()).toEqual(
      ['check-failed', 'open-of-freeing', 'use-after-free'].sort(),
    );
  });

  test('a time limit that ends the search does not lose what the check refused', async () => {
    const long = race('four threads', {
      before: (d) => d.create(0).create(1),
      cpu1: (d) => d.remove(0).create(0),
      cpu2: (d) => d.open(0).close().open(1).close(),
      cpu3: (d) => d.find(0).find(1),
      cpu4: (d) => d.status(0).remove(1),
      check: () => {
        // However busy the machine: the second look has a minute for what the first did in 14 ms.
        jest.spyOn(performance, 'now').mockImplementation(() => now() - 60_000);
        return false;
      },
    });
    const now = performance.now.bind(performance);
    const report = await explore(long, { time: 30, allFaults: true, minimise: false });
    expect(report).toMatchObject({ limit: 'time', exhaustive: false, verdict: 'fault' });
    expect(report.faults.map(({ kind }) => kind)).toEqual(['check-failed']);
  });

  test('what it refused is not forgotten where there was no time to come to it again', async () => {
    const plan = makeExplorePlan(
      meeting(() => false),
      { strategy: 'random', executions: 50 },
    );
    const explored = await new Promise<NativeExplored>((resolve) => {
      const heard = (event: { type: string }) => {
        if (event.type === 'finished') resolve(event as NativeExplored);
      };
      nativeExplore().explore(plan.numbers, plan.programs, heard, new Int32Array(0), plan.part);
    });
    const report = makeExploreReport(plan, explored);
    expect(report).toMatchObject({ faults: [], verdict: 'unfinished', limit: 'time' });
  });

  test('without one, outcomes are as they were', async () => {
    const { outcomes } = await explore('create-find');
    for (const outcome of outcomes) {
      expect(Object.keys(outcome)).toEqual(['results', 'count', 'grade']);
    }
  });
});
