import { describe, expect, test } from '@jest/globals';
import { explore, program } from '../../../lib/index';
import { takesAssertionsAway } from '../../../lib/own/assertions';
import { workshop } from './building';

const { write } = workshop();

test.each([
  ['-DNDEBUG', true],
  ['-O2 -D NDEBUG', true],
  ['-DNDEBUG=1', true],
  ['-DNDEBUG -UNDEBUG', false],
  ['-UNDEBUG -DNDEBUG', true],
  ['-DNDEBUGGER -DN=2', false],
  ['', false],
])('%s takes assertions away: %s', (flags, expected) => {
  expect(takesAssertionsAway(flags.split(' '))).toBe(expected);
});

describe('a program whose flags take its assertions away', () => {
  const text = `#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
static atomic_int n;
static void *add(void *u) { int seen = n; n = seen + 1; return u; }
int main(void)
{
  pthread_t t;
  pthread_create(&t, 0, add, 0);
  add(0);
  pthread_join(t, 0);
  CHECK(n == 2);
}
`;

  test('is clean with a warning, and its evidence says so', async () => {
    const file = write('asserts.c', text.replace('CHECK', 'assert'));
    const flags = ['-DNDEBUG'];
    const report = await explore(program(file, { flags }));
    expect(report.verdict).toBe('clean');
    expect(report.evidence).toContain('assertions off (NDEBUG)');
    expect(report.warnings).toEqual([expect.stringMatching(/asserts\.c .*--flag -UNDEBUG/)]);
    const back = await explore(program(file, { flags: [...flags, '-UNDEBUG'] }));
    expect(back).toMatchObject({ verdict: 'fault', faults: [{ kind: 'check-failed' }] });
    expect(back.warnings).toBeUndefined();
  });

  test('has no warning where it has none', async () => {
    const file = write('none.c', text.replace('CHECK', '(void)'));
    const report = await explore(program(file, { flags: ['-DNDEBUG'] }));
    expect(report.warnings).toBeUndefined();
    expect(report.evidence).not.toContain('assertions');
  });
});
