import assert from 'node:assert/strict';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { installedProject, NODE_MAJORS, nodeOf, root, run, tryRun, write } from './kit.mjs';

const CJS = `
const { stress, explore, version } = require('dmtorture');
if (version !== require('dmtorture/package.json').version) throw new Error('version');
(async () => {
  const stressed = await stress({ patches: 'none', duration: '5s', stopOnFault: true }).result;
  const explored = await explore('create-find', { patches: 'all,-02' });
  console.log(stressed.verdict, explored.verdict, explored.faults[0].kind);
})();
`;

const ESM = `
import { createRequire } from 'node:module';
import { DeviceMapper, Idr, explore, stress } from 'dmtorture';
if (createRequire(import.meta.url)('dmtorture').stress !== stress) throw new Error('two copies');
const dm = new DeviceMapper({ patches: 'all' });
dm.remove(dm.create());
const idr = new Idr();
if (dm.check() !== 0 || !idr.preload() || idr.alloc('x') !== 0) throw new Error('direct calls');
const stressed = await stress({ patches: 'all', duration: '200ms' }).result;
const explored = await explore('create-find', { patches: 'all' });
console.log(stressed.verdict, explored.verdict);
`;

// Ends a worker in mid-run, which aborts the process where an addon is not careful.
const WORKER = `
const { Worker } = require('node:worker_threads');
const code = \`
  require('dmtorture').stress({ patches: 'none', duration: '1h', tickMs: 1 })
    .once('progress', () => require('node:worker_threads').parentPort.postMessage('running'));
  require('dmtorture').matrix();
\`;
const worker = new Worker(code, { eval: true });
worker.once('message', async () => console.log('ended', await worker.terminate()));
`;

const TYPED = `
const run: StressRun = stress({ patches: 'all', duration: '1s' });
const clean: Promise<boolean> = run.result.then(({ verdict }) => verdict === 'clean');
// @ts-expect-error a number is not a text with a unit, so that types are not any
stress({ duration: { ms: 1 } });
// @ts-expect-error there is no such option
stress({ durations: '1s' });
// @ts-expect-error there is no such verdict
run.result.then(({ verdict }) => verdict === 'spotless');
export { clean };
`;

const TYPED_IMPORT = `import { stress, type StressRun } from 'dmtorture';\n${TYPED}`;
const TYPED_REQUIRE = `import dmtorture = require('dmtorture');
const { stress } = dmtorture;
type StressRun = dmtorture.StressRun;\n${TYPED}`;

/** Options of the TypeScript compiler that both kinds of projects have. */
const COMPILER = {
  strict: true,
  noEmit: true,
  target: 'es2022',
  skipLibCheck: false,
  types: ['node'],
  typeRoots: [path.join(root, 'node_modules', '@types')],
};

let project;

before(() => {
  project = installedProject('consumers');
  write(project, { 'used.cjs': CJS, 'used.mjs': ESM, 'worker.cjs': WORKER });
});

describe('installed with scripts blocked, the prebuilt binary', () => {
  for (const major of NODE_MAJORS) {
    test(`serves require, import, workers and the command on Node ${major}`, (context) => {
      const node = nodeOf(major);
      const version = run(node, ['--version']).trim();
      context.diagnostic(version);
      assert.match(version, new RegExp(`^v${major}\\.`));
      const options = { cwd: project };
      assert.equal(run(node, ['used.cjs'], options), 'fault fault use-uninitialized\n');
      assert.equal(run(node, ['used.mjs'], options), 'clean clean\n');
      assert.equal(run(node, ['worker.cjs'], options), 'ended 1\n');
      const command = path.join(project, 'node_modules/dmtorture/dist/cli/main.js');
      const doctor = JSON.parse(run(node, [command, 'doctor', '--json'], options));
      assert.equal(doctor.binary.origin, 'prebuilt');
      const explored = ['explore', 'create-find', '--patches', 'all,-02', '--quiet'];
      assert.equal(tryRun(node, [command, ...explored], options).status, 1);
    });
  }
});

describe('TypeScript', () => {
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');

  test('compiles with moduleResolution nodenext, import and require', () => {
    const compilerOptions = { ...COMPILER, module: 'nodenext', moduleResolution: 'nodenext' };
    write(project, {
      'typed.mts': TYPED_IMPORT,
      'typed.cts': TYPED_REQUIRE,
      'nodenext.json': JSON.stringify({ compilerOptions, files: ['typed.mts', 'typed.cts'] }),
    });
    run(process.execPath, [tsc, '-p', 'nodenext.json'], { cwd: project });
  });

  test('compiles with moduleResolution bundler', () => {
    const compilerOptions = { ...COMPILER, module: 'esnext', moduleResolution: 'bundler' };
    write(project, {
      'bundled.ts': TYPED_IMPORT,
      'bundler.json': JSON.stringify({ compilerOptions, files: ['bundled.ts'] }),
    });
    run(process.execPath, [tsc, '-p', 'bundler.json'], { cwd: project });
  });
});

test('npx finds the command', () => {
  const [line] = run('npx', ['--no-install', 'dmtorture', '--help'], { cwd: project }).split('\n');
  assert.match(line, /^Usage: dmtorture /);
});
