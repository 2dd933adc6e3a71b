// Writes C programs for own_traces: node generate.mjs SEED PROGRAMS [MORE_CALLS [weak]] > programs.c
// Each is a small concurrent program of random calls; some are right, some deadlock, race, or use
// freed memory. getenv("PROGRAM") selects one. Weak: what memory models tell apart, and nothing that
// they refuse.
const [seed = '1', programs = '100', more = '0', weak] = process.argv.slice(2);

let state = BigInt(seed) * 0x9e3779b97f4a7c15n + 1n;
const draw = (below) => {
  state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
  return Number((state >> 33n) % BigInt(below));
};
const pick = (list) => list[draw(list.length)];
const chance = (percent) => draw(100) < percent;

const LOADS = ['relaxed', 'acquire', 'seq_cst'];
const STORES = ['relaxed', 'release', 'seq_cst'];
const UPDATES = ['relaxed', 'acquire', 'release', 'acq_rel', 'seq_cst'];
const order = (list) => `memory_order_${pick(list)}`;

/** One thread's code; what it sees goes to its results. */
class Thread {
  constructor(number) {
    this.number = number;
    this.seen = 0;
    this.countable = true; // its traces can be compared
    this.lines = [];
  }

  add(...lines) {
    this.lines.push(...lines);
  }

  see(value) {
    this.add(`results[${this.number * 8 + (this.seen++ % 8)}] = (uint64_t)(${value});`);
  }
}

const atomic = () => `a[${draw(2)}]`;

const plainly = (t) => {
  const at = `p[${draw(2)}]`;
  if (chance(50)) t.see(at);
  else t.add(`${at} += ${1 + draw(3)};`);
};

const guarded = (t) => {
  const inner = 1 + draw(2);
  for (let i = 0; i < inner; i++)
    if (chance(80)) plainly(t);
    else KINDS.load(t);
};

