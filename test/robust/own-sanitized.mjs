// The host of own C under AddressSanitizer and UndefinedBehaviorSanitizer, both its processes, while it
// explores programs that fault:
//
//   node test/robust/own-sanitized.mjs [FILES 1] [PROGRAMS 40] [SEED 1]
//
// The program's malloc() stays the host's own, and the host's memory comes from the sanitizer's heap. So
// the host is watched, and what the program does to its memory is not. First come hosts with a planted
// mistake, and the sanitizers have to report each. Then faulting.mjs runs with the host as it is, and
// there may be no report. It needs dist, clang and CMake; the long form is 100 100.
import fs from 'node:fs';
import path from 'node:path';
import { ask, copyCheckout, makeFolder, root, show } from './kit.mjs';

const [files = '1', programs = '40', seed = '1'] = process.argv.slice(2);
const folder = copyCheckout('own-sanitized');
const build = path.join(folder, 'sanitized');
const logs = makeFolder('own-sanitized-logs');
const HOST = 'dmtorture-own';

/** A mistake is some lines in front of another; no compiler sees through an index that is volatile. */
const PLANTS = [
  {
    name: 'an overflow of the heap, in the parent',
    file: 'native/own/death.c',
    before: '\tsigemptyset(&children);\n',
    line: '\t((volatile char *)calloc(1, 24))[known_late(24)] = 1;\n',
    report: /heap-buffer-overflow[\s\S]*host_supervise/,
  },
  {
    name: 'memory of the heap that was freed, in the parent',
    file: 'native/own/death.c',
    before: '\tsigemptyset(&children);\n',
    line: '\tvoid *volatile gone = calloc(1, 24);\n\tfree(gone);\n\t*(volatile char *)gone = 1;\n',
    report: /heap-use-after-free[\s\S]*host_supervise/,
  },
  {
    name: 'more faults than there is room for in the memory that both share, in the parent',
    file: 'native/own/death.c',
    before: '\tsigemptyset(&children);\n',
    line: '\thost->fault[known_late(HOST_FAULTS_MAX)].count = 0;\n',
    report: /runtime error: index 64 out of bounds/,
  },
  {
    name: 'an overflow of its text, on the stack of a thread of the program',
    file: 'native/own/points.c',
    before: '\town_leave();\n\tkeep_about(t->fibers);\n\tmachine_fault(',
    line: '\t((volatile char *)text)[sizeof(text) + (t->fibers == NULL)] = 1;\n',
    report: /stack-buffer-overflow[\s\S]*own_fault/,
  },
];
/** An index that is known when it runs. */
const INDEX = 'static size_t known_late(volatile size_t n)\n{\n\treturn n;\n}\n\n';
const INDEX_BEFORE = 'struct host_shared *host;\n';

/** The options of both sanitizers: reports go to files, since a child of the host has no streams. */
const sanitizers = {
  ASAN_OPTIONS: `log_path=${path.join(logs, 'address')}`,
  UBSAN_OPTIONS: `print_stacktrace=1:log_path=${path.join(logs, 'undefined')}`,
};

/** The reports there are, in one text; they are gone then. */
function takeReports() {
  const reports = fs.readdirSync(logs).map((file) => path.join(logs, file));
  const text = reports.map((file) => fs.readFileSync(file, 'utf8')).join('\n');
  for (const file of reports) fs.rmSync(file);
  return text;
}

/** The text of a file with something in front of a text that it has once. */
function put(file, text, before, line) {
  const parts = text.split(before);
  if (parts.length !== 2) throw new Error(`${file} has to have once: ${before}`);
  return parts.join(line + before);
}

function buildHost() {
  ask('cmake', ['--build', build, '-j', '2', '--target', HOST]);
  const place = path.join(folder, 'build', 'Release');
  fs.mkdirSync(place, { recursive: true });
  fs.copyFileSync(path.join(build, 'native', 'own', HOST), path.join(place, HOST));
}

/** Builds the host with a mistake, and looks whether that is seen. */
function checkItSees({ name, file, before, line, report }, program) {
  const source = path.join(folder, file);
  const text = fs.readFileSync(source, 'utf8');
  const planted = put(file, text, before, line);
  fs.writeFileSync(
    source,
    line.includes('known_late') ? put(file, planted, INDEX_BEFORE, INDEX) : planted,
  );
  buildHost();
  fs.writeFileSync(source, text);
  const main = path.join(folder, 'dist', 'cli', 'main.js');
  show(process.execPath, [main, 'explore', program, '--quiet'], {
    stdio: 'ignore',
    env: { ...process.env, ...sanitizers },
  });
  const reports = takeReports();
  if (!report.test(reports)) throw new Error(`not reported: ${name}\n${reports}`);
  console.log(`planted, and reported: ${name}`);
}

/** The search of states over each example, which finds its fault; those that ended otherwise. */
function walkExamples() {
  const main = path.join(folder, 'dist', 'cli', 'main.js');
  const examples = path.join(root, 'examples', 'own');
  const failed = [];
  for (const name of fs.readdirSync(examples))
    for (const memory of ['sc', 'tso', 'rc11']) {
      const ways = ['--strategy', 'stateful', '--memory', memory, '--heap', 'reuse'];
      const end = show(process.execPath, [main, 'explore', path.join(examples, name), ...ways], {
        stdio: 'ignore',
        env: { ...process.env, ...sanitizers },
      });
      if (end !== 1) failed.push(`${name} under ${memory}: ${end}`);
    }
  return failed;
}

ask('cmake', [
  ...['-S', folder, '-B', build, '-DCMAKE_C_COMPILER=clang'],
  '-DDMTORTURE_SANITIZE=address,undefined',
]);
fs.cpSync(path.join(root, 'dist'), path.join(folder, 'dist'), { recursive: true });
const program = path.join(makeFolder('own-sanitized-program'), 'fault.c');
fs.writeFileSync(
  program,
  `#include <assert.h>
#include <pthread.h>
static void *work(void *unused)
{
	assert(unused);
	return unused;
}
int main(void)
{
	pthread_t t;

	pthread_create(&t, 0, work, 0);
	return pthread_join(t, 0);
}
`,
);
for (const plant of PLANTS) checkItSees(plant, program);
buildHost();
const faulting = path.join(root, 'test', 'robust', 'faulting.mjs');
const library = path.join(folder, 'dist');
const status = show(process.execPath, ['--expose-gc', faulting, files, programs, seed, library], {
  env: { ...process.env, ...sanitizers },
});
const failed = walkExamples();
const reports = takeReports();
if (reports) console.error(reports);
if (failed.length > 0) console.error(`ended otherwise: ${failed.join(', ')}`);
console.log(`ended with ${status}, ${reports ? 'and there are reports' : 'no report'}`);
process.exitCode = status === 0 && !reports && failed.length === 0 ? 0 : 1;
