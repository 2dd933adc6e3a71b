import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { installedProject, root, run } from './kit.mjs';

test('CMake builds a program of somebody else with the explorer out of node_modules', () => {
  const project = installedProject('cmake');
  fs.cpSync(path.join(root, 'examples', 'explore-c'), project, { recursive: true });
  const options = { cwd: project };
  run('cmake', ['-S', '.', '-B', 'build', '-DCMAKE_BUILD_TYPE=Release'], options);
  run('cmake', ['--build', 'build', '-j', '2'], options);
  assert.equal(
    run(path.join(project, 'build', 'lost-update'), []),
    'without a lock: 2 executions, an addition was lost\n' +
      'with a lock: 2 executions, no fault, exhausted\n',
  );
});
