import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = path.join(__dirname, '../..');

/** Files under `dir` whose names end in one of `endings`, relative to the root. */
function filesUnder(dir: string, ...endings: string[]): string[] {
  return fs
    .readdirSync(path.join(root, dir), { recursive: true, encoding: 'utf8' })
    .map((name) => path.posix.join(dir, name))
    .filter((name) => endings.some((ending) => name.endsWith(ending)));
}

/** What a file names after `#include` or `from`, by `pattern`'s first group. */
function references(file: string, pattern: RegExp): string[] {
  const text = fs.readFileSync(path.join(root, file), 'utf8');
  return [...text.matchAll(pattern)].map((match) => match[1] ?? '');
}

describe('native: arrows point down', () => {
  const CORE = ['tables', 'machine', 'core'];
  const PLAY = [...CORE, 'play'];
  /** What each folder may include, itself included. The engines never include each other. */
  const ALLOWED: Record<string, string[]> = {
    tables: ['tables'],
    machine: ['tables', 'machine'],
    core: CORE,
    play: PLAY,
    stress: [...PLAY, 'stress'],
    explore: [...PLAY, 'explore'],
    bench: [...PLAY, 'bench'],
    addon: [...PLAY, 'addon'],
  };
  const headers = filesUnder('native', '.h', '.def');
  const folderOf = (file: string): string => file.split('/')[1] ?? '';

  /** The folders that have a header of that name. */
  function foldersOf(header: string): string[] {
    const folders = headers.filter((file) => path.posix.basename(file) === header).map(folderOf);
    return [...new Set(folders)];
  }

  test('every folder is known', () => {
    const files = filesUnder('native', '.c', '.cc', '.h', '.def');
    expect(files.length).toBeGreaterThan(20);
    expect([...new Set(files.map(folderOf))].filter((folder) => !(folder in ALLOWED))).toEqual([]);
  });

  test.each(filesUnder('native', '.c', '.cc', '.h'))('%s', (file) => {
    const allowed = ALLOWED[folderOf(file)] ?? [];
    const wrong = references(file, /^#include "([^"]+)"/gm).filter((header) => {
      const folders = foldersOf(path.posix.basename(header));
      return !folders.some((folder) => allowed.includes(folder));
    });
    expect(wrong).toEqual([]);
  });

  test('only dm_history.h reads the rules, and idr knows no patches', () => {
    const readers = filesUnder('native/core', '.c', '.h').filter(
      (file) => references(file, /(rules(?:\.|->)\w+)/g).length > 0,
    );
    expect(readers).toEqual(['native/core/dm_history.h']);
  });

  test('the core has no #ifdef but header guards', () => {
    for (const file of filesUnder('native/core', '.c', '.h')) {
      const conditions = references(file, /^#\s*((?:if|ifdef|elif)\b.*)$/gm);
      expect([file, conditions]).toEqual([file, []]);
    }
  });
});

describe('lib: arrows point down', () => {
  /** Lowest first. A file imports what stands on a line above its own, or on none but its own. */
  const LAYERS = [
    ['tables.gen', 'suggest', 'errors', 'version'],
    ['tables'],
    ['errno', 'patches', 'duration', 'native'],
    ['formula'],
    ['program'],
    ['scenarios'],
    ['plan'],
    ['report', 'runner'],
    ['isolated', 'stress', 'device-mapper', 'idr'],
    ['index'],
  ];
  const layerOf = (name: string): number => LAYERS.findIndex((layer) => layer.includes(name));
  const files = fs.readdirSync(path.join(root, 'lib')).filter((name) => name.endsWith('.ts'));

  test('every file has its layer', () => {
    expect(files.filter((file) => layerOf(path.basename(file, '.ts')) < 0)).toEqual([]);
  });

  test.each(files)('lib/%s', (file) => {
    const own = layerOf(path.basename(file, '.ts'));
    const wrong = references(path.posix.join('lib', file), /from '\.\/([^']+)'/g).filter(
      (name) => layerOf(name) >= own || layerOf(name) < 0,
    );
    expect(wrong).toEqual([]);
  });

  test('nothing in lib knows the command line, which nothing but itself imports', () => {
    for (const file of files) {
      const imports = references(path.posix.join('lib', file), /from '([^']+)'/g);
      const wrong = imports.filter((name) => /cli\/|commander|picocolors/.test(name));
      expect([file, wrong]).toEqual([file, []]);
    }
  });

  test('the library prints nothing', () => {
    for (const file of files) {
      const printing = references(path.posix.join('lib', file), /^(?! \*)(.*\bconsole\.\w+.*)$/gm);
      expect([file, printing]).toEqual([file, []]);
    }
  });
});
