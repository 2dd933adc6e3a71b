// Random programs of few calls that another machine can run, too: machine.mjs. Threads are lists of
// operations, and main() is the first of them.
//
//   W R A X C  store, load, add, exchange, compare and swap an atomic: p, and its orders
//   F          a fence
//   L U T      lock, unlock, try to lock a mutex; where T fails, `skip` operations are left out
//   P p        write, read plain memory that a mutex guards, in the way of `form`
//   Z          wait until an atomic is not 0
//   N J        begin, join thread `t`
//   B          a new block, whose atomic is stored to, and its address in turn
//   K          take the block: its atomic is read, and it is freed
// `r`: where the result of one goes.

const LOADS = ['relaxed', 'acquire', 'seq_cst'];
const STORES = ['relaxed', 'relaxed', 'release', 'seq_cst'];
const UPDATES = ['relaxed', 'acquire', 'release', 'acq_rel', 'seq_cst'];
const FENCES = ['acquire', 'release', 'acq_rel', 'seq_cst', 'seq_cst'];
const FORMS = ['plain', 'volatile', 'memset', 'memcpy'];

class Draws {
  constructor(seed) {
    this.state = BigInt(seed) * 0x9e3779b97f4a7c15n + 1n;
  }

  draw(below) {
    this.state = (this.state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number((this.state >> 33n) % BigInt(below));
  }

  pick(list) {
    return list[this.draw(list.length)];
  }

  chance(percent) {
    return this.draw(100) < percent;
  }
}

/** The operations of one call; guarded ones come with their mutex. */
function call(draws, kind) {
  const p = draws.draw(2);
  const v = 1 + draws.draw(2);
  const m = draws.draw(2);
  const guarded = () =>
    draws.chance(50)
      ? { k: 'P', d: m, v, form: draws.pick(FORMS) }
      : { k: 'p', d: m, form: draws.pick(FORMS), r: 0 };
  const load = () => ({ k: 'R', p: draws.draw(2), o: draws.pick(LOADS), r: 0 });
  switch (kind) {
    case 'W':
      return [{ k: 'W', p, v, o: draws.pick(STORES) }];
    case 'R':
      return [load()];
    case 'A':
    case 'X':
      return [{ k: kind, p, v, o: draws.pick(UPDATES), r: 0 }];
    case 'C':
      return [{ k: 'C', p, old: v - 1, v, o: draws.pick(UPDATES), f: draws.pick(LOADS), r: 0 }];
    case 'F':
      return [{ k: 'F', o: draws.pick(FENCES) }];
    case 'L': {
      const inner = [guarded(), ...(draws.chance(50) ? [load()] : [])];
      if (draws.chance(30)) inner.push({ k: 'W', p, v, o: draws.pick(STORES) });
      return [{ k: 'L', m }, ...inner, { k: 'U', m }];
    }
    case 'T':
      return [{ k: 'T', m, skip: 2, r: 0 }, guarded(), { k: 'U', m }];
    case 'Z':
      return [{ k: 'Z', p, o: draws.pick(LOADS) }];
    case 'B':
      // The block is freed by another thread, which has to know that it was stored to.
      return [{ k: 'B', v, o: draws.pick(['release', 'seq_cst']), inner: draws.pick(STORES) }];
    default:
      return [{ k: 'K', o: draws.pick(['acquire', 'acq_rel', 'seq_cst']), r: 0 }];
  }
}

const SHAPES = [
  ['W', 'R', 'W', 'R', 'F', 'X'],
  ['W', 'R', 'W', 'R', 'A', 'C'],
  ['W', 'R', 'L', 'L', 'T'],
  ['W', 'Z', 'Z', 'R', 'A'],
  ['B', 'B', 'K', 'W', 'R'],
];

/** Threads of a program, by its number. main() begins them and joins them, in turn with what it does. */
export function program(seed) {
  const draws = new Draws(seed);
  const shape = draws.pick(SHAPES);
  const other = draws.chance(60) ? shape : draws.pick(SHAPES);
  const count = draws.chance(60) ? 2 : 3;
  const calls = count === 2 ? 3 : 2;
  const any = () => call(draws, draws.pick(draws.pick([shape, other])));
  const some = (most) => Array.from({ length: draws.draw(most + 1) }, any).flat();
  const body = (t) => {
    if (draws.chance(30)) return [...any(), ...some(calls - 1)];
    // Most others miss each other: a store, and a load of what another stores to.
    const weak = {
      k: 'W',
      p: t % 2,
      v: 1 + draws.draw(2),
      o: draws.chance(80) ? 'relaxed' : 'seq_cst',
    };
    const between = draws.chance(40) ? any() : [];
    const load = { k: 'R', p: (t + 1) % 2, o: draws.pick(LOADS), r: 0 };
    return [...(draws.chance(25) ? any() : []), weak, ...between, load, ...some(calls - 2)];
  };
  const threads = [[], ...Array.from({ length: count }, (_, t) => body(t))];
  const begins = [];
  let late = 0;
  for (let t = 1; t <= count; t++) {
    // A thread may be begun by another one.
    const by = t > 1 && draws.chance(15) ? t - 1 : 0;
    if (by > 0) {
      const own = { k: 'N', t };
      const at = safe(threads[by], draws.draw(threads[by].length + 1));
      threads[by].splice(at, 0, own);
      threads[by].push({ k: 'J', t });
      late++;
    } else begins.push(t);
  }
  threads[0] = begins.map((t) => ({ k: 'N', t }));
  if (draws.chance(25)) threads[0].splice(1, 0, ...call(draws, 'W'));
  if (late === 0 && count === 2 && draws.chance(25)) threads[0].push(...any());
  threads[0].push(...begins.map((t) => ({ k: 'J', t })));
  let results = 0;
  for (const one of threads.flat()) if ('r' in one) one.r = results++;
  return { seed, threads, results };
}

/** A place at or before @at where no operation is that another may leave out. */
function safe(operations, at) {
  for (let i = 0; i < at; i++)
    if (operations[i].k === 'T' && i + operations[i].skip >= at) return i;
  return at;
}

const order = (o) => `memory_order_${o}`;
const READS = {
  plain: (d) => `d[${d}]`,
  volatile: (d) => `*(volatile int *)&d[${d}]`,
  memset: (d) => `d[${d}]`,
  memcpy: (d) => `copied(&d[${d}])`,
};
const WRITES = {
  plain: (d, v) => `d[${d}] = ${v};`,
  volatile: (d, v) => `*(volatile int *)&d[${d}] = ${v};`,
  memset: (d, v) => `memset(&d[${d}], ${v}, 1);`,
  memcpy: (d, v) => `{ const int from = ${v}; memcpy(&d[${d}], &from, sizeof(from)); }`,
};
const C = {
  W: ({ p, v, o }) => `atomic_store_explicit(&a[${p}], ${v}, ${order(o)});`,
  R: ({ p, o }) => `(uint64_t)atomic_load_explicit(&a[${p}], ${order(o)});`,
  A: ({ p, v, o }) => `(uint64_t)atomic_fetch_add_explicit(&a[${p}], ${v}, ${order(o)});`,
  X: ({ p, v, o }) => `(uint64_t)atomic_exchange_explicit(&a[${p}], ${v}, ${order(o)});`,
  F: ({ o }) => `atomic_thread_fence(${order(o)});`,
  L: ({ m }) => `pthread_mutex_lock(&m[${m}]);`,
  U: ({ m }) => `pthread_mutex_unlock(&m[${m}]);`,
  P: ({ d, v, form }) => WRITES[form](d, v),
  p: ({ d, form }) => `(uint64_t)${READS[form](d)};`,
  Z: ({ p, o }) => `while (!atomic_load_explicit(&a[${p}], ${order(o)})) ;`,
  J: ({ t }) => `pthread_join(thread[${t}], 0);`,
  B: ({ v, o, inner }) =>
    `{ struct node *n = malloc(sizeof(*n)); atomic_store_explicit(&n->v, ${v}, ${order(inner)});` +
    ` atomic_store_explicit(&top, n, ${order(o)}); }`,
};

const swap = ({ p, old, v, o, f, r }) =>
  `{ int old = ${old}; atomic_compare_exchange_strong_explicit(&a[${p}], &old, ${v}, ${order(o)}, ` +
  `${order(f)}); results[${r}] = (uint64_t)old; }`;

const take = ({ o, r }) =>
  `{ struct node *n = atomic_exchange_explicit(&top, 0, ${order(o)}); results[${r}] = 9;` +
  ` if (n) { results[${r}] = (uint64_t)atomic_load_explicit(&n->v, memory_order_relaxed); free(n); } }`;

function body(operations, number) {
  const lines = [];
  const ends = [];
  operations.forEach((one, at) => {
    if (one.k === 'T') {
      lines.push(`results[${one.r}] = 1;`, `if (!pthread_mutex_trylock(&m[${one.m}])) {`);
      lines.push(`results[${one.r}] = 2;`);
      ends.push(at + one.skip);
    } else if (one.k === 'N') {
      lines.push(`pthread_create(&thread[${one.t}], 0, p${number}_${one.t}, 0);`);
    } else if (one.k === 'C') lines.push(swap(one));
    else if (one.k === 'K') lines.push(take(one));
    else lines.push(`${'r' in one ? `results[${one.r}] = ` : ''}${C[one.k](one)}`);
    while (ends.at(-1) === at) {
      ends.pop();
      lines.push('}');
    }
  });
  return lines.map((line) => `\t${line}\n`).join('');
}

export function cOf({ threads }, number) {
  const others = threads.map((operations, t) =>
    t === 0
      ? `static void run${number}(void)\n{\n${body(operations, number)}}\n`
      : `static void *p${number}_${t}(void *x)\n{\n${body(operations, number)}\treturn x;\n}\n`,
  );
  const names = threads.slice(1).map((_, t) => `static void *p${number}_${t + 1}(void *);\n`);
  return [...names, ...others].join('');
}

/** @count programs from @seed on, and one C file of all: PROGRAM selects one. */
export function smallPrograms(seed, count) {
  const programs = Array.from({ length: count }, (_, at) => program(seed * 100_000 + at));
  const text = `#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct node { atomic_int v; };
uint64_t results[64];
const char counted[1];
static atomic_int a[2];
static _Atomic(struct node *) top;
static int d[2];
static pthread_mutex_t m[2] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
static pthread_t thread[4];

static inline int copied(const int *from)
{
	int to;

	memcpy(&to, from, sizeof(to));
	return to;
}

${programs.map(cOf).join('\n')}
int main(void)
{
	static void (*const run[])(void) = {${programs.map((_, at) => `run${at}`).join(', ')}};

	run[atoi(getenv("PROGRAM"))]();
	results[48] = (uint64_t)a[0];
	results[49] = (uint64_t)a[1];
	results[50] = (uint64_t)d[0];
	results[51] = (uint64_t)d[1];
	return 0;
}
`;
  return { programs, text };
}
