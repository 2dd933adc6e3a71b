import { expect, test } from '@jest/globals';
import { DmTortureError } from '../../lib/base/errors';
import * as lib from '../../lib/index';
import { readDocument } from '../../lib/reports/documents';
import { exploreDocument } from './documents';

// Callers in JavaScript pass anything; each is refused by name, and promises reject.
const WRONG = [null, 0, 1n, {}, [], () => 1, Symbol('s')];
type Anything = (...given: unknown[]) => unknown;

const SAID: [name: string, call: (given: unknown) => unknown, wrong: readonly unknown[]][] = [
  ['parsePrograms', (given) => (lib.parsePrograms as Anything)(given), WRONG],
  ['parseBuckets', (given) => (lib.parseBuckets as Anything)(given), [...WRONG, undefined]],
  ['errnoName', (given) => (lib.errnoName as Anything)(given), [null, {}, Symbol('s'), 'x']],
  ['attachTickets', (given) => (lib.attachTickets as Anything)(given), [...WRONG, undefined, 'x']],
  [
    'attachTickets of a race',
    (given) => (lib.attachTickets as Anything)(given, 'create-find'),
    WRONG,
  ],
  ['exploreAll', (given) => (lib.exploreAll as Anything)(given), [null]],
  ['assertRaceFree', (given) => (lib.assertRaceFree as Anything)('create-find', given), [null, 1]],
];

test.each(SAID)('%s refuses what is of a wrong type', async (_, call, wrong) => {
  for (const given of wrong) {
    const error = await (async () => call(given))().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DmTortureError);
    expect(error).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  }
});

test.each(['step', 'cpu'])('a `%s` of a file that no trace has is refused', async (name) => {
  const text = JSON.stringify(await exploreDocument());
  for (const value of ['1e308', '-1', '0.5']) {
    const spoiled = text.replace(new RegExp(`"${name}":\\d+`), `"${name}":${value}`);
    expect(() => readDocument(spoiled, 'r.json')).toThrow(`trace[0].${name}`);
  }
});