const KINDS = {
  load: (t) => t.see(`atomic_load_explicit(&${atomic()}, ${order(LOADS)})`),
  store: (t) => t.add(`atomic_store_explicit(&${atomic()}, ${draw(3)}, ${order(STORES)});`),
  add: (t) => t.see(`atomic_fetch_add_explicit(&${atomic()}, ${draw(3)}, ${order(UPDATES)})`),
  exchange: (t) => t.see(`atomic_exchange_explicit(&${atomic()}, ${draw(3)}, ${order(UPDATES)})`),
  cas: (t) => {
    t.add(`{ int old = ${draw(2)};`);
    t.see(
      `atomic_compare_exchange_strong_explicit(&${atomic()}, &old, ${draw(3)}, ${order(UPDATES)}, ${order(LOADS)})`,
    );
    t.see('old');
    t.add('}');
  },
  fence: (t) => t.add(`atomic_thread_fence(${order(UPDATES)});`),
  lock: (t) => {
    const m = `m[${draw(2)}]`;
    t.add(`pthread_mutex_lock(&${m});`);
    guarded(t);
    t.add(`pthread_mutex_unlock(&${m});`);
  },
  nest: (t) => {
    const first = draw(2);
    t.add(`pthread_mutex_lock(&m[${first}]);`, `pthread_mutex_lock(&m[${1 - first}]);`);
    guarded(t);
    t.add(`pthread_mutex_unlock(&m[${draw(2)}]);`);
    const last = t.lines[t.lines.length - 1].includes('m[0]') ? 1 : 0;
    t.add(`pthread_mutex_unlock(&m[${last}]);`);
  },
  trylock: (t) => {
    const m = `m[${draw(2)}]`;
    t.add(
      `if (!${pick([`pthread_mutex_trylock(&${m})`, `pthread_mutex_timedlock(&${m}, &never)`])}) {`,
    );
    guarded(t);
    t.add(`pthread_mutex_unlock(&${m});`, '} else {');
    t.see('77');
    t.add('}');
  },
  wait: (t) => {
    const w = pick(['pthread_cond_wait(&c, &m[0])', 'pthread_cond_timedwait(&c, &m[0], &never)']);
    t.add('pthread_mutex_lock(&m[0]);', chance(60) ? 'if (!p[0])' : '');
    t.see(w);
    t.see('p[0]');
    t.add('pthread_mutex_unlock(&m[0]);');
  },
  signal: (t) => {
    const s = `pthread_cond_${pick(['signal', 'broadcast'])}(&c);`;
    t.add('pthread_mutex_lock(&m[0]);', 'p[0] = 1;');
    if (chance(50)) t.add(s, 'pthread_mutex_unlock(&m[0]);');
    else t.add('pthread_mutex_unlock(&m[0]);', s);
  },
  post: (t) => t.add('sem_post(&s);'),
  down: (t) => {
    t.add('sem_wait(&s);');
    if (chance(50)) plainly(t);
  },
  trydown: (t) => t.see(`${pick(['sem_trywait(&s)', 'sem_timedwait(&s, &never)'])}`),
  value: (t) => {
    t.add('{ int v; sem_getvalue(&s, &v);');
    t.see('v');
    t.add('}');
  },
  read: (t) => {
    t.add('pthread_rwlock_rdlock(&rw);');
    t.see('p[2]');
    t.add('pthread_rwlock_unlock(&rw);');
  },
  write: (t) =>
    t.add('pthread_rwlock_wrlock(&rw);', `p[2] = ${1 + draw(3)};`, 'pthread_rwlock_unlock(&rw);'),
  tryread: (t) => {
    t.add('if (!pthread_rwlock_tryrdlock(&rw)) {');
    t.see('p[2]');
    t.add('pthread_rwlock_unlock(&rw); } else');
    t.see('88');
  },
  trywrite: (t) => {
    t.add(`if (!pthread_rwlock_trywrlock(&rw)) { p[2] = ${1 + draw(3)};`);
    t.add('pthread_rwlock_unlock(&rw); } else');
    t.see('99');
  },
  spin: (t) => {
    t.add('pthread_spin_lock(&l);');
    plainly(t);
    t.add('pthread_spin_unlock(&l);');
  },
  renew: (t) => {
    t.add('{ struct node *n = malloc(sizeof(*n)), *old;', `n->value = ${1 + draw(3)};`);
    t.add(`old = atomic_exchange_explicit(&top, n, ${order(UPDATES)});`);
    t.add('if (old) {');
    t.see('old->value');
    t.add('free(old); } }');
  },
  use: (t) => {
    t.add(`{ struct node *n = atomic_load_explicit(&top, ${order(LOADS)});`, 'if (n)');
    t.see('n->value');
    t.add('}');
  },
  once: (t) => {
    t.add('pthread_once(&once, at_once);');
    t.see('p[3]');
  },
  meet: (t) => t.add('pthread_barrier_wait(&b);'),
  await: (t) => {
    t.countable = false;
    t.add(`while (${pick(['', '!'])}atomic_load_explicit(&${atomic()}, ${order(LOADS)})) ;`);
  },
  poll: (t) => {
    t.countable = false;
    t.add('for (;;) { int v; pthread_mutex_lock(&m[0]); v = p[0]; pthread_mutex_unlock(&m[0]);');
    t.add(`if (v) break; ${pick(['', 'sched_yield();'])} }`);
  },
  race: plainly,
  child: (t) => {
    t.countable = false;
    t.add('{ pthread_t child;', `pthread_create(&child, 0, ${pick(CHILDREN)}, 0);`);
    if (chance(50)) KINDS.load(t);
    t.add(chance(70) ? 'pthread_join(child, 0); }' : 'pthread_detach(child); }');
  },
};
KINDS.part = (t) => {
  const part = `u.part[${draw(2)}]`;
  if (chance(50)) t.add(`atomic_store_explicit(&${part}, ${draw(3)}, ${order(STORES)});`);
  else t.see(`atomic_fetch_add_explicit(&${part}, 1, ${order(UPDATES)})`);
};
KINDS.whole = (t) => t.see(`atomic_load_explicit(&u.whole, ${order(LOADS)})`);
KINDS.volatile = (t) => {
  const at = `v[${draw(2)}]`;
  if (chance(50)) t.see(at);
  else t.add(`${at} = ${1 + draw(3)};`);
};
KINDS.swapped = (t) => {
  t.countable = false;
  t.add(`while (atomic_exchange_explicit(&a[2], 1, ${order(UPDATES)})) ;`);
  guarded(t);
  t.add(`atomic_store_explicit(&a[2], 0, ${order(STORES)});`);
};
KINDS.watched = (t) => {
  t.countable = false;
  t.add('for (;;) {', `int one = atomic_load_explicit(&a[0], ${order(LOADS)});`);
  if (chance(40)) KINDS.fence(t);
  t.add(`int other = atomic_load_explicit(&a[1], ${order(LOADS)});`);
  t.add(`if (${pick(['one == other', 'one', 'other', 'one && other'])}) break;`);
  if (chance(40)) KINDS.fence(t);
  t.add('}');
};
const CHILDREN = ['adds', 'locks', 'posts'];

