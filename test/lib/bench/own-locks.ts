import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Locks as a user writes them, good and bad, and a folder to put them into. */

const TOP =
  '#include <stdatomic.h>\n#include <stdlib.h>\n#include <string.h>\n#include <unistd.h>\n';
const TYPE = 'typedef struct { atomic_int taken; } lock_t;\n';
const INIT = 'void lock_init(lock_t *l) { atomic_init(&l->taken, 0); }\n';
const ACQUIRE =
  'void lock_acquire(lock_t *l)\n{\n' +
  '\twhile (atomic_exchange_explicit(&l->taken, 1, memory_order_acquire))\n\t\t;\n}\n';
const free = (order: string): string =>
  `\tatomic_store_explicit(&l->taken, 0, memory_order_${order});\n`;
/** A test-and-set lock; `before`: what its release does first, a line of its own. */
const tas = (release: string): string =>
  `${TOP}${TYPE}${INIT}${ACQUIRE}void lock_release(lock_t *l)\n{\n${release}}\n`;
/** Only in the loops on real threads: the verification's executions are too short for it. */
const late = (what: string): string =>
  tas(`\tstatic int n;\n\tif (++n > 5000)\n\t\t${what};\n${free('release')}`);

/** The line that {@link late} does what it does in. */
export const LATE_LINE = 16;

export const SOURCES = {
  good: tas(free('release')),
  nobody:
    'typedef struct { int x; } lock_t;\nvoid lock_init(lock_t *l) { l->x = 0; }\n' +
    'void lock_acquire(lock_t *l) { (void)l; }\nvoid lock_release(lock_t *l) { (void)l; }\n',
  relaxed: tas(free('relaxed')),
  deadlock: tas('\t(void)l;\n'),
  crashes: late('*(volatile int *)8 = n'),
  hangs: late('for (;;) usleep(1000)'),
  spins: late('while (atomic_load(&l->taken)) { }'),
  scribbles: late('memset(l + 1, 0, 4)'),
  exits: late('_exit(3)'),
  fails: tas('\tatomic_store(&l->takn, 0);\n'),
  signature: `${TOP}${TYPE}${INIT}int lock_acquire(lock_t *l, int n) { return n; }
void lock_release(lock_t *l) { }\n`,
  /** Names that the loop's own headers have, too. */
  names: `${TOP}
struct node { int link; };
struct locker { struct node node; };
enum look { LOOK_SPEED = 77 };
static int work(int n) { return n; }
static void delay(int window) { (void)window; }
static int likely(int member) { return member; }
static int relax, ticks, stall, turn;
${TYPE}${INIT}
void lock_acquire(lock_t *l)
{
	delay(relax + ticks + stall + turn + LOOK_SPEED);
	while (likely(work(atomic_exchange(&l->taken, 1))))
		;
}
void lock_release(lock_t *l) { atomic_store(&l->taken, 0); }\n`,
  nodes: `${TOP}
typedef struct lock_node { struct lock_node *_Atomic next; atomic_int waits; } lock_node_t;
typedef struct { lock_node_t *_Atomic tail; } lock_t;
static const int lock_fifo = 1;
void lock_init(lock_t *l) { atomic_init(&l->tail, NULL); }
void lock_acquire(lock_t *l, lock_node_t *me)
{
	atomic_store(&me->next, NULL);
	atomic_store(&me->waits, 1);
	lock_node_t *before = atomic_exchange(&l->tail, me);
	if (!before)
		return;
	atomic_store(&before->next, me);
	while (atomic_load(&me->waits))
		;
}
void lock_release(lock_t *l, lock_node_t *me)
{
	lock_node_t *mine = me;
	if (!atomic_load(&me->next)) {
		if (atomic_compare_exchange_strong(&l->tail, &mine, NULL))
			return;
		while (!atomic_load(&me->next))
			;
	}
	atomic_store(&atomic_load(&me->next)->waits, 0);
}\n`,
  /** A shell of another version. */
  version: `${TOP}${TYPE}${INIT}${ACQUIRE}void lock_release(lock_t *l) { atomic_store(&l->taken, 0); }
#undef PLUG_VERSION
#define PLUG_VERSION 99\n`,
  atom: `#include <dmtorture/atom.h>
struct my { struct atom taken; };
static void my_make(void *lock, struct node *nodes, uint32_t threads)
{
	(void)nodes; (void)threads;
	atom_init(&((struct my *)lock)->taken, 0);
}
static inline void my_acquire(void *lock, struct locker *me)
{
	struct my *l = lock;
	while (atom_swap(me, &l->taken, 1))
		relax(me, &l->taken, 1);
}
static inline void my_release(void *lock, struct locker *me)
{
	atom_store(me, &((struct my *)lock)->taken, 0);
}
DEFINE_LOCK(my, sizeof(struct my));\n`,
} as const;

export const CXX = `#include <atomic>
struct node {};
class lock_t {
	std::atomic<bool> taken{false};
public:
	void lock() { while (taken.exchange(true, std::memory_order_acquire)) { } }
	void unlock() { taken.store(false, std::memory_order_release); }
};\n`;

export type LockKind = keyof typeof SOURCES;

/** A folder with all of them, and a library of the good one. */
export function lockFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'own-locks-'));
  for (const [name, text] of Object.entries(SOURCES)) {
    fs.writeFileSync(path.join(folder, `${name}.c`), text);
  }
  fs.writeFileSync(path.join(folder, 'class.cc'), CXX);
  const sources = ['-O2', '-shared', '-fPIC', '-o', path.join(folder, 'libgood.so')];
  execFileSync('cc', [...sources, path.join(folder, 'good.c')]);
  fs.writeFileSync(path.join(folder, 'empty.c'), 'int nothing;\n');
  execFileSync('cc', [
    '-shared',
    '-fPIC',
    '-o',
    path.join(folder, 'libempty.so'),
    path.join(folder, 'empty.c'),
  ]);
  return folder;
}
