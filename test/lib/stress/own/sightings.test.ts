import { describe, expect, test } from '@jest/globals';
import type { RoundEnd } from '../../../../lib/stress/own/round';
import { sightingsOf } from '../../../../lib/stress/own/sightings';

const CLEAN: RoundEnd = {
  status: 0,
  signal: null,
  ended: undefined,
  threads: 0,
  stdout: '',
  stderr: '',
};
const seen = (end: Partial<RoundEnd>): object[] => sightingsOf({ ...CLEAN, ...end }, '10s');
const nowhere = { function: '', file: null, line: null };

const TSAN = `==================
WARNING: ThreadSanitizer: data race (pid=7)
  Write of size 4 at 0x5566 by thread T1:
    #0 put queue.c:8:13 (program+0xd030a) (BuildId: bbfe)
    #1 pthread_create native/own/delay/delay.c:171 (delay.so+0x17bc)

  Previous write of size 4 at 0x5566 by main thread:
    #0 main queue.c:17 (program+0xd02b8)
==================
WARNING: ThreadSanitizer: heap-use-after-free (pid=7)
  Write of size 8 at 0x7b by main thread:
    #0 free ../../../../src/libsanitizer/tsan/tsan_interceptors_posix.cpp:706 (libtsan.so.2+0x47e82)
    #1 drop /home/me/my work/queue.c:28 (program+0x1325)
SUMMARY: ThreadSanitizer: heap-use-after-free queue.c:28 in drop
`;

const ASAN = `=================================================================
==24149==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000010 at pc 0x55d3
WRITE of size 4 at 0x602000000010 thread T0
    #0 0x55d3b8ee7307 in get src/reference.c:22
    #1 0x7f814f045249 in __libc_start_call_main ../sysdeps/nptl/libc_start_call_main.h:58
`;

describe('how a round ended', () => {
  test('well, or as it was asked to: nothing is wrong', () => {
    expect(seen({ stderr: 'a warning of its own\n' })).toEqual([]);
    expect(seen({ signal: 'SIGKILL', status: null, ended: 'stopped' })).toEqual([]);
  });

  test.each([
    ["queue: queue.c:20: main: Assertion `count == 2' failed.\n", 'main'],
    ["./a b/queue: queue.c:20: int main(void): Assertion `count == 2' failed.\nAborted\n", 'main'],
    ['Assertion failed: count == 2 (queue.c: main: 20)\n', 'main'],
    ["x: queue.c:20: void Q::put(int): Assertion `count == 2' failed.\n", 'put'],
  ])('an assertion says where: %j', (stderr, name) => {
    expect(seen({ status: null, signal: 'SIGABRT', stderr })).toEqual([
      {
        kind: 'check-failed',
        message: 'assert(count == 2)',
        place: { function: name, file: 'queue.c', line: 20 },
        address: undefined,
      },
    ]);
  });

  test.each([
    ['free(): double free detected in tcache 2', 'double-free'],
    ['double free or corruption (fasttop)', 'double-free'],
    ['free(): invalid pointer', 'bad-free'],
    ['munmap_chunk(): invalid pointer', 'bad-free'],
    ["terminate called after throwing an instance of 'int'", 'abort'],
  ])('what it said before it aborted: %s', (said, kind) => {
    const end = { status: null, signal: 'SIGABRT', stderr: `${said}\n` } as const;
    expect(seen(end)).toEqual([{ kind, message: said, place: nowhere, address: undefined }]);
  });

  test('a crash says its signal, and the address where it came', () => {
    const stderr = 'noise\ndmtorture: signal at 0x00000000000012bd\n';
    expect(seen({ status: null, signal: 'SIGSEGV', stderr })).toEqual([
      expect.objectContaining({ kind: 'crash', address: '0x00000000000012bd' }),
    ]);
    expect(seen({ status: null, signal: 'SIGBUS' })).toEqual([
      expect.objectContaining({ kind: 'crash', address: undefined }),
    ]);
  });

  test('a signal that nobody should have sent, and an exit status', () => {
    expect(seen({ status: null, signal: 'SIGTERM' })).toMatchObject([
      { kind: 'abort', message: 'ended by SIGTERM' },
    ]);
    expect(seen({ status: 3 })).toMatchObject([{ kind: 'check-failed', message: 'exit status 3' }]);
  });

  test('ended by us, since it did not end', () => {
    const killed = { status: null, signal: 'SIGKILL' } as const;
    expect(seen({ ...killed, ended: 'late' })).toMatchObject([
      { kind: 'hang', message: 'the round did not end in 10s' },
    ]);
    expect(seen({ ...killed, ended: 'stuck', threads: 2 })).toMatchObject([
      { kind: 'deadlock', message: 'all 2 threads wait, and nothing can wake one' },
    ]);
  });

  test('every report of ThreadSanitizer, with the first line of the program', () => {
    expect(seen({ status: 66, stderr: TSAN })).toEqual([
      {
        kind: 'data-race',
        message: 'data race',
        place: { function: 'put', file: 'queue.c', line: 8 },
      },
      {
        kind: 'use-after-free',
        message: 'heap-use-after-free',
        place: { function: 'drop', file: '/home/me/my work/queue.c', line: 28 },
      },
    ]);
  });

  test('a report without debug information has an address', () => {
    const stderr = TSAN.replace(/put queue.c:8:13/, 'put <null>').replace(/.*main queue.*\n/, '');
    const [first] = seen({ status: 66, stderr });
    expect(first).toMatchObject({ kind: 'data-race', address: '0xd030a' });
  });

  test('a report of AddressSanitizer, without its addresses', () => {
    expect(seen({ status: 66, stderr: ASAN })).toEqual([
      {
        kind: 'out-of-bounds',
        message: 'heap-buffer-overflow',
        place: { function: 'get', file: 'src/reference.c', line: 22 },
      },
    ]);
  });

  test('a possible deadlock is a guess, and no fault', () => {
    const stderr = 'WARNING: ThreadSanitizer: lock-order-inversion (potential deadlock) (pid=1)\n';
    expect(seen({ status: 0, stderr })).toEqual([]);
  });
});
