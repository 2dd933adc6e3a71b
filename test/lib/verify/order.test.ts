import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { replay, verify } from '../../../lib/index';

const IN_ORDER = 'enum { lock_fifo = 1 };\n';
const FUNCTIONS = `#include <sched.h>
#include <stdatomic.h>
typedef struct { atomic_uint held; } lock_t;
void lock_init(lock_t *l) { atomic_init(&l->held, 0); }
void lock_acquire(lock_t *l)
{
	while (atomic_exchange_explicit(&l->held, 1, memory_order_acquire))
		sched_yield();
}
void lock_release(lock_t *l)
{
	atomic_store_explicit(&l->held, 0, memory_order_release);
}
`;
const CLASS = `#include <atomic>
class lock_t {
	std::atomic<unsigned> held{0};
public:
	void lock() { while (held.exchange(1, std::memory_order_acquire)) ; }
	void unlock() { held.store(0, std::memory_order_release); }
};
`;

describe('a file that claims to serve in the order of arrival', () => {
  let folder = '';
  const here = process.cwd();
  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dmtorture-order-'));
    process.chdir(folder);
    fs.writeFileSync('none.c', FUNCTIONS);
    fs.writeFileSync('tas.c', FUNCTIONS + IN_ORDER);
    fs.writeFileSync('tas.cc', CLASS + IN_ORDER);
    for (const name of ['ticket', 'mcs', 'clh', 'anderson', 'ttas']) {
      const source = fs.readFileSync(path.join(here, 'native/locks', `${name}.c`), 'utf8');
      fs.writeFileSync(`my_${name}.c`, source + IN_ORDER);
    }
  });
  afterAll(() => {
    process.chdir(here);
    fs.rmSync(folder, { recursive: true });
  });

  test.each(['ticket', 'mcs', 'clh', 'anderson'])('and does is clean: %s', async (name) => {
    for (const size of [
      { threads: 2, rounds: 2 },
      { threads: 3, rounds: 1 },
    ]) {
      const report = await verify(`my_${name}.c`, { memory: 'sc', ...size });
      expect(report).toMatchObject({ verdict: 'clean', rows: [{ exhaustive: true }] });
    }
  });

  test.each(['tas.c', 'tas.cc', 'my_ttas.c'])('and does not has a diagram: %s', async (file) => {
    const report = await verify(file, { memory: 'sc', threads: 2, rounds: 2 });
    expect(report.verdict).toBe('fault');
    const [fault] = report.faults;
    expect(fault?.kind).toBe('check-failed');
    const waited = /order of service: thread (\d) waited when thread (\d) came, and is not served/;
    expect(fault?.message).toMatch(waited);
    expect(fault?.trace.length).toBeGreaterThan(3);
    expect(await replay(fault?.ticket ?? '')).toMatchObject({ reproduced: true });
    const three = await verify(file, { memory: 'sc', threads: 3, rounds: 1 });
    expect(three.faults[0]?.message).toMatch(waited);
  });

  test('shows nothing where two threads take it once: nobody comes third', async () => {
    const report = await verify('tas.c', { memory: 'sc', threads: 2, rounds: 1 });
    expect(report.verdict).toBe('clean');
  });

  test('without the claim a lock may let others pass', async () => {
    const report = await verify('none.c', { memory: 'sc', threads: 2, rounds: 2 });
    expect(report.verdict).toBe('clean');
  });

  test('is not held to it under rc11', async () => {
    const report = await verify('tas.c', { memory: 'rc11', threads: 2, rounds: 2 });
    expect(report.verdict).toBe('clean');
  });
});