const COMMON = ['load', 'store', 'add', 'exchange', 'cas', 'lock', 'lock'];
const GROUPS = [
  ['load', 'store', 'add', 'exchange', 'cas', 'fence'],
  ['lock', 'nest', 'trylock', 'load', 'store'],
  ['wait', 'signal', 'signal', 'lock'],
  ['post', 'post', 'down', 'trydown', 'value'],
  ['read', 'write', 'tryread', 'trywrite'],
  ['read', 'write', 'write', 'read', 'lock'],
  ['renew', 'renew', 'use', 'load'],
  ['once', 'spin', 'meet', 'add'],
  ['await', 'store', 'add', 'add'],
  ['poll', 'signal', 'lock', 'trylock'],
  ['part', 'part', 'whole', 'load'],
  ['volatile', 'volatile', 'load', 'store'],
  ['child', 'child', 'add', 'lock', 'trydown'],
];

const WEAK_COMMON = ['load', 'store', 'load', 'store', 'add', 'exchange', 'cas', 'fence'];
const WEAK_GROUPS = [
  WEAK_COMMON,
  ['swapped', 'load', 'store'],
  ['watched', 'store', 'add'],
  ['await', 'store', 'add', 'add'],
  ['renew', 'renew', 'use', 'load'],
  ['lock', 'trylock', 'load', 'store'],
  ['volatile', 'volatile', 'load', 'store'],
  ['wait', 'signal', 'signal', 'load'],
  ['child', 'child', 'add', 'store', 'load'],
];
const [some, common] = weak ? [WEAK_GROUPS, WEAK_COMMON] : [GROUPS, COMMON];

function program(number) {
  const threads = chance(70) ? 2 : 3;
  const groups = [pick(some), chance(50) ? pick(some) : common];
  const code = [];
  let countable = true;
  const meets = draw(2) + 2;
  for (let t = 0; t < threads; t++) {
    const thread = new Thread(t);
    const calls = (threads === 2 ? 2 + draw(3) : 1 + draw(2)) + Number(more);
    for (let i = 0; i < calls; i++) {
      const kind = chance(2) ? 'race' : pick(pick(groups));
      KINDS[kind](thread);
    }
    countable &&= thread.countable;
    code.push(
      `static void *p${number}_${t}(void *x)\n{\n\t${thread.lines.join('\n\t')}\n\treturn x;\n}`,
    );
  }
  const list = code.map((_, t) => `p${number}_${t}`).join(', ');
  counted.push(countable ? 1 : 0);
  return `${code.join('\n')}\nstatic void run${number}(void)\n{\n\tvoid *(*const f[])(void *) = {${list}};\n\tstart(f, ${threads}, ${meets}, ${draw(2)});\n}\n`;
}

const counted = [];
const all = [];
for (let i = 0; i < Number(programs); i++) all.push(program(i));
process.stdout.write(`#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

struct node { int value; };
uint64_t results[64];
/* By program: whether its traces can be compared. */
const char counted[] = {${counted.join(', ')}};
static atomic_int a[3];
static union { _Atomic uint32_t whole; _Atomic uint8_t part[4]; } u;
static volatile int v[2];
static _Atomic(struct node *) top;
static int p[4];
static pthread_mutex_t m[2] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
static pthread_cond_t c = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_spinlock_t l;
static pthread_barrier_t b;
static sem_t s;
static const struct timespec never;

static void at_once(void)
{
	p[3]++;
}

static void *adds(void *x)
{
	results[40] = (uint64_t)atomic_fetch_add(&a[0], 1);
	return x;
}

static void *locks(void *x)
{
	pthread_mutex_lock(&m[0]);
	p[0] += 2;
	results[41] = (uint64_t)p[0];
	pthread_mutex_unlock(&m[0]);
	return x;
}

static void *posts(void *x)
{
	sem_post(&s);
	return x;
}

static void start(void *(*const f[])(void *), int threads, unsigned meets, unsigned count)
{
	pthread_t t[3];

	pthread_spin_init(&l, 0);
	pthread_barrier_init(&b, 0, meets);
	sem_init(&s, 0, count);
	for (int i = 0; i < threads; i++)
		pthread_create(&t[i], 0, f[i], 0);
	for (int i = 0; i < threads; i++)
		pthread_join(t[i], 0);
	for (int i = 0; i < 2; i++)
		results[48 + i] = (uint64_t)atomic_load(&a[i]);
	for (int i = 0; i < 4; i++)
		results[52 + i] = (uint64_t)p[i];
}

${all.join('\n')}
int main(void)
{
	static void (*const run[])(void) = {${all.map((_, i) => `run${i}`).join(', ')}};

	run[atoi(getenv("PROGRAM"))]();
	return 0;
}
`);
