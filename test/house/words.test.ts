import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { BANNED, bannedIn, bannedPhrases, proseOf } from './words';

const root = path.join(__dirname, '..', '..');

describe('prose', () => {
  test('has no banned phrase', () => {
    expect(bannedPhrases(root)).toEqual([]);
  });
});

describe('the list of banned phrases', () => {
  test.each([
    ['all but for the last', 'but for'],
    ['looks at the clock so often', 'so often'],
    ['a text that is no value', 'is no'],
    ['it tells how far it looked', 'tells'],
    ['the story is told once', 'told'],
    ['whoever slept takes the lock', 'Whoever'],
    ['knows who waits', 'who'],
    ['a lock that is to be released', 'is to be released'],
    ['the only entropy of choices what matters', 'of choices what'],
  ])('finds "%s"', (text, phrase) => {
    const found = bannedIn({ file: 'a.c', line: 1, text });
    expect(found.join('\n').toLowerCase()).toContain(`"${phrase.toLowerCase()}"`);
  });

  test.each([
    'there is no fault',
    'these two are not told apart',
    'for those who write tests',
    'the interval tells two locks apart',
  ])('accepts "%s"', (text) => {
    expect(bannedIn({ file: 'a.c', line: 1, text })).toEqual([]);
  });

  test('says for each phrase what to write', () => {
    for (const { write } of BANNED) expect(write.length).toBeGreaterThan(3);
  });
});

describe('what is prose', () => {
  test('in a program: comments and texts, and no names', () => {
    const text = 'int tell; /* is told */\n// who\nprintf("tells");\nconst x = \'told\';';
    expect(proseOf('a.ts', text).flatMap(bannedIn)).toHaveLength(4);
  });

  test('a sentence of a comment goes over lines', () => {
    const text = '/*\n * all but\n * for one\n */';
    expect(proseOf('a.c', text).flatMap(bannedIn)).toHaveLength(1);
  });

  test('in a page: every line', () => {
    expect(proseOf('a.md', 'fine\n\nit is told\n').flatMap(bannedIn)).toEqual([
      'a.md:3: "told"; write reported, said or printed',
    ]);
  });
});
