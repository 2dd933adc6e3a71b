import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { bitwiseSets, inFolders, narrowSets, typedMasks } from './patch-sets';

const root = path.join(__dirname, '../..');
const SCRIPTS = ['.ts', '.mts', '.cjs', '.mjs'];

describe('this repository', () => {
  test('no script takes the bits of a set of patches apart', () => {
    const found = inFolders(root, ['lib', 'test', 'scripts', 'benchmarks'], SCRIPTS, bitwiseSets);
    expect(found).toEqual([]);
  });

  test('nobody types the mask of a set of patches', () => {
    const endings = [...SCRIPTS, '.c', '.h', '.cc', '.def', '.md'];
    const folders = ['lib', 'native', 'test', 'scripts', 'benchmarks', 'docs', 'examples'];
    const isThis = /^test\/house\/patch-sets/;
    const found = inFolders(root, folders, endings, typedMasks);
    expect(found.filter((line) => !isThis.test(line))).toEqual([]);
  });

  test('C keeps a set of patches in 64 bits', () => {
    const folders = ['native', 'test/native', 'test/fuzz', 'benchmarks'];
    expect(inFolders(root, folders, ['.c', '.h', '.cc'], narrowSets)).toEqual([]);
  });
});

describe('finds', () => {
  test.each([
    ['const on = (mask >>> bit) & 1;', true],
    ['set |= 1 << row;', true],
    ['const left = all.mask & ~given.mask;', true],
    ['if (patches & 4) go();', true],
    ['const flags = O_RDONLY | O_NONBLOCK;', false],
    ['const size = 1 << 20;', false],
    ['const op = word >>> 8;', false],
    ['type Name = Mask | Bit;', false],
  ])('in TypeScript %j: %p', (text, isWrong) => {
    expect(bitwiseSets('a.ts', text)).toHaveLength(isWrong ? 1 : 0);
  });

  test.each([
    ['#define ALL 0x2ffu', true],
    ['SET("all", 0x2ff, "the series")', true],
    ['expect(report.plan.patches).toEqual({ mask: 0x2ff });', true],
    ['{PATCHES_ALL & ~0x01u, "create-create"},', true],
    ['memset(low, 0x5a, BYTES);', false],
    ['{PATCHES_WITHOUT(01), "create-create"},', false],
  ])('a mask in %j: %p', (text, isWrong) => {
    expect(typedMasks('a.c', text)).toEqual(isWrong ? [`a.c:1: ${text}`] : []);
  });

  test.each([
    ['uint32_t patches;', true],
    ['const uint32_t masks[256];', true],
    ['.patches = (uint32_t)plan->patches,', true],
    ['input->patches = static_cast<uint32_t>(numbers[SEARCH_ROW_patches]);', true],
    ['uint64_t patches;', false],
    ['uint32_t mask; /* of threads */', false],
  ])('a narrow set in %j: %p', (text, isWrong) => {
    expect(narrowSets('a.c', text)).toEqual(isWrong ? [`a.c:1: ${text}`] : []);
  });
});
