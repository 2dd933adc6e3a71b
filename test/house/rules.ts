import fs from 'node:fs';
import path from 'node:path';

/**
 * The rules of the house that a program can check, as functions from a tree of files to what
 * breaks them: one line each, empty when all is well.
 */

const BASE = ['tables', 'machine'];
const KERNEL = [...BASE, 'core/ledger', 'core/kernel'];
const DM = [...KERNEL, 'core/idr', 'core/dm'];
const PROGRAMS = [...DM, 'locks', 'programs'];
const EXPLORE = [...BASE, 'explore'];
const EXPLORE_DM = [...PROGRAMS, 'explore', 'explore/story', 'explore_dm'];

/**
 * The rooms of `native`, and what each may include, itself included. A folder that is not named is
 * part of the room that it is in. Engines never include each other.
 */
const INCLUDES: Record<string, string[]> = {
  tables: ['tables'],
  machine: BASE,
  'core/ledger': [...BASE, 'core/ledger'],
  'core/idr': [...BASE, 'core/ledger', 'core/idr'],
  'core/kernel': KERNEL,
  'core/dm': DM,
  locks: [...BASE, 'locks'],
  programs: PROGRAMS,
  stress: [...PROGRAMS, 'stress'],
  explore: EXPLORE,
  'explore/strategies': [...EXPLORE, 'explore/strategies'],
  'explore/story': [...EXPLORE, 'explore/story'],
  explore_dm: EXPLORE_DM,
  bench: [...PROGRAMS, 'bench'],
  addon: [...EXPLORE_DM, 'bench', 'addon'],
};

/** The room of `INCLUDES` that a file of `native` is in; undefined: none. */
function roomOf(file: string): string | undefined {
  for (let room = path.posix.dirname(file); room !== '.'; room = path.posix.dirname(room)) {
    const name = path.posix.relative('native', room);
    if (name in INCLUDES) return name;
  }
  return undefined;
}

/**
 * Parts of `lib`, lowest first: each imports from lower lines only. A part is a file, a folder, or
 * both of one name; within itself it imports what it likes.
 */
const LAYERS = [
  [
    'bounds',
    'files',
    'format',
    'frozen',
    'native-bench',
    'native-stress',
    'own-realm',
    'page',
    'sinks',
    'suggest',
    'tables.gen',
    'wrap',
  ],
  ['diagram', 'errors', 'native-explore', 'tables'],
  ['duration', 'errno', 'final', 'latency', 'limit', 'patches', 'shard', 'trace', 'version'],
  [
    'difference',
    'formula',
    'job',
    'matrix-cells',
    'matrix-patches',
    'native',
    'report-head',
    'story',
  ],
  ['direct-calls', 'journal', 'matrix-tables', 'params', 'program', 'runner'],
  [
    'documents',
    'drawing',
    'ends',
    'isolated',
    'matrix-units',
    'number-idr',
    'scaling',
    'scenarios',
  ],
  ['fault-text', 'idr', 'outcomes', 'passed-on', 'plots'],
  ['matcher-report', 'merge', 'replay', 'target'],
  ['explore-plan', 'format-trace', 'plan', 'render'],
  ['evidence', 'report'],
  ['device-mapper', 'explore-report', 'stress-units'],
  ['bench', 'explore-story', 'explore-units'],
  ['explore'],
  ['bisect', 'matrix-checked', 'sweep', 'tickets'],
  ['matcher-text', 'matrix', 'stress'],
  ['cli', 'matchers'],
  ['assert-race-free', 'jest', 'vitest'],
  ['index'],
];

const FILE_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 60;
const COLUMNS_MAX = 100;
const TAB = 8;

/** Files of `root` under `dir` whose names end in one of `endings`; none without the folder. */
export function filesUnder(root: string, dir: string, ...endings: string[]): string[] {
  const folder = path.join(root, dir);
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.posix.join(dir, name))
    .filter((name) => endings.some((ending) => name.endsWith(ending)))
    .sort();
}

/** What the first group of `pattern` finds in a file. */
export function references(root: string, file: string, pattern: RegExp): string[] {
  const text = fs.readFileSync(path.join(root, file), 'utf8');
  return [...text.matchAll(pattern)].map((match) => match[1] ?? '');
}

/** Includes of `native` that do not point down, or to a header that is nowhere. */
export function wrongIncludes(root: string): string[] {
  const headers = filesUnder(root, 'native', '.h', '.def');
  const wrong: string[] = [];

  for (const file of filesUnder(root, 'native', '.c', '.cc', '.h')) {
    const room = roomOf(file);
    if (room === undefined) {
      wrong.push(`${file}: no rule for this folder`);
      continue;
    }
    for (const header of references(root, file, /^\s*#\s*include\s+"([^"]+)"/gm)) {
      const name = path.posix.basename(header);
      const rooms = headers.filter((h) => path.posix.basename(h) === name).map(roomOf);
      if (!rooms.some((other) => other !== undefined && INCLUDES[room]?.includes(other)))
        wrong.push(`${file}: includes ${header}`);
    }
  }
  return wrong;
}

/** Imports of `lib` that do not point down, and files that no layer names. */
export function wrongImports(root: string): string[] {
  const layerOf = (part: string): number => LAYERS.findIndex((layer) => layer.includes(part));
  const partOf = (name: string): string => path.basename(name.split('/')[0] ?? '', '.ts');
  const imports = /(?:from|import|require)\s*\(?\s*'(\.[^']*)'/g;
  const wrong: string[] = [];

  for (const file of filesUnder(root, 'lib', '.ts')) {
    const own = partOf(path.posix.relative('lib', file));
    if (layerOf(own) < 0) wrong.push(`${file}: no layer has it`);
    for (const reference of references(root, file, imports)) {
      const into = path.posix.join(path.posix.dirname(file), reference);
      const target = partOf(path.posix.relative('lib', into));
      const down = target === own || layerOf(target) < layerOf(own);
      if (!down || layerOf(target) < 0) wrong.push(`${file}: imports ${reference}`);
    }
  }
  return wrong;
}

/** Files, functions and lines of C that are longer than can be read; tables are exempt. */
export function tooLong(root: string): string[] {
  const wrong: string[] = [];
  const c = [
    ...filesUnder(root, 'native', '.c', '.h', '.cc'),
    ...filesUnder(root, 'test/native', '.c', '.h'),
  ];
  const ts = [...filesUnder(root, 'lib', '.ts'), ...filesUnder(root, 'test', '.ts')];

  for (const file of [...c, ...ts]) {
    if (file.endsWith('.gen.ts')) continue;
    const lines = fs.readFileSync(path.join(root, file), 'utf8').split('\n');
    if (lines.length - 1 > FILE_LINES_MAX) wrong.push(`${file}: ${lines.length - 1} lines`);
    if (c.includes(file)) wrong.push(...longParts(file, lines));
  }
  return wrong;
}

function longParts(file: string, lines: string[]): string[] {
  const wrong: string[] = [];
  let start = 0;

  lines.forEach((line, index) => {
    const columns = [...line].reduce(
      (column, char) => (char === '\t' ? column - (column % TAB) + TAB : column + 1),
      0,
    );
    if (columns > COLUMNS_MAX) wrong.push(`${file}:${index + 1}: ${columns} columns`);
    if (line === '{') start = index + 1;
    if (line === '}' && start) {
      const length = index - start;
      if (length > FUNCTION_LINES_MAX)
        wrong.push(`${file}:${start}: a function of ${length} lines`);
      start = 0;
    }
  });
  return wrong;
}
