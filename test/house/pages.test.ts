import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = path.join(__dirname, '../..');
const PAGES = ['ARCHITECTURE.md', 'CONTRIBUTING.md'];
const OURS = /^(?:lib|native|test|docs|scripts|benchmarks|examples)\//;
const BUILT = /^(?:docs\/api|benchmarks\/results)\b/;

/** The text of a page; its blocks of code can name what a reader is to write. */
function proseOf(page: string): string {
  return fs.readFileSync(path.join(root, page), 'utf8').replace(/^```[\s\S]*?^```$/gm, '');
}

/** The files and folders that a text names. */
const pathsOf = (text: string): string[] =>
  [...text.matchAll(/`([\w./-]+)`/g)]
    .map(([, named = '']) => named)
    .filter((named) => OURS.test(named) && !BUILT.test(named));

const isThere = (file: string): boolean => fs.existsSync(path.join(root, file));

function foldersOf(folder: string): string[] {
  const entries = fs.readdirSync(path.join(root, folder), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

describe.each(PAGES)('%s', (page) => {
  test('names files and folders that are there', () => {
    const paths = pathsOf(proseOf(page));
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter((file) => !isThere(file))).toEqual([]);
  });
});

test('a path that is gone is noticed', () => {
  expect(pathsOf('see `lib/attic/old.ts` and `dm_put()`').filter((file) => !isThere(file))).toEqual(
    ['lib/attic/old.ts'],
  );
});

test('the house on one page has every room', () => {
  const [, picture = ''] = fs.readFileSync(path.join(root, 'ARCHITECTURE.md'), 'utf8').split('```');
  const words = new Set(picture.split(/[^\w/]+/));
  const core = foldersOf('native/core').map((room) => `core/${room}`);
  const rooms = [...foldersOf('lib'), ...foldersOf('native'), ...core];
  expect(rooms.filter((room) => room !== 'core' && !words.has(room))).toEqual([]);
});
