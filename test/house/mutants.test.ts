import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';

/** A mistake in lib, and the test that notices it; test/mutants/run.mjs says whether it does. */
interface Mutant {
  /** The mistake, as a sentence. */
  name: string;
  file: string;
  text: string;
  instead: string;
  /** The file of the test, and its title as it is written there. */
  in: string;
  test: string;
}

const root = path.join(__dirname, '..', '..');
const read = (file: string): string => fs.readFileSync(path.join(root, file), 'utf8');
const mutants = JSON.parse(read('test/mutants/mutants.json')) as Mutant[];
const timesIn = (source: string, text: string): number => source.split(text).length - 1;

/** How often a file of tests has a title, in whichever quotes. */
const timesTitled = (source: string, title: string): number =>
  [`'${title.replaceAll("'", "\\'")}'`, `"${title}"`, `\`${title}\``].reduce(
    (sum, text) => sum + timesIn(source, text),
    0,
  );

describe('the list of mutants', () => {
  test('has at least 40, each with a name of its own', () => {
    expect(mutants.length).toBeGreaterThanOrEqual(40);
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  });

  test('is about lib as it is: each text is there once, and what is put in its place differs', () => {
    const stale = mutants.filter(
      ({ file, text, instead }) => timesIn(read(file), text) !== 1 || instead === text,
    );
    expect(stale).toEqual([]);
  });

  test('names tests that there are, each title once in its file', () => {
    const unknown = mutants.filter((mutant) => timesTitled(read(mutant.in), mutant.test) !== 1);
    expect(unknown).toEqual([]);
  });
});
