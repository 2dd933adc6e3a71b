// Own C in a project that is new: what `dmtorture init` writes shows its bug, and is clean when it is
// mended; the same as a test of Jest; with each compiler, on more than one Node.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { installedProject, nodeOf, root, tryRun } from './kit.mjs';

const VERSIONS = [20, 24];
const COMPILERS = ['gcc', 'clang'];
const jest = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');

let project;

function dmtorture(node, ...args) {
  const command = path.join(project, 'node_modules', 'dmtorture', 'dist', 'cli', 'main.js');
  return tryRun(node, [command, ...args], { cwd: project });
}

/** A place that each thread takes for itself. */
function mend() {
  const file = path.join(project, 'queue.c');
  const text = fs.readFileSync(file, 'utf8');
  const mended = text
    .replace('int place = count;', 'int place = atomic_fetch_add(&count, 1);')
    .replace('\tcount = place + 1;\n', '');
  assert.notEqual(mended, text);
  fs.writeFileSync(file, mended);
}

before(() => {
  project = installedProject('own');
});

describe('own C', () => {
  for (const version of VERSIONS) {
    test(`a queue with a bug, and without it, on Node ${version}`, () => {
      const node = nodeOf(version);
      for (const name of ['queue.c', 'queue.test.js'])
        fs.rmSync(path.join(project, name), { force: true });
      assert.equal(dmtorture(node, 'init').status, 0);
      for (const cc of COMPILERS) {
        const { status, stdout } = dmtorture(node, 'explore', 'queue.c', '--cc', cc, '--json');
        const { verdict, faults } = JSON.parse(stdout);
        assert.deepEqual([status, verdict, faults[0].kind], [1, 'fault', 'check-failed']);
        const replayed = dmtorture(node, 'replay', faults[0].ticket, '--json');
        assert.equal(JSON.parse(replayed.stdout).reproduced, true);
      }
      const failed = tryRun(node, [jest, '--ci'], { cwd: project });
      assert.match(failed.output, /check-failed/);
      assert.equal(failed.status, 1);
      mend();
      for (const cc of COMPILERS) {
        const { status, stdout } = dmtorture(node, 'explore', 'queue.c', '--cc', cc, '--json');
        const { verdict, exhaustive } = JSON.parse(stdout);
        assert.deepEqual([status, verdict, exhaustive], [0, 'clean', true]);
      }
      assert.equal(tryRun(node, [jest, '--ci'], { cwd: project }).status, 0);
    });
  }
});
