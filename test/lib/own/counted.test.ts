import { describe, expect, test } from '@jest/globals';
import { explore, type ProgramReport, program } from '../../../lib/index';
import { COMPILERS, workshop } from './building';

const { write } = workshop();

/** A shared pointer that two threads access by functions that make it an atomic, or do not. */
const shared = (store: string, load: string): string => `#include <cassert>
#include <memory>
#include <thread>
static std::shared_ptr<int> p = std::make_shared<int>(1);
static std::shared_ptr<int> load() { return ${load}; }
static void store(std::shared_ptr<int> q) { ${store}; }
int main()
{
  std::thread t([] { store(std::make_shared<int>(2)); });
  assert(*load() > 0);
  t.join();
}
`;

/** An exception that one thread looks at while another has it, too; \`guard\` orders the two. */
const thrown = (what: string, look: string, guard: string): string => `#include <atomic>
#include <exception>
#include <stdexcept>
#include <thread>
struct Oops { int value; };
static std::exception_ptr e;
static std::atomic<bool> ready;
static int seen;
int main()
{
  std::thread t([] {
    try { throw ${what}; } catch (const ${look.includes('what') ? 'std::exception' : 'Oops'} &o) {
      e = std::current_exception();
      ready = true;
      seen = ${look};
    }
  });
  if (${guard}) {
    std::exception_ptr mine = std::move(e);
    try { std::rethrow_exception(mine); }
    catch (const ${look.includes('what') ? 'std::exception' : 'Oops'} &o) {
      if (${look} == 0) return 1;
    }
  }
  t.join();
}
`;

describe.each(COMPILERS)('what libstdc++ counts and locks by itself, %s', (cc) => {
  const look = (text: string): Promise<ProgramReport> =>
    explore(program(write(`counted-${cc}.cc`, text), { cc }), { time: '60s' });

  test('a shared pointer that is accessed as an atomic has no race', async () => {
    const report = await look(shared('std::atomic_store(&p, q)', 'std::atomic_load(&p)'));
    expect(report).toMatchObject({ verdict: 'clean', exhaustive: true });
    const swapped = shared('std::atomic_exchange(&p, q)', 'std::atomic_load(&p)');
    expect(await look(swapped)).toMatchObject({ verdict: 'clean', exhaustive: true });
  });

  test('and has one where only one of the accesses is', async () => {
    const { verdict, faults } = await look(shared('p = q', 'std::atomic_load(&p)'));
    expect(verdict).toBe('fault');
    expect(['data-race', 'use-after-free']).toContain(faults[0]?.kind);
  });

  test.each([
    ['Oops{7}', 'o.value'],
    ['std::runtime_error("a message")', 'o.what()[0]'],
  ])('%s that two threads have is freed by the last of them', async (what, seen) => {
    const report = await look(thrown(what, seen, 'ready'));
    expect(report).toMatchObject({ verdict: 'clean', exhaustive: true, faults: [] });
  });

  test('an exception that is handed over without order races', async () => {
    const { faults } = await look(thrown('Oops{7}', 'o.value', 'e'));
    expect(faults.map(({ kind }) => kind)).toContain('data-race');
  });
});
