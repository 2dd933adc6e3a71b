import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { tables } from '../../lib/tables/tables';
import {
  filesUnder,
  houseOf,
  nativeHouseOf,
  references,
  tooLong,
  wrongImports,
  wrongIncludes,
} from './rules';

const root = path.join(__dirname, '../..');

describe('this repository', () => {
  test('native: includes point down', () => {
    expect(filesUnder(root, 'native', '.c', '.cc', '.h').length).toBeGreaterThan(20);
    expect(wrongIncludes(root)).toEqual([]);
  });

  test('lib: imports point down', () => {
    expect(filesUnder(root, 'lib', '.ts').length).toBeGreaterThan(20);
    expect(wrongImports(root)).toEqual([]);
  });

  test('lib: rooms, floors and arrows are few, and there is no circle', () => {
    const { rooms, floors, arrows, circles } = houseOf(root);
    process.stderr.write(
      `lib: ${rooms} rooms, ${floors} floors, ${arrows} arrows, ${circles.length} circles\n`,
    );
    expect(circles).toEqual([]);
    expect([rooms <= 20, floors <= 14]).toEqual([true, true]);
  });

  test('native: rooms, floors and arrows are few, and there is no circle', () => {
    const { rooms, floors, arrows, circles } = nativeHouseOf(root);
    process.stderr.write(
      `native: ${rooms} rooms, ${floors} floors, ${arrows} arrows, ${circles.length} circles\n`,
    );
    expect(circles).toEqual([]);
    expect([rooms <= 21, floors <= 11]).toEqual([true, true]);
  });

  test('nothing is too long to read', () => {
    expect(tooLong(root)).toEqual([]);
  });

  test('only the turns of history read the rules, and idr knows no patches', () => {
    const readers = filesUnder(root, 'native/core', '.c', '.h').filter(
      (file) => references(root, file, /(rules(?:\.|->)\w+)/g).length > 0,
    );
    const isTurn = (file: string): boolean => file.startsWith('native/core/dm/history/');
    expect(readers.filter((file) => !isTurn(file))).toEqual([]);
    expect(readers.filter(isTurn).length).toBeGreaterThan(4);
  });

  test('the core has no #ifdef but header guards', () => {
    for (const file of filesUnder(root, 'native/core', '.c', '.h')) {
      const conditions = references(root, file, /^#\s*((?:if|ifdef|elif)\b.*)$/gm);
      expect([file, conditions]).toEqual([file, []]);
    }
  });

  test('the library knows no command line and prints nothing', () => {
    for (const file of filesUnder(root, 'lib', '.ts').filter((name) => !name.includes('/cli/'))) {
      const packages = references(root, file, /from '(commander|picocolors)'/g);
      const printing = references(root, file, /^(?! \*)(.*\bconsole\.\w+.*)$/gm);
      expect([file, packages, printing]).toEqual([file, [], []]);
    }
  });

  test('only the terminal, whose text went through a sink, writes to the streams', () => {
    const writers = filesUnder(root, 'lib', '.ts').filter(
      (file) => references(root, file, /(\bstd(?:out|err)\.write\b|new Outlet\()/g).length > 0,
    );
    expect(writers).toEqual(['lib/cli/terminal/terminal.ts']);
  });

  // A trace line, a site, a message and a title cross from C as fields: see lib/story/trace.ts.
  test('no sentence about a trace is taken apart', () => {
    const taking = new RegExp(
      String.raw`(\.(?:exec|test|match|matchAll|search)\(|new RegExp\(|\.split\(|` +
        String.raw`\.replace(?:All)?\((?!' ', ''\))|\.(?:startsWith|endsWith|indexOf)\('[^']*')`,
      'g',
    );
    const allowed: Record<string, number> = {
      'lib/render/colors.ts': 1, // the colors of an SVG
      'lib/render/github.ts': 1, // where a summary is cut
      'lib/render/kinds/bench.ts': 1, // a lock with nothing to say of it
      'lib/render/markdown.ts': 1, // a diagram into its lines
      'lib/render/parts/demo.ts': 1, // an id
      'lib/render/parts/finding.ts': 1, // code in prose
      'lib/render/svg.ts': 1, // the name of a file
    };
    const rooms = ['lib/story', 'lib/matchers', 'lib/render', 'lib/cli/replay'];
    const found = rooms
      .flatMap((room) => filesUnder(root, room, '.ts'))
      // These are scripts of the page, and plots of benchmarks.
      .filter((file) => !/^lib\/render\/(page|plots)\//.test(file))
      .map((file) => [file, references(root, file, taking).length] as const)
      .filter(([, count]) => count > 0);
    expect(Object.fromEntries(found)).toEqual(allowed);
  });

  test('every run of the command has the one frame', () => {
    const pattern = /(\bcatchInterrupts\(|new ProgressDisplay\(|AbortSignal\.any\()/g;
    const framing = filesUnder(root, 'lib/cli', '.ts').filter(
      (file) => !file.endsWith('/interrupt.ts') && references(root, file, pattern).length > 0,
    );
    expect(framing).toEqual(['lib/cli/terminal/run-frame.ts']);
  });

  // Traits of faults are columns of their table: native/tables/traits.def.
  test('only programs and tables know faults by their names', () => {
    // Signals of the language have an event of that name.
    const kinds = tables.faults.map(({ slug }) => slug).filter((slug) => slug !== 'abort');
    const slugs = kinds.join('|');
    const named = new RegExp(`^(?! *(?:/?\\*|//)).*['"\`](${slugs})['"\`]`, 'gm');
    const found = filesUnder(root, 'lib', '.ts')
      .filter((file) => !/^lib\/(programs|tables)\//.test(file))
      .flatMap((file) => references(root, file, named).map((slug) => `${file}: ${slug}`));
    expect(found).toEqual([]);
  });

  test('no call takes an argument for each of any number of values', () => {
    const pattern = /(Math\.(?:max|min)\((?:[^()]*,\s*)?\.\.\.|\.(?:push|unshift)\(\.\.\.)/g;
    for (const file of filesUnder(root, 'lib', '.ts')) {
      expect([file, references(root, file, pattern)]).toEqual([file, []]);
    }
  });
});

describe('the walker', () => {
  let tree = '';

  beforeEach(() => {
    tree = fs.mkdtempSync(path.join(os.tmpdir(), 'house-'));
    write('native/tables/tables.h', '');
    write('native/machine/machine.h', '#include "tables.h"\n');
    write('native/core/dm/dm.h', '#include "machine.h"\n');
    write('native/programs/plan.h', '#include "dm.h"\n#include <stdio.h>\n');
    write('native/stress/storm.h', '#include "plan.h"\n');
    write('native/explore/path.h', '#include "machine.h"\n');
    write('native/explore_dm/engine.h', '#include "plan.h"\n#include "path.h"\n');
    write('lib/tables/tables.ts', "import { rows } from './tables.gen';\n");
    write('lib/tables/tables.gen.ts', 'export const rows = [];\n');
    write('lib/stress/stress.ts', "import { rows } from '../tables/tables';\nimport './rounds';\n");
    write('lib/stress/rounds.ts', "import { rows } from '../tables/tables';\nimport './storm';\n");
    write('lib/stress/storm.ts', "/**\n * import { stress } from './stress';\n */\n");
    write('lib/index.ts', "export { stress } from './stress/stress';\n");
    write('lib/cli/main.ts', "import { stress } from '../stress/stress';\nimport './exit';\n");
    write('lib/cli/exit.ts', '');
  });

  afterEach(() => {
    fs.rmSync(tree, { recursive: true });
  });

  function write(file: string, text: string): void {
    fs.mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
    fs.writeFileSync(path.join(tree, file), text);
  }

  test('finds nothing wrong where nothing is', () => {
    expect([...wrongIncludes(tree), ...wrongImports(tree), ...tooLong(tree)]).toEqual([]);
  });

  test.each([
    ['native/tables/tables.c', 'machine.h'],
    ['native/machine/threads/threads.c', 'dm.h'],
    ['native/core/ledger/ledger.c', 'dm.h'],
    ['native/core/dm/dm.c', 'plan.h'],
    ['native/core/dm/dm.c', 'storm.h'],
    ['native/core/dm/dm.c', '../../stress/storm.h'],
    ['native/programs/plan.c', 'storm.h'],
    ['native/stress/storm.c', 'path.h'],
    ['native/explore/path.c', 'storm.h'],
    ['native/explore/path.c', 'dm.h'],
    ['native/explore/strategies/dfs.c', 'plan.h'],
    ['native/explore/story/tell.c', 'engine.h'],
    ['native/core/dm/dm.c', 'nowhere.h'],
  ])('catches %s including %s', (file, header) => {
    write(file, `#include <stdint.h>\n  #  include "${header}"\n`);
    expect(wrongIncludes(tree)).toEqual([`${file}: includes ${header}`]);
  });

  test('catches a folder that it does not know', () => {
    write('native/attic/old.c', '');
    expect(wrongIncludes(tree)).toEqual(['native/attic/old.c: no rule for this folder']);
  });

  test.each([
    ['lib/stress/stress.ts', "import { main } from '../cli/main';", '../cli/main'],
    ['lib/stress/stress.ts', "export { main } from '../cli/main';", '../cli/main'],
    ['lib/stress/stress.ts', "const main = await import('../cli/main');", '../cli/main'],
    ['lib/stress/stress.ts', "const main = require('../cli/main');", '../cli/main'],
    ['lib/tables/tables.ts', "import { stress } from '../stress/stress';", '../stress/stress'],
    [
      'lib/stress/stress.ts',
      "import { DeviceMapper } from '../direct/mapper';",
      '../direct/mapper',
    ],
    ['lib/stress/rounds.ts', "import { stress } from '../index';", '../index'],
    ['lib/native/load.ts', "import { readJournal } from '../run/journal';", '../run/journal'],
    ['lib/cli/main.ts', "import x from '../nowhere';", '../nowhere'],
  ])('catches %s with %s', (file, line, name) => {
    write(file, `${line}\n`);
    expect(wrongImports(tree)).toEqual([`${file}: imports ${name}`]);
  });

  test('catches a file of lib that no room has', () => {
    write('lib/attic.ts', '');
    write('lib/cellar/old.ts', '');
    expect(wrongImports(tree)).toEqual([
      'lib/attic.ts: no room has it',
      'lib/cellar/old.ts: no room has it',
    ]);
  });

  test('counts rooms, floors and arrows', () => {
    // cli and index stand on stress, and that on tables.
    expect(houseOf(tree)).toEqual({ rooms: 4, floors: 3, arrows: 3, circles: [] });
  });

  test('catches a circle of files within a room', () => {
    write('lib/stress/storm.ts', "import type { Stress } from './stress';\n");
    const circle = ['rounds', 'storm', 'stress'].map((name) => `lib/stress/${name}.ts`);
    expect(houseOf(tree).circles).toEqual([circle.join(' <-> ')]);
  });

  test('catches a circle of rooms that is not one of files', () => {
    write('lib/tables/more.ts', "import { storm } from '../stress/storm';\n");
    expect(houseOf(tree).circles).toEqual(['stress <-> tables']);
  });

  test('counts the rooms of native, and catches a circle of them', () => {
    const house = { rooms: 7, floors: 5, arrows: 7, circles: [] };
    expect(nativeHouseOf(tree)).toEqual(house);
    write('native/core/dm/dm.c', '#include "plan.h"\n');
    expect(nativeHouseOf(tree).circles).toEqual(['core/dm <-> programs']);
  });

  test('catches what is too long', () => {
    write('lib/stress/stress.ts', '\n'.repeat(401));
    write('native/core/dm/dm.c', `int f(void)\n{\n${'\tg();\n'.repeat(61)}}\n`);
    write(
      'native/core/idr/idr.c',
      `/* ${'x'.repeat(98)} */\n\t${'x'.repeat(92)}\n\t${'x'.repeat(93)}\n`,
    );
    expect(tooLong(tree)).toEqual([
      'native/core/dm/dm.c:2: a function of 61 lines',
      'native/core/idr/idr.c:1: 104 columns',
      'native/core/idr/idr.c:3: 101 columns',
      'lib/stress/stress.ts: 401 lines',
    ]);
  });
});
