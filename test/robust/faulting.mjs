// Programs of own C that fault, one after the other from one process, and what is left behind:
//
//   node test/robust/faulting.mjs [FILES 2] [PROGRAMS 50] [SEED 1] [LIBRARY dist]
//
// Each file has that many programs, of which the environment selects one; each has one mistake of a
// list. Several of them end or wreck the process that the program runs in. Every report has to name
// its kind and have a ticket. Then resident memory has to be flat, and there may be no more open
// files and no more children than at the beginning. The long form is 100 100.
import fs from 'node:fs';
import path from 'node:path';
import { makeFolder, require, root } from './kit.mjs';

const [files = 2, programs = 50, seed = 1] = process.argv.slice(2, 5).map(Number);
const [library = path.join(root, 'dist')] = process.argv.slice(5);
const { explore, program } = require(path.join(path.resolve(library), 'index.js'));
const folder = makeFolder('faulting');
process.env.XDG_CACHE_HOME = path.join(folder, 'cache');

let state = BigInt(seed) * 0x9e3779b97f4a7c15n + 1n;
const draw = (below) => {
  state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
  return Number((state >> 33n) % BigInt(below));
};

/** What a thread does that is wrong, and the kind that it is reported as. */
const MISTAKES = [
  ['check-failed', 'assert(n < 0);'],
  ['use-after-free', 'int *p = malloc(sizeof(*p)); free(p); *p = n;'],
  ['double-free', 'int *p = malloc(sizeof(*p)); free(p); free(p);'],
  ['out-of-bounds', 'int *p = malloc(sizeof(*p)); p[1 + n % 2] = n;'],
  ['bad-free', 'int *p = malloc(16); free(p + 1);'],
  ['deadlock', 'pthread_mutex_lock(&one); pthread_mutex_lock(&one);'],
  ['lock-misuse', 'pthread_mutex_unlock(&one);'],
  ['livelock', 'while (atomic_load(&never) == 0) ;'],
  ['crash', '*(volatile int *)0 = n;'],
  ['crash', 'int zero = atomic_load(&never); n = 7 / zero;'],
  ['crash', 'n = deep(n);'],
  ['crash', '__builtin_trap();'],
  ['abort', 'abort();'],
  // Memory of the host, if it is any: nothing of it may end the search without a report.
  ['crash', 'memset((void *)(uintptr_t)(0x7ffff0000000 + 4096 * n), 1, 4096);'],
];
/** Each takes a second of processor time, so it is in some files only. */
const SLOW = ['hang', 'for (;;) ;'];

const STEPS = [
  'atomic_fetch_add(&a, 1);',
  'n += atomic_load(&b);',
  'atomic_store(&b, 1);',
  'pthread_mutex_lock(&two); n += 1; pthread_mutex_unlock(&two);',
  'free(malloc(24));',
  'atomic_exchange(&a, 2);',
];

/** A program whose thread comes to its mistake after some steps. */
function source(number, [, mistake]) {
  const some = () => Array.from({ length: 1 + draw(3) }, () => STEPS[draw(STEPS.length)]);
  return `static void *work${number}(void *unused)
{
\tint n = 1;
\t${[...some(), mistake].join('\n\t')}
\treturn n < 0 ? &a : unused;
}
static void other${number}(void)
{
\tint n = 1;
\t${some().join('\n\t')}
\tatomic_fetch_add(&a, n);
}`;
}

function sourceOf(mistakes) {
  const runs = mistakes.map((_, i) => `\tcase ${i}: work = work${i}; other = other${i}; break;`);
  return `#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
static atomic_int a, b, never;
static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER, two = PTHREAD_MUTEX_INITIALIZER;
static int deep(int n)
{
\tvolatile char room[4096];
\troom[n & 4095] = 1;
\treturn n ? deep(n + 1) + room[0] : 0;
}
${mistakes.map((mistake, i) => source(i, mistake)).join('\n')}
int main(void)
{
\tvoid *(*work)(void *) = 0;
\tvoid (*other)(void) = 0;
\tpthread_t t;

\tswitch (atoi(getenv("PROGRAM"))) {
${runs.join('\n')}
\t}
\tpthread_create(&t, 0, work, 0);
\tother();
\tpthread_join(t, 0);
\treturn deep(0);
}
`;
}

/** What this process has open, and what it has started that is still there. */
function holdings() {
  const children = fs.readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim();
  return {
    files: fs.readdirSync('/proc/self/fd').length,
    children: children === '' ? 0 : children.split(' ').length,
  };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

const rssKib = () => Math.round(process.memoryUsage().rss / 1024);

const wrong = [];
const kinds = new Map();
const samples = [];
let before;
let slowestMs = 0;
const began = performance.now();

for (let at = 0; at < files; at++) {
  const mistakes = Array.from({ length: programs }, (_, i) =>
    i === 0 && at % 10 === 0 ? SLOW : MISTAKES[draw(MISTAKES.length)],
  );
  const file = path.join(folder, `faulting${at}.c`);
  fs.writeFileSync(file, sourceOf(mistakes));
  const cc = at % 2 ? 'gcc' : 'clang';
  for (const [i, [kind, mistake]] of mistakes.entries()) {
    process.env.PROGRAM = String(i);
    const startMs = performance.now();
    const report = await explore(program(file, { cc }), { seed: 1, time: '20s' }).catch(String);
    slowestMs = Math.max(slowestMs, performance.now() - startMs);
    const [fault] = report.faults ?? [];
    kinds.set(fault?.kind, (kinds.get(fault?.kind) ?? 0) + 1);
    if (fault?.kind !== kind || !fault.ticket || fault.file === null)
      wrong.push(
        `${mistake} (${cc}): ${fault ? `${fault.kind} ${fault.file}` : (report.evidence ?? report)}`,
      );
    // The first ones fill caches of this process.
    if (at === 0 && i === Math.min(20, programs - 1)) before = { ...holdings(), rss: rssKib() };
  }
  globalThis.gc?.();
  samples.push(rssKib());
}
const after = holdings();
const seconds = (performance.now() - began) / 1000;
// One sample says little: the collector gives memory back when it likes.
const quarter = Math.ceil(samples.length / 4);
const early = samples.slice(quarter, 2 * quarter);
const grown = early.length > 0 ? median(samples.slice(-quarter)) - median(early) : 0;
// Ten points of the curve, the last among them.
const tenth = Math.ceil(samples.length / 10);
const curve = samples.filter((_, i) => (samples.length - 1 - i) % tenth === 0);
const count = files * programs;
const list = [...kinds].sort(([, a], [, b]) => b - a).map(([kind, n]) => `${kind} ${n}`);
console.log(
  `${count} faulting programs in ${seconds.toFixed(0)} s, the slowest ${slowestMs.toFixed(0)} ms`,
);
console.log(list.join(', '));
console.log(
  `open files ${before.files} -> ${after.files}, children ${before.children} -> ${after.children}, ` +
    `resident ${before.rss} -> ${samples.at(-1)} KiB, ${grown} KiB from the second quarter to the last`,
);
console.log(`resident on the way, in KiB: ${curve.join(' ')}`);
if (after.files > before.files) wrong.push('files were left open');
if (after.children > before.children) wrong.push('children were left behind');
/* Of ten thousand reports, a leak of one each would be far more. */
if (grown > 16 * 1024) wrong.push(`memory grew by ${grown} KiB`);
for (const sentence of wrong.slice(0, 20)) console.error(sentence);
if (wrong.length > 20) console.error(`and ${wrong.length - 20} more`);
process.exitCode = wrong.length > 0 ? 1 : 0;
