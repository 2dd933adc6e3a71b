import { describe, expect, test } from '@jest/globals';
import { isOwnTicket, type OwnTicket, readTicket, sealTicket } from '../../../lib/own/ticket';

/** Of those that are sealed and read: TICKETS=100000 is the long form. */
const COUNT = Number(process.env.TICKETS ?? 2000);

/** The same numbers in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const hex = (next: (below: number) => number, digits: number): string =>
  Array.from({ length: digits }, () => next(16).toString(16)).join('');

const listOf = <Value>(count: number, make: (i: number) => Value): Value[] =>
  Array.from({ length: count }, (_, i) => make(i));

function ticketOf(seed: number): OwnTicket {
  const next = numbers(seed);
  const offset = (): string => (next(2 ** 30) + 1).toString(16);
  let step = 0;
  const files = listOf(1 + next(4), (i) => ({ name: `fïle ${i}.c`, sha256: hex(next, 32) }));
  let last = { step: 0, kind: 0, line: 0 };
  const memory = (['sc', 'tso', 'rc11'] as const)[next(3)] ?? 'sc';
  return {
    files,
    sources: 1 + next(files.length),
    family: next(2) ? 'gcc' : 'clang',
    optimize: next(2) === 1,
    cc: next(3) ? undefined : '/opt/gcc 13/bin/gcc',
    compileCommands: next(3) ? undefined : 'build/compile_commands.json',
    flags: listOf(next(3), (i) => `-DN=${i}`),
    allow: listOf(next(2), () => 'puts'),
    run: {
      heap: next(2) ? 'fresh' : 'reuse',
      orders: next(2) ? 'c11' : 'all',
      memory,
      volatile: next(2) ? 'point' : 'marked',
      main: next(2) ? 'ends' : 'waits',
      leaks: next(2) === 1,
      spurious: next(17),
      forbid: listOf(next(3), (i) => `r${i}=0 r2=-1`),
    },
    knowledge: listOf(
      next(5),
      (i) => ['point:1a2b', 'tried:200000004040', 'overlap:7', 'new:x:1'][i] ?? 'point:1',
    ),
    schedule: listOf(next(8), () => {
      step += 1 + next(1000);
      const deviation: OwnTicket['schedule'][number] = [step, next(16)];
      return memory !== 'sc' && next(2) ? [...deviation, 1 + next(255)] : deviation;
    }) as OwnTicket['schedule'],
    kind: 'use-after-free',
    at: next(4) ? offset() : null,
    other: next(2) ? offset() : null,
    events: listOf(next(5), () => hex(next, 8)),
    steps: listOf(next(40), () => {
      const same = last.step > 0 && next(3) === 0;
      last = { step: last.step + (same ? 0 : 1), kind: next(10), line: next(3000) };
      return last;
    }),
  };
}

describe('tickets of own C', () => {
  test('say what was sealed in them', () => {
    for (let seed = 1; seed <= COUNT; seed += 1) {
      const ticket = ticketOf(seed);
      expect(readTicket(` ${sealTicket(ticket)}\n`)).toEqual(ticket);
    }
  });

  test('are one printable word, and short', () => {
    const { run, schedule, ...others } = ticketOf(7);
    const text = sealTicket({
      ...others,
      run: { ...run, memory: 'sc' },
      schedule: schedule.map(([step, cpu]) => [step, cpu]),
      files: [{ name: 'queue.c', sha256: '0'.repeat(32) }],
      sources: 1,
    });
    expect(text).toMatch(/^dmo1\.[A-Za-z0-9_-]+$/);
    expect(text.length).toBeLessThan(400);
  });

  test('are refused with any character changed, missing or added', () => {
    const text = sealTicket(ticketOf(3));
    for (let i = 'dmo1.'.length; i < text.length; i += 1) {
      const other = text[i] === 'A' ? 'B' : 'A';
      for (const wrong of [
        text.slice(0, i) + other + text.slice(i + 1),
        text.slice(0, i) + text.slice(i + 1),
        `${text.slice(0, i)}!${text.slice(i)}`,
      ]) {
        expect(() => readTicket(wrong)).toThrow(/the ticket is damaged/);
      }
    }
    expect(() => readTicket('dmo1.')).toThrow(/the ticket is damaged/);
  });

  test('of another version are said to be that', () => {
    expect(() => readTicket('dmo9.AAAA')).toThrow(
      expect.objectContaining({ code: 'ERR_TICKET_VERSION' }),
    );
    expect([' dmo1.x', 'dmo2.x', 'dmt2.x', 'x dmo1.'].map(isOwnTicket)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test('are of version 2 where they need a memory model, and of version 1 else', () => {
    const ticket = ticketOf(3);
    const ofModel = (memory: 'sc' | 'rc11') =>
      sealTicket({ ...ticket, run: { ...ticket.run, memory } });
    expect(ofModel('sc')).toMatch(/^dmo1\./);
    expect(ofModel('rc11')).toMatch(/^dmo2\./);
    expect(readTicket(ofModel('rc11')).run.memory).toBe('rc11');
    // The same bytes under the other prefix are not a ticket of that version.
    expect(() => readTicket(ofModel('sc').replace('dmo1.', 'dmo2.'))).toThrow(/ticket/);
    expect(() => readTicket(ofModel('rc11').replace('dmo2.', 'dmo1.'))).toThrow(/ticket/);
  });

  test('keep the first steps of a long story', () => {
    const steps = listOf(1000, (i) => ({ step: i + 1, kind: 1, line: i }));
    expect(readTicket(sealTicket({ ...ticketOf(1), steps })).steps).toEqual(steps.slice(0, 256));
  });
});
