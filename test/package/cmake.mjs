import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { installedProject, root, run, tryRun } from './kit.mjs';

/** The diagram and the ticket that a program prints of its wrong model. */
const LOST_UPDATE = `without-lock: 2 executions, check-failed
step | cpu1                                         | cpu2
   1 | add: value = counter  [= 0]
   2 |                                              | add: value = counter  [= 0]
   3 |                                              | add: counter = value + 1  [0 -> 1]
   4 | add: counter = value + 1  [1]
*** check-failed: an addition was lost
`;

test('CMake builds programs of somebody else with the explorer out of node_modules', () => {
  const project = installedProject('cmake');
  fs.cpSync(path.join(root, 'examples', 'explore-c'), project, { recursive: true });
  const options = { cwd: project };
  run('cmake', ['-S', '.', '-B', 'build', '-DCMAKE_BUILD_TYPE=Release'], options);
  run('cmake', ['--build', 'build', '-j', '2'], options);
  const program = (name, ...args) => tryRun(path.join(project, 'build', name), args);
  const lost = program('lost-update').stdout;
  assert.ok(lost.startsWith(LOST_UPDATE), lost);
  assert.ok(lost.endsWith('\nwith-lock: 2 executions, no fault, exhausted\n'), lost);
  const queue = program('queue').stdout;
  assert.match(queue, /^wait-with-if: \d+ executions, check-failed\n/);
  assert.match(queue, /^step \| cpu1: producer +\| cpu2: consumer +\| cpu3: consumer\n/m);
  assert.match(queue, /\| \*\*\* check-failed: takes from an empty queue\n/);
  assert.match(queue, /\nwait-with-while: \d+ executions, no fault, exhausted\n$/);
  // A ticket is the same execution in another process, and of no other model.
  for (const [name, output] of Object.entries({ 'lost-update': lost, queue })) {
    const [ticket] = /^dmm1\..*$/m.exec(output);
    const replayed = program(name, ticket);
    assert.equal(replayed.status, 0);
    assert.ok(output.includes(`\n${replayed.stdout}${ticket}\n`), replayed.stdout);
    const refused = program(name === 'queue' ? 'lost-update' : 'queue', ticket);
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /^The ticket is of the model `[a-z-]+`, not of `[a-z-]+`\.\n$/);
  }
});
