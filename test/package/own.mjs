// Own C in a project that is new: what `dmtorture init` writes, and the queue of README.md, show their
// bug, and are clean when they are mended; the same as a test of Jest; with each compiler, also where
// it is the only one, on more than one Node.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { installedProject, makeFolder, nodeOf, root, tryRun } from './kit.mjs';

const VERSIONS = [20, 24];
const COMPILERS = ['gcc', 'clang'];
const jest = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');

const TOOLS = ['as', 'ld', 'ld.bfd', 'objcopy', 'objdump', 'addr2line', 'c++filt', 'readelf', 'sh'];

let project;

function dmtorture(node, args, env = process.env) {
  const command = path.join(project, 'node_modules', 'dmtorture', 'dist', 'cli', 'main.js');
  return tryRun(node, [command, ...args], { cwd: project, env });
}

function explored(node, args, env) {
  const { status, stdout, stderr } = dmtorture(
    node,
    ['explore', 'queue.c', '--json', ...args],
    env,
  );
  assert.notEqual(stdout, '', stderr);
  return { status, report: JSON.parse(stdout) };
}

/** A PATH with one compiler and the binutils, and a cache that no other compiler has filled. */
function aloneWith(cc) {
  const folder = makeFolder(cc);
  for (const name of [cc, ...TOOLS]) {
    const found = process.env.PATH.split(':')
      .map((one) => path.join(one, name))
      .find((file) => fs.existsSync(file));
    if (found) fs.symlinkSync(fs.realpathSync(found), path.join(folder, name));
  }
  return { ...process.env, PATH: folder, XDG_CACHE_HOME: path.join(folder, 'cache') };
}

/** What README.md shows of a file. */
function inReadme(name) {
  const text = fs.readFileSync(path.join(root, 'README.md'), 'utf8');
  const [, code] = new RegExp(`<!-- source: \\S*/${name} -->\n\`\`\`\\w+\n(.*?)\`\`\``, 's').exec(
    text,
  );
  return code;
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
      assert.equal(dmtorture(node, ['init']).status, 0);
      for (const cc of COMPILERS) {
        const { status, report } = explored(node, ['--cc', cc]);
        const { verdict, faults } = report;
        assert.deepEqual([status, verdict, faults[0].kind], [1, 'fault', 'check-failed']);
        const replayed = dmtorture(node, ['replay', faults[0].ticket, '--json']);
        assert.equal(JSON.parse(replayed.stdout).reproduced, true);
      }
      const failed = tryRun(node, [jest, '--ci'], { cwd: project });
      assert.match(failed.output, /check-failed/);
      assert.equal(failed.status, 1);
      mend();
      for (const cc of COMPILERS) {
        const { status, report } = explored(node, ['--cc', cc]);
        assert.deepEqual([status, report.verdict, report.exhaustive], [0, 'clean', true]);
      }
      assert.equal(tryRun(node, [jest, '--ci'], { cwd: project }).status, 0);
    });

    for (const cc of COMPILERS) {
      test(`the queue of README.md with ${cc} alone, on Node ${version}`, () => {
        const node = nodeOf(version);
        const env = aloneWith(cc);
        const file = path.join(project, 'queue.c');
        const text = inReadme('queue.c');
        fs.writeFileSync(file, text);
        fs.writeFileSync(path.join(project, 'queue.test.js'), inReadme('queue.test.js'));
        const found = explored(node, [], env);
        assert.deepEqual([found.status, found.report.faults[0].kind], [1, 'check-failed']);
        assert.match(found.report.subject.compiler, new RegExp(`^${cc} `));
        const failed = tryRun(node, [jest, '--ci'], { cwd: project, env });
        assert.match(failed.output, /check-failed/);
        assert.equal(failed.status, 1);
        // As README.md says.
        const mended = text
          .replace('int place = count;', 'int place = count++;')
          .replace('\tcount = place + 1;\n', '');
        fs.writeFileSync(file, mended);
        const { status, report } = explored(node, [], env);
        assert.deepEqual([status, report.verdict, report.traces], [0, 'clean', 2]);
        assert.equal(tryRun(node, [jest, '--ci'], { cwd: project, env }).status, 0);
      });
    }
  }
});
