import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { explore, program, replay } from '../../../lib/index';
import { matchers } from '../../../lib/jest';
import { COMPILERS, workshop } from './building';

expect.extend(matchers);

const folder = path.join(__dirname, '../../../examples/weak');
const names = fs.readdirSync(folder).filter((name) => name.endsWith('.c'));
const { write } = workshop();

/** Programs that an x86 has in order; the others show their fault there, too. */
const ORDERED_BY_X86 = [
  'dpdk-mcs-2020.c',
  'dpdk-mcs-2025.c',
  'linux-qspinlock.c',
  'peterson-fence.c',
  'seqlock-count.c',
  'seqlock-reader.c',
  'seqlock-writer.c',
];
/** Where a thread does not see a store that waits. */
const BUFFERED = ['dekker.c', 'eventcount.c', 'hazard.c', 'peterson.c'];

const TSO = { memory: 'tso', executions: 100_000 } as const;

describe.each(names.flatMap((name) => COMPILERS.map((cc) => [name, cc] as const)))(
  '%s by %s',
  (name, cc) => {
    const file = path.join(folder, name);

    test('shows its fault on x86, or is exhausted there', async () => {
      const { verdict, exhaustive } = await explore(program(file, { cc }), TSO);
      if (ORDERED_BY_X86.includes(name)) expect([verdict, exhaustive]).toEqual(['clean', true]);
      else expect(verdict).toBe('fault');
    });

    test('its fix has no fault there', async () => {
      const { verdict, exhaustive } = await explore(program(file, { cc, flags: ['-DFIXED'] }), TSO);
      expect([verdict, exhaustive]).toEqual(['clean', true]);
    });
  },
);

describe.each(BUFFERED.flatMap((name) => COMPILERS.map((cc) => [name, cc] as const)))(
  '%s by %s',
  (name, cc) => {
    test('its diagram has the store that waits, the read that misses it, and a ticket', async () => {
      const { faults } = await explore(program(path.join(folder, name), { cc }), TSO);
      const [fault] = faults;
      const trace = fault?.trace ?? [];
      const misses = trace.filter(({ missed }) => missed);
      expect(misses.length).toBeGreaterThan(0);
      for (const { cpu, step, variable, missed } of misses) {
        expect(missed?.waits).toBe(true);
        expect(missed?.cpu).not.toBe(cpu);
        const store = trace.find((one) => one.step === missed?.step);
        expect(store).toMatchObject({ kind: 'write', cpu: missed?.cpu, variable, option: 1 });
        // It has not landed before the read.
        const flush = trace.find(
          (one) => one.kind === 'flush' && one.cpu === missed?.cpu && one.variable === variable,
        );
        expect(flush?.step ?? Number.POSITIVE_INFINITY).toBeGreaterThan(step);
      }
      const diagram = String(trace).replace(/[|\s]+/g, ' ');
      expect(diagram).toMatch(
        /although thread \d wrote at step \d+: that store waits in its buffer/,
      );
      const again = await replay(fault?.ticket ?? '');
      expect(again.reproduced).toBe(true);
      expect(String(again.trace)).toBe(String(trace));
    });
  },
);

test('matchers take the model', async () => {
  const dekker = program(path.join(folder, 'dekker.c'));
  const fixed = program(path.join(folder, 'dekker.c'), { flags: ['-DFIXED'] });
  await expect(fixed).toBeRaceFree({ memory: 'tso' });
  await expect(expect(dekker).toBeRaceFree({ memory: 'tso' })).rejects.toThrow(
    /although thread \d/,
  );
});

test.each(COMPILERS)('an atomic of several sizes is refused with its line: %s', async (cc) => {
  const text = `#include <pthread.h>
#include <stdatomic.h>
union { atomic_uint whole; atomic_uchar part[4]; } both;
static void *other(void *unused)
{
	atomic_store_explicit(&both.part[1], 1, memory_order_release);
	return unused;
}
int main(void)
{
	pthread_t thread;
	pthread_create(&thread, NULL, other, NULL);
	unsigned seen = atomic_load_explicit(&both.whole, memory_order_acquire);
	pthread_join(thread, NULL);
	return seen == 77;
}
`;
  await expect(explore(program(write('sizes.c', text), { cc }), { memory: 'tso' })).rejects.toThrow(
    /sizes\.c:(6|13): An atomic that is accessed in different sizes/,
  );
});
