import { describe, expect, test } from '@jest/globals';
import { runJob } from '../../../lib/native/job';
import { nativeExplore } from '../../../lib/native/load';
import type {
  NativeLockReplay,
  NativeVerified,
  NativeVerifyEvent,
  NativeVerifyProgress,
} from '../../../lib/native/verify';
import { rowAt, tables } from '../../../lib/tables/tables';

type LockReplayed = Extract<NativeLockReplay, { refused: '' }>;

const binary = nativeExplore();
const lockNo = (name: string): number => tables.locks.findIndex((row) => row.name === name);

function verified(
  locks: string[],
  sizes: number[],
  watch: { signal?: AbortSignal; progress?(event: NativeVerifyProgress): void } = {},
): Promise<NativeVerified> {
  const numbers = Float64Array.from(tables.verify, ({ fallback }) => fallback);
  const rows = Uint32Array.from(locks, lockNo);
  const start = (onEvent: (event: NativeVerifyEvent) => void): number =>
    binary.verify(numbers, 0, rows, Uint32Array.of(0), Uint32Array.from(sizes), onEvent);
  return runJob(
    'The verification',
    { start, stop: (job) => binary.stop(job) },
    {
      signal: watch.signal,
      progress: watch.progress ?? (() => undefined),
    },
  );
}

describe('a verification', () => {
  test('has a row for each lock and size, and tickets that replay', async () => {
    const { rows, stopped, error } = await verified(['mcs', 'broken'], [2, 1, 0, 0, 3, 1, 0, 0]);
    expect({ stopped, error }).toEqual({ stopped: false, error: 0 });
    expect(rows.map((row) => [row.lock, row.threads, row.rounds, row.verdict])).toEqual([
      [lockNo('mcs'), 2, 1, 'clean'],
      [lockNo('mcs'), 3, 1, 'clean'],
      [lockNo('broken'), 2, 1, 'fault'],
      [lockNo('broken'), 3, 1, 'fault'],
    ]);
    expect(rows.map(({ sites, sitesReached }) => [sitesReached, sites])).toEqual([
      [9, 9],
      [9, 9],
      [0, 0],
      [0, 0],
    ]);
    expect(rows.map(({ exhausted, fault }) => [exhausted, fault === null])).toEqual([
      [true, true],
      [true, true],
      [false, false],
      [false, false],
    ]);
    const fault = rows[2]?.fault;
    const ticket = fault?.ticket ?? '';
    expect(binary.isLockTicket(ticket)).toBe(true);
    const replay = binary.replayLock(ticket) as LockReplayed;
    expect(replay).toMatchObject({
      refused: '',
      subject: 'lock',
      lock: lockNo('broken'),
      memory: 0,
      threads: 2,
      rounds: 1,
      overrides: [],
      expected: fault?.kind,
      kind: fault?.kind,
      followed: true,
      met: true,
      titles: ['broken, 1 round', 'broken, 1 round'],
    });
    expect(replay.lines.map(({ cpu, site }) => [cpu, site.code])).toEqual([
      [0, 'counter'],
      [1, 'counter'],
      [1, 'counter = counter + 1'],
      [0, 'counter = counter + 1'],
    ]);
    expect(rowAt(tables.faults, replay.kind).slug).toBe('check-failed');
  });

  test('reports how far it is, and stops', async () => {
    const controller = new AbortController();
    const events: NativeVerifyProgress[] = [];
    const { rows, stopped } = await verified(['mcs_park'], [4, 2, 0, 0, 2, 1, 0, 0], {
      signal: controller.signal,
      progress(event) {
        events.push(event);
        controller.abort();
      },
    });
    expect(stopped).toBe(true);
    expect(rows.map(({ verdict }) => verdict)).toContain('unfinished');
    expect(events[0]?.all).toBe(2);
  });

  test('refuses a ticket that is damaged or of something else', () => {
    const ticket = 'dmt3.QwZicm9rZW4CAQAAFJ7vbgABIQBv0jur';
    expect(binary.replayLock(`${ticket.slice(0, -1)}s`)).toEqual({
      refused: 'the ticket is damaged: a character is wrong or missing',
      otherVersion: false,
    });
    expect(binary.isLockTicket('dmt2.Ag')).toBe(false);
    expect(binary.replayLock('dmt2.Ag')).toEqual({
      refused: 'this is not the ticket of a lock',
      otherVersion: false,
    });
  });

  test('refuses numbers that it cannot take', async () => {
    expect(() => binary.verify(new Float64Array(1), 0, ...arrays([0], [0], [2, 1, 0, 0]))).toThrow(
      'the plan has a wrong length',
    );
    const numbers = Float64Array.from(tables.verify, ({ fallback }) => fallback);
    expect(() => binary.verify(numbers, 0, ...arrays([0], [9], [2, 1, 0, 0]))).toThrow(
      'out of range: memory model',
    );
    expect(() => binary.verify(numbers, 0, ...arrays([0], [0], [2, 1, 0]))).toThrow(
      'a size is four numbers',
    );
    for (const kind of [-1, 3, '0' as never]) {
      expect(() => binary.verify(numbers, kind, ...arrays([0], [0], [2, 1, 0, 0]))).toThrow(
        'out of range: kind',
      );
    }
  });
});

function arrays(
  locks: number[],
  memories: number[],
  sizes: number[],
): [Uint32Array, Uint32Array, Uint32Array, () => void] {
  const [lock, memory, size] = [locks, memories, sizes].map((list) => Uint32Array.from(list));
  return [lock, memory, size, () => undefined] as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    () => void,
  ];
}
