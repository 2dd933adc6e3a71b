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
const VERIFY = [...EXPLORE, 'explore/story', 'locks', 'rwlocks', 'refcounts', 'verify'];
const OWN = [...EXPLORE, 'explore/story', 'own'];

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
  rwlocks: [...BASE, 'locks', 'rwlocks'],
  refcounts: [...BASE, 'locks', 'refcounts'],
  preload: [...BASE, 'locks', 'preload'],
  programs: PROGRAMS,
  stress: [...PROGRAMS, 'stress'],
  oops: [...PROGRAMS, 'oops'],
  explore: EXPLORE,
  'explore/strategies': [...EXPLORE, 'explore/strategies'],
  'explore/story': [...EXPLORE, 'explore/story'],
  explore_dm: EXPLORE_DM,
  verify: VERIFY,
  own: OWN,
  bench: [...PROGRAMS, 'rwlocks', 'refcounts', 'bench'],
  addon: [...EXPLORE_DM, 'verify', 'bench', 'addon'],
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
 * Rooms of `lib`, lowest first: a room is a folder, or a file beside the folders, and imports from
 * the lines above its own. Within itself it imports what it likes, except in a circle.
 */
const ROOMS = [
  ['base'],
  ['tables'],
  ['native', 'run'],
  ['programs'],
  ['story'],
  ['reports'],
  ['own'],
  ['explore'],
  ['verify'],
  ['stress'],
  ['direct'],
  ['matchers'],
  ['render'],
  ['app'],
  ['bench'],
  ['index', 'jest', 'vitest'],
  ['cli'],
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
  const sources = new Set(filesUnder(root, 'native', '.c'));
  const wrong: string[] = [];

  for (const file of filesUnder(root, 'native', '.c', '.cc', '.h')) {
    const room = roomOf(file);
    if (room === undefined) {
      wrong.push(`${file}: no rule for this folder`);
      continue;
    }
    for (const header of references(root, file, /^\s*#\s*include\s+"([^"]+)"/gm)) {
      const name = path.posix.basename(header);
      // What is compiled a second time, with other numbers, stands beside it.
      if (sources.has(path.posix.join(path.posix.dirname(file), header))) continue;
      const rooms = headers.filter((h) => path.posix.basename(h) === name).map(roomOf);
      if (!rooms.some((other) => other !== undefined && INCLUDES[room]?.includes(other)))
        wrong.push(`${file}: includes ${header}`);
    }
  }
  return wrong;
}

/** `lib/tables.gen.ts` and `lib/tables/patches.ts` are both of the room `tables`. */
const libRoomOf = (file: string): string => (file.split('/')[1] ?? '').replace(/(\.gen)?\.ts$/, '');

/** What a file of `lib` imports, as it is written and as the file that it means. */
function importsOf(root: string, file: string): { reference: string; target: string }[] {
  const pattern = /^(?! \*).*?(?:from|import|require)\s*\(?\s*'(\.[^']*)'/gm;
  return references(root, file, pattern).map((reference) => {
    const into = path.posix.join(path.posix.dirname(file), reference);
    return { reference, target: into.endsWith('.ts') ? into : `${into}.ts` };
  });
}

/** Imports of `lib` that do not point down, and files that no room has. */
export function wrongImports(root: string): string[] {
  const floorOf = (room: string): number => ROOMS.findIndex((line) => line.includes(room));
  const wrong: string[] = [];

  for (const file of filesUnder(root, 'lib', '.ts')) {
    const own = libRoomOf(file);
    if (floorOf(own) < 0) wrong.push(`${file}: no room has it`);
    for (const { reference, target } of importsOf(root, file)) {
      const room = libRoomOf(target);
      const down = room === own || floorOf(room) < floorOf(own);
      if (!down || floorOf(room) < 0) wrong.push(`${file}: imports ${reference}`);
    }
  }
  return wrong;
}

