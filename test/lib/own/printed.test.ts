import { describe, expect, test } from '@jest/globals';
import { explore, type ProgramReport, program } from '../../../lib/index';
import { storeBuffering, workshop } from './building';

const { write } = workshop();

async function outcomesOf(prints: string): Promise<ProgramReport['outcomes']> {
  const file = write('flags.c', storeBuffering(prints, '#include <stdio.h>\n#include <stdlib.h>'));
  return (await explore(program(file), { strategy: 'dpor' })).outcomes;
}

const resultsOf = async (prints: string): Promise<string[]> =>
  (await outcomesOf(prints)).map(({ results }) => String(results)).sort();

const THREE = ['r1=0 r2=1', 'r1=1 r2=0', 'r1=1 r2=1'];

describe('lines that a program prints are outcomes', () => {
  test.each([
    ['one line', 'printf("r1=%d r2=%d\\n", r1, r2);'],
    [
      'a line each, in pieces',
      'printf("r1="); printf("%d\\n", r1); printf("r2=%d", r2); puts("");',
    ],
    ['with a comma', 'printf("r1=%d, r2=%d\\n", r1, r2);'],
    ['a last line without an end', 'printf("r1=%d\\nr2=%d", r1, r2);'],
    ['the same at exit()', 'printf("r1=%d r2=%d", r1, r2); exit(0);'],
  ])('%s', async (_, prints) => {
    expect(await resultsOf(prints)).toEqual(THREE);
  });

  test.each([
    ['other words', 'printf("now r1=%d r2=%d\\n", r1, r2);'],
    ['values that are not numbers', 'printf("r1=%s\\n", r1 ? "one" : "none");'],
    ['another stream', 'fprintf(stderr, "r1=%d r2=%d\\n", r1, r2);'],
    ['a line that is too long', 'printf("%0300d r1=%d\\n", 0, r1);'],
  ])('%s are not', async (_, prints) => {
    expect(await outcomesOf(prints)).toEqual([]);
  });
});
