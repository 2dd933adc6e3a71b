import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { explore } from '../../lib/explore/explore';
import { program } from '../../lib/own/program';
import { COMPILERS, workshop } from '../lib/own/building';
import { judge } from './judging';

/*
 * A program without data races has the same traces and the same outcomes by another compiler, at
 * another level of optimisation, and with reads that nobody uses. CI tries a few programs;
 * DMTORTURE_CI_LONG=1 all that have a form without a race and come to an end.
 */
const { write } = workshop();
const examples = path.join(__dirname, '../../examples');
const folders = [judge.programs, path.join(__dirname, 'states'), path.join(examples, 'own')];
const FEW = ['account.c', 'made_once.cc', 'predicate.c', 'recorded.c', 'ring.c'];

const read = (file: string): string => fs.readFileSync(file, 'utf8');
const comesToAnEnd = (file: string): boolean => !/fix: (unfinished|nothing)/.test(read(file));
const all = folders
  .flatMap((folder) => fs.readdirSync(folder).map((name) => path.join(folder, name)))
  .filter(comesToAnEnd);
const isLong = process.env.DMTORTURE_CI_LONG === '1';
const files = all.filter((file) => isLong || FEW.includes(path.basename(file)));

/** The program with a read at the begin of each function that is of no use. */
function withUselessReads(file: string): string {
  const useless = '{ static volatile const int useless = 1; (void)useless; }';
  const text = read(file).replace(/(\)(?: const| noexcept)*\n\{)$/gm, `$1 ${useless}`);
  return write(path.basename(file), text);
}

/*
 * LLVM gives a static variable that one function uses alone a place on the stack, atomic or not: in
 * what clang makes of these two at -O1 and above no thread sees the turn of the other.
 */
const TURN_IS_LOCAL = ['dekker.c', 'peterson.c'];
const keepsTurn = (file: string, cc: string): boolean =>
  cc !== 'clang' || !TURN_IS_LOCAL.includes(path.basename(file));

/** All that may come of it, and by how many traces. */
async function lookAt(file: string, cc: string, flags: string[]) {
  const report = await explore(program(file, { cc, flags: ['-DFIXED', ...flags] }), {
    strategy: 'dpor',
    heap: 'fresh',
    time: '120s',
  });
  return {
    verdict: report.verdict,
    exhaustive: report.exhaustive,
    // How many turns of a loop that waits are looked at depends on what it keeps in registers.
    traces: path.basename(file) === 'seqlock.c' ? null : report.traces,
    outcomes: report.outcomes.map(({ results }) => JSON.stringify(results)).sort(),
  };
}

test('there are ninety programs', () => {
  expect(all.length).toBeGreaterThanOrEqual(90);
  expect(files.length).toBeGreaterThanOrEqual(FEW.length);
});

describe.each(files.map((file) => [path.basename(file), file]))('%s', (_, file) => {
  test('is the same by gcc and clang, optimised or not, with useless reads', async () => {
    const expected = await lookAt(file, COMPILERS[0], []);
    expect(expected).toMatchObject({ verdict: 'clean', exhaustive: true });
    for (const cc of COMPILERS) {
      expect(await lookAt(file, cc, [])).toEqual(expected);
      if (keepsTurn(file, cc)) expect(await lookAt(file, cc, ['-O2'])).toEqual(expected);
      expect(await lookAt(withUselessReads(file), cc, [])).toEqual(expected);
    }
  }, 600_000);
});
