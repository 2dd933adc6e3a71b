import fs from 'node:fs';

/*
 * Whether a process can never go on: every thread of it waits in futex() without a time limit, and
 * none of them has run between two looks. Then all of them waited at once, and only one of them
 * could have woken another. It is known on Linux, where /proc may be read.
 */

/** Numbers of futex(). */
const FUTEX: Readonly<Record<string, string>> = { x64: '202', arm64: '98' };
/** The command of futex() without its flags; these are ones that wait. */
const COMMAND = 0x7f;
const WAITS = new Set([0, 6, 9, 13]);

/** Where a thread waits for ever, and how often it has run; undefined: it does not. */
function waitOf(task: string): string | undefined {
  const [number, , operation = '', , timeout] = fs
    .readFileSync(`${task}/syscall`, 'utf8')
    .split(' ');
  if (number !== FUTEX[process.arch] || timeout !== '0x0') return undefined;
  if (!WAITS.has(Number(operation) & COMMAND)) return undefined;
  const status = fs.readFileSync(`${task}/status`, 'utf8');
  return [...status.matchAll(/ctxt_switches:\s*(\d+)/g)].map(([, count]) => count).join(' ');
}

/** The waits of all threads of a process, by thread; undefined: one of them does not wait. */
function waitsOf(pid: number): string | undefined {
  try {
    const folder = `/proc/${pid}/task`;
    const tasks = fs.readdirSync(folder);
    const waits = tasks.map((task) => waitOf(`${folder}/${task}`));
    if (tasks.length === 0 || !waits.every((wait) => wait !== undefined)) return undefined;
    return tasks.map((task, i) => `${task} ${waits[i]}`).join('\n');
  } catch {
    // It has ended, or this system shows less.
    return undefined;
  }
}

/** Looks at a process now and then. */
export class StuckProcess {
  readonly #pid: number;
  #before: string | undefined;

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** The number of threads where none of them can go on; 0: that is not known. */
  look(): number {
    const waits = waitsOf(this.#pid);
    const isStuck = waits !== undefined && waits === this.#before;
    this.#before = waits;
    return isStuck ? waits.split('\n').length : 0;
  }
}
