// Tests of the library inside stock node with the addons built by -fsanitize, the runtime preloaded:
//
//   node test/robust/sanitizers.mjs address [what Jest is to run; what calls addons if nothing]
//   node test/robust/sanitizers.mjs thread test/lib/stress/stress.test.ts
//
// Reports go to files, since a process of Jest's, or of a test's, may be the one that has them.
import fs from 'node:fs';
import path from 'node:path';
import { ask, copyCheckout, makeFolder, require, root, show } from './kit.mjs';

const { compile } = require('../../scripts/compile.cjs');
const { COMPILED } = require('../../scripts/platform.cjs');

// Node does not give all back when it ends, so leaks are looked for by soak.mjs instead.
const SANITIZERS = {
  address: { runtime: 'libasan.so', option: 'ASAN_OPTIONS', settings: 'detect_leaks=0' },
  // process.exit() in mid-run joins nobody, and is tested for that.
  thread: { runtime: 'libtsan.so', option: 'TSAN_OPTIONS', settings: 'report_thread_leaks=0' },
};

/**
 * Stock node, and what compiles the tests, are built without sanitizers. So little is seen of their
 * own locks, nor is it seen that libuv closes a file, by a bare system call, before another gets its
 * number. These functions of theirs call nothing of ours, so that no race of ours is left out.
 */
const OTHERS_RACES = [
  'v8::platform::',
  'v8::internal::GlobalBackingStoreRegistry',
  'node::worker::MessagePort::PostMessage',
  'uv_rwlock_destroy',
  'uv__platform_loop_init',
  'swc-native',
];

/** Stacks that are switched by hand are not followed by ThreadSanitizer: explore.node stays plain. */
const PLAIN = { address: [], thread: ['explore'] };

/** Tests that call the addons; the others of test/lib have nothing for a sanitizer to see. */
const CALL_ADDONS = [
  ...['direct/device-mapper', 'direct/idr', 'direct/number-idr', 'tables/tables'],
  ...['stress/stress', 'stress/lifecycle', 'native/isolate', 'stress/tickets', 'reports/latency'],
  ...[
    'explore/explore',
    'explore/lifecycle',
    'explore/replay',
    'explore/matrix',
    'programs/check',
    'programs/scenarios',
  ],
  ...['bench/plan', 'bench/lifecycle'],
];

/** Scripts that call every function with anything at all, and how many calls there is time for. */
const STRANGE_CALLS = { 'throw-anything': 1500, 'throw-at-explore': 600, 'throw-at-bench': 200 };

const name = process.argv[2];
if (!Object.hasOwn(SANITIZERS, name)) {
  console.error(`Expected a sanitizer: ${Object.keys(SANITIZERS).join(' or ')}, got \`${name}\``);
  process.exit(2);
}
const { runtime, option, settings } = SANITIZERS[name];
const flags = `-fsanitize=${name} -fno-omit-frame-pointer -g`;
const logs = makeFolder('sanitizer-logs');
const suppressions = path.join(makeFolder('suppressions'), 'races');
fs.writeFileSync(suppressions, OTHERS_RACES.map((race) => `race:${race}\n`).join(''));

/** Runs node under the preloaded runtime. Its exit code. */
function sanitized(args, cwd) {
  const env = {
    ...process.env,
    LD_PRELOAD: ask('gcc', [`-print-file-name=${runtime}`]).trim(),
    [option]: [
      settings,
      `log_path=${path.join(logs, 'report')}`,
      ...(name === 'thread' ? [`suppressions=${suppressions}`, 'print_suppressions=0'] : []),
    ].join(':'),
  };
  // The shadow of ThreadSanitizer does not fit every layout that a kernel draws.
  return show('setarch', ['-R', process.execPath, ...args], { cwd, env });
}

/** The reports there are, in one text; they are gone then. */
function takeReports() {
  const files = fs.readdirSync(logs).map((file) => path.join(logs, file));
  const text = files.map((file) => fs.readFileSync(file, 'utf8')).join('\n');
  for (const file of files) fs.rmSync(file);
  return text;
}

function buildAddons() {
  const folder = copyCheckout(`${name}-sanitized`);
  const env = { CFLAGS: flags, CXXFLAGS: flags, LDFLAGS: flags };
  const problem = compile(folder, ['rebuild'], env);
  if (problem) throw new Error(problem);
  for (const engine of PLAIN[name]) {
    const file = path.join(COMPILED, `${engine}.node`);
    fs.copyFileSync(path.join(root, file), path.join(folder, file));
  }
  fs.cpSync(path.join(root, 'dist'), path.join(folder, 'dist'), { recursive: true });
  return folder;
}

/** Silence proves nothing unless the planted faults are reported. */
function checkItSees() {
  const file = path.join(makeFolder('planted'), 'planted.node');
  const include = require('node-api-headers').include_dir;
  const source = path.join(root, 'test', 'robust', 'planted.c');
  ask('gcc', [...flags.split(' '), '-shared', '-fPIC', '-I', include, source, '-o', file]);
  sanitized(['-e', `process.dlopen({ exports: {} }, ${JSON.stringify(file)})`], root);
  const expected = { address: /heap-use-after-free/, thread: /data race/ };
  if (!expected[name].test(takeReports())) throw new Error('the planted fault was not reported');
  console.log(`${name}: the planted fault is reported`);
}

checkItSees();
const folder = buildAddons();
const jest = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');
const files = CALL_ADDONS.map((test) => `test/lib/${test}.test.ts`);
const tests = process.argv.length > 3 ? process.argv.slice(3) : files;
const patience = ['--testTimeout=900000', `--env=${path.join(folder, 'test/robust/patient.cjs')}`];
const status = sanitized([jest, '--runInBand', ...patience, ...tests], folder);
const strange = Object.entries(name === 'address' ? STRANGE_CALLS : {}).map(([script, calls]) =>
  sanitized([`test/lib/children/${script}.cjs`, '1', String(calls)], folder),
);
if (name === 'address') {
  const script = 'test/lib/children/detached-registers.cjs';
  strange.push(sanitized(['--expose-gc', script], folder));
}
const reports = takeReports();
if (reports) console.error(reports);
const ends = [status, ...strange];
console.log(`${name}: ended with ${ends}, ${reports ? 'and there are reports' : 'no report'}`);
process.exitCode = ends.every((end) => end === 0) && !reports ? 0 : 1;