type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** The nodes that can be reached from one, itself only where a way leads back. */
function reachedFrom(graph: Graph, from: string): Set<string> {
  const reached = new Set<string>();
  const next = [...(graph.get(from) ?? [])];
  for (let node = next.pop(); node !== undefined; node = next.pop()) {
    if (reached.has(node)) continue;
    reached.add(node);
    next.push(...(graph.get(node) ?? []));
  }
  return reached;
}

/** The sets of nodes that all reach each other, each as `a <-> b`. */
function circlesOf(graph: Graph): string[] {
  const reached = new Map([...graph.keys()].map((node) => [node, reachedFrom(graph, node)]));
  const circles = [...graph.keys()]
    .filter((node) => reached.get(node)?.has(node))
    .map((node) =>
      [...graph.keys()].filter(
        (other) => reached.get(node)?.has(other) && reached.get(other)?.has(node),
      ),
    );
  return [...new Set(circles.map((circle) => circle.sort().join(' <-> ')))];
}

/** The longest chain of arrows down from a node, in nodes; a circle ends it. */
function depthOf(graph: Graph, node: string, depths: Map<string, number>): number {
  const known = depths.get(node);
  if (known !== undefined) return known;
  depths.set(node, 0);
  const below = [...(graph.get(node) ?? [])].map((other) => depthOf(graph, other, depths));
  const depth = 1 + below.reduce((most, one) => Math.max(most, one), 0);
  depths.set(node, depth);
  return depth;
}

/** How a part of the tree is built: rooms, the floors that they stand on, the arrows between them. */
export interface House {
  rooms: number;
  /** The longest chain of rooms in which each imports (or includes) from the next. */
  floors: number;
  /** Pairs of rooms with an import between them. */
  arrows: number;
  /** Files, or rooms, that import each other in a circle. */
  circles: string[];
}

/** Count rooms, floors, arrows and circles of `lib`. */
export function houseOf(root: string): House {
  const files = filesUnder(root, 'lib', '.ts').map(
    (file) => [file, new Set(importsOf(root, file).map(({ target }) => target))] as const,
  );
  return houseFrom(new Map(files), libRoomOf);
}

/**
 * The same of `native`, whose rooms are those of `INCLUDES`. Of a header that several folders have
 * the include path picks one; where one is in the room itself, it is that.
 */
export function nativeHouseOf(root: string): House {
  const roomIn = (file: string): string => roomOf(file) ?? 'no room';
  const headers = new Map<string, string[]>();
  for (const header of filesUnder(root, 'native', '.h', '.def')) {
    const name = path.posix.basename(header);
    headers.set(name, [...(headers.get(name) ?? []), header]);
  }
  const targetsOf = (file: string): Set<string> => {
    const found = references(root, file, /^\s*#\s*include\s+"([^"]+)"/gm).flatMap((name) => {
      const all = headers.get(path.posix.basename(name)) ?? [];
      const own = all.filter((header) => roomIn(header) === roomIn(file));
      return own.length > 0 ? own : all.slice(0, 1);
    });
    return new Set(found.filter((target) => target !== file));
  };
  const files = filesUnder(root, 'native', '.c', '.cc', '.h', '.def').map(
    (file) => [file, targetsOf(file)] as const,
  );
  return houseFrom(new Map(files), roomIn);
}

function houseFrom(files: Graph, roomOfFile: (file: string) => string): House {
  const rooms = new Map<string, Set<string>>();
  for (const [file, targets] of files) {
    const own = roomOfFile(file);
    const into = rooms.get(own) ?? new Set();
    for (const target of targets) if (roomOfFile(target) !== own) into.add(roomOfFile(target));
    rooms.set(own, into);
  }
  const depths = new Map<string, number>();
  return {
    rooms: rooms.size,
    floors: [...rooms.keys()].reduce(
      (most, room) => Math.max(most, depthOf(rooms, room, depths)),
      0,
    ),
    arrows: [...rooms.values()].reduce((sum, into) => sum + into.size, 0),
    circles: [...circlesOf(rooms), ...circlesOf(files)],
  };
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
