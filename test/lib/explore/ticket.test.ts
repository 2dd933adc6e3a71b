import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { parsePrograms, replay } from '../../../lib/index';
import { encodePrograms } from '../../../lib/programs/program';
import { patches } from '../../../lib/tables/patches';
import { tables } from '../../../lib/tables/tables';

interface Forged {
  written?: number;
  version?: number;
  patches: number;
  lock?: number;
  fault: number;
  site?: number;
  words: number[];
  deviations: [step: number, cpu: number][];
  runOn?: number;
}
const { encodeTicket, seal } = require('../children/forge.cjs') as {
  encodeTicket(forged: Forged): string;
  seal(bytes: Uint8Array | number[], version?: number): string;
};

const words = [...encodePrograms(parsePrograms('cpu1: create 0 ; cpu2: find 0'))];

/** The words of programs whose last operation has this minor instead. */
function lastMinor(programs: string, minor: number): number[] {
  const own = [...encodePrograms(parsePrograms(programs))];
  return own.with(-1, ((minor << 8) | ((own.at(-1) ?? 0) & 0xff)) >>> 0);
}

const UNKNOWN = 2 ** tables.patches.length;
const UNINITIALIZED = 1; // the first row of the faults, plus 1
const good: Forged = {
  patches: patches.parse('all,-02').mask,
  fault: UNINITIALIZED,
  words,
  deviations: [[7, 1]],
};
const refusal = (code: string): unknown => expect.objectContaining({ code, option: 'ticket' });

describe('a ticket made by hand', () => {
  test('is run', async () => {
    const report = await replay(encodeTicket(good));
    expect(report).toMatchObject({ reproduced: true, fault: { kind: 'use-uninitialized' } });
  });

  test('that leads elsewhere is not reproduced, and reports what came', async () => {
    expect(await replay(encodeTicket({ ...good, fault: 5 }))).toMatchObject({
      reproduced: false,
      expected: 'use-after-free',
      fault: { kind: 'use-uninitialized' },
    });
    expect(
      await replay(encodeTicket({ ...good, patches: patches.parse('all').mask })),
    ).toMatchObject({
      reproduced: false,
      verdict: 'clean',
      fault: null,
    });
    const tooLate: Forged = { ...good, deviations: [[4000, 1]] };
    expect(await replay(encodeTicket(tooLate))).toMatchObject({ reproduced: false });
  });

  test('of dmtorture 0.1 is run', async () => {
    const sevenOfEight = patches.parse('1,3-8,R3').mask;
    const written = { ...good, written: 1, patches: sevenOfEight };
    expect(await replay(encodeTicket(written))).toMatchObject({
      reproduced: true,
      fault: { kind: 'use-uninitialized' },
    });
    expect(
      await replay(encodeTicket({ ...written, patches: patches.parse('1-8,R3').mask, fault: 0 })),
    ).toMatchObject({ reproduced: true, verdict: 'clean' });
  });

  test.each([
    ['to another fault', { fault: 5 }, /use-after-free/],
    ['nowhere', { patches: patches.parse('1-8,R3').mask }, /use-uninitialized/],
    ['past its end', { deviations: [[4000, 1]] as Forged['deviations'] }, /use-uninitialized/],
  ])('of dmtorture 0.1 that leads %s is refused in a sentence', async (_, change, says) => {
    const old = { ...good, patches: patches.parse('1,3-8,R3').mask };
    const ticket = encodeTicket({ ...old, ...change, written: 1 });
    await expect(replay(ticket)).rejects.toEqual(refusal('ERR_TICKET_VERSION'));
    await expect(replay(ticket)).rejects.toThrow(says);
    await expect(replay(ticket)).rejects.toThrow(/dmtorture 0\.1.*`dmtorture explore`/);
  });

  test('whose fault comes at another site is not reproduced', async () => {
    expect(await replay(encodeTicket({ ...good, site: 1 }))).toMatchObject({
      reproduced: false,
      expected: 'use-uninitialized',
      fault: { kind: 'use-uninitialized' },
    });
  });

  test('may be of any length', async () => {
    const many: Forged['deviations'] = Array.from({ length: 10_000 }, () => [1, 1]);
    const report = await replay(encodeTicket({ ...good, deviations: many }));
    expect(report.kind).toBe('replay');
  });

  test.each([
    ['an older version', { ...good, version: 0 }, 'ERR_TICKET_VERSION'],
    ['a newer version', { ...good, version: 3 }, 'ERR_TICKET_VERSION'],
    ['patches that are not there', { ...good, patches: UNKNOWN }, 'ERR_TICKET_VERSION'],
    ['patches that never were', { ...good, patches: 1024, written: 1 }, 'ERR_BAD_TICKET'],
    ['a lock that is not there', { ...good, lock: 7 }, 'ERR_BAD_TICKET'],
    ['a site, and no fault that could be there', { ...good, fault: 0, site: 9 }, 'ERR_BAD_TICKET'],
    ['two ways to run on', { ...good, runOn: 2 }, 'ERR_BAD_TICKET'],
    ['a fault that is not there', { ...good, fault: 40 }, 'ERR_BAD_TICKET'],
    ['no programs', { ...good, words: [] }, 'ERR_BAD_TICKET'],
    ['an operation that is not there', { ...good, words: [0, 0, 1, 99, 0] }, 'ERR_BAD_TICKET'],
    [
      'an operation with a minor that it does not take',
      { ...good, words: lastMinor('cpu1: create 0 ; cpu2: remove-all', 0) },
      'ERR_BAD_TICKET',
    ],
    [
      'an operation without the minor that it takes',
      { ...good, words: lastMinor('cpu1: create 0 ; cpu2: find 0', 0xffffff) },
      'ERR_BAD_TICKET',
    ],
    ['a program that is cut off', { ...good, words: [0, 0, 5, 1] }, 'ERR_BAD_TICKET'],
  ])('with %s is refused', async (_, forged, code) => {
    await expect(replay(encodeTicket(forged))).rejects.toEqual(refusal(code));
  });

  test('of random bytes is refused or run, and nothing else', async () => {
    for (let i = 0; i < 3000; i += 1) {
      const bytes = randomBytes(i % 40);
      // Most random versions are other versions.
      const version = 1 + (i % 4 > 1 ? 1 : 0);
      if (bytes.length > 0 && i % 2) bytes[0] = version;
      const outcome = await replay(seal(bytes, version)).catch(
        (error: { code: string }) => error.code,
      );
      if (typeof outcome === 'string') {
        expect(['ERR_BAD_TICKET', 'ERR_TICKET_VERSION']).toContain(outcome);
      }
    }
  });
});
