// The steps of the README, done with the tarball as a stranger would: the test as it stands there fails
// with the diagram that the guide of the library shows, and passes with the patch.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { installedProject, require, root, tryRun, write } from './kit.mjs';

const ts = require('typescript');
const pages = ['README.md', 'docs/guides/library.md']
  .map((page) => fs.readFileSync(path.join(root, page), 'utf8'))
  .join('\n');
const jest = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');

/** The code after a mark of the README or the guide. */
function blockOf(mark) {
  const match = new RegExp(`<!-- ${mark} -->\\s*\`\`\`\\w*\\n(.*?)\`\`\``, 's').exec(pages);
  assert.ok(match, `no page has ${mark}`);
  return match[1];
}

/** A user of the types. */
const TYPED = `import { race, type FinalState } from 'dmtorture';
import { matchers, type DmTortureMatchers } from 'dmtorture/jest';
export const check = ({ devices }: FinalState): boolean => devices.length === 1;
export const typed: keyof DmTortureMatchers & keyof typeof matchers = 'toBeRaceFree';
export const twins = race('twins', { cpu1: (d) => d.create(0), cpu2: (d) => d.create(0), check });
// @ts-expect-error there is no such operation, so that programs are not any
race('wrong', { cpu1: (d) => d.creat(0), cpu2: (d) => d.create(0) });
`;

/** What Jest prints, without what differs from run to run and without its last lines. */
function essence(text) {
  const plain = text.replace(/ \([\d.]+ m?s\)/g, '').replace(/\nTest Suites:.*/s, '');
  const lines = plain.split('\n').filter((line) => !line.startsWith('npm warn'));
  return lines
    .map((line) => line.trimEnd())
    .join('\n')
    .trim();
}

let project;

function runJest(file) {
  const { status, stderr } = tryRun(process.execPath, [jest, file, '--ci'], {
    cwd: project,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
  });
  return { status, text: essence(stderr) };
}

before(() => {
  project = installedProject('stranger');
});

describe('the path of a stranger', () => {
  test('the ten lines of the guide fail, with its diagram', () => {
    const text = blockOf('stranger: test');
    assert.equal(text.trimEnd().split('\n').length, 10);
    write(project, { 'stale.test.js': text });
    const { status, text: said } = runJest('stale.test.js');
    assert.equal(said, blockOf('stranger: fails').trim());
    assert.equal(status, 1);
  });

  test('its last line replays it', () => {
    const [, ticket] = /npx dmtorture replay (\S+)/.exec(blockOf('stranger: fails'));
    const command = ['--no-install', 'dmtorture', 'replay', ticket, '--json'];
    const { status, stdout } = tryRun('npx', command, { cwd: project });
    assert.equal(status, 1);
    assert.equal(JSON.parse(stdout).reproduced, true);
  });

  test('with the patch it passes', () => {
    const patched = blockOf('stranger: test').replace("'all,-05'", "'all'");
    write(project, { 'stale.test.js': patched });
    const { status, text } = runJest('stale.test.js');
    assert.equal(text, blockOf('stranger: passes').trim());
    assert.equal(status, 0);
  });

  test('the queue of the README loses an item, and is proven when it is mended', () => {
    const queue = blockOf('source: examples/start/queue.c');
    const jestTest = blockOf('source: examples/start/queue.test.js');
    const explore = () =>
      tryRun('npx', ['--no-install', 'dmtorture', 'explore', 'queue.c'], { cwd: project });
    write(project, { 'queue.c': queue, 'queue.test.js': jestTest });
    const lost = explore();
    assert.match(lost.output, /^BUG: check-failed in main$/m);
    assert.equal(lost.status, 1);
    const { status, text } = runJest('queue.test.js');
    assert.match(text, /\*\*\* check-failed: assert\(count == 2\)/);
    assert.equal(status, 1);
    const mended = queue
      .replace('int place = count;', 'int place = count++;')
      .replace('\tcount = place + 1;\n', '');
    write(project, { 'queue.c': mended });
    const clean = explore();
    assert.match(clean.output, /^clean: 2 of 2 traces/m);
    assert.equal(clean.status, 0);
    assert.equal(runJest('queue.test.js').status, 0);
  });

  test('so does the race with a check; without the patch that it needs it is refused', () => {
    const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
    // Jest's own module is the runner's, which is not installed here.
    const text = blockOf('check example').replace(/^import .*@jest\/globals.*\n/, '');
    const { outputText } = ts.transpileModule(text, { compilerOptions });
    write(project, {
      'check.test.js': outputText,
      'refused.test.js': outputText.replace('[-6, 0]', '[0, 0]'),
    });
    assert.equal(runJest('check.test.js').status, 0);
    const { status, text: said } = runJest('refused.test.js');
    assert.equal(status, 1);
    assert.match(said, /\*\*\* check-failed: /);
  });

  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ]) {
    test(`the types compile where no runner is installed, ${moduleResolution}`, () => {
      const compilerOptions = {
        ...{ module, moduleResolution, target: 'es2022', strict: true, noEmit: true },
        ...{ skipLibCheck: false, types: ['node'] },
        typeRoots: [path.join(root, 'node_modules', '@types')],
      };
      write(project, {
        'typed.mts': TYPED,
        'tsconfig.json': JSON.stringify({ compilerOptions, files: ['typed.mts'] }),
      });
      const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
      const { status, output } = tryRun(process.execPath, [tsc, '-p', '.'], { cwd: project });
      assert.equal(output, '');
      assert.equal(status, 0);
    });
  }
});
