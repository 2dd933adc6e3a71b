import type { HostLine } from './protocol';

/*
 * What the host keeps in the word of a lock or a semaphore is its own, and means nothing to a
 * reader: `256 -> 65536` is a semaphore that goes from 0 to 1. native/own/locks.c, rwlocks.c,
 * semaphores.c and once.c say what is in which bits.
 */

/** A pointer is read more easily as one. */
const POINTER_MIN = 2 ** 36;
/** Of mutexes and writers, the byte that has a thread's number from 1; of counts, where they begin. */
const BYTE = 256;
const GATE = 2 ** 16;

function pointerText(text: string): string {
  if (!/^\d{11,16}$/.test(text)) return text;
  const value = Number(text);
  return value >= POINTER_MIN ? `0x${value.toString(16)}` : text;
}

const holderText = (thread: number): string => `held by thread ${thread}`;

function readersText(value: number): string {
  const [readers, writer] = [value % BYTE, Math.floor(value / BYTE) % BYTE];
  if (writer > 0) return holderText(writer);
  return readers === 0 ? 'free' : `${readers} reader${readers === 1 ? '' : 's'}`;
}

function waitersText(threads: number): string {
  if (threads === 0) return 'nobody waits';
  return threads === 1 ? '1 thread waits' : `${threads} threads wait`;
}

/** What the word of an object is, before a step or after it. */
const STATES: Readonly<Record<string, (value: number) => string>> = {
  mutex: (value) => (value === 0 ? 'free' : holderText(value % BYTE)),
  rwlock: readersText,
  semaphore: (value) => String(Math.floor(value / GATE)),
  once: (value) => (value === 0 ? 'not done' : value < GATE ? 'begun' : 'done'),
  condition: waitersText,
};

/** What a step that changed nothing has seen. */
const SEEN: Readonly<Record<string, (value: number) => string>> = {
  // Of a try that failed the host has only that.
  rwlock: () => 'held',
  once: (value) => (value === 0 ? 'not done' : 'done'),
  // Whether a signal is there for a thread that waited, and no other has taken it.
  condition: (value) => (value === 0 ? 'no signal' : 'a signal'),
  // Whether a thread is the last of those that the barrier waits for.
  barrier: (value) => (value === 0 ? 'more threads have to come' : 'all are there'),
};

type Meaning = ((value: number) => string) | undefined;

function said(text: string | null, meaning: Meaning): string | null {
  if (text === null) return null;
  return meaning && /^\d+$/.test(text) ? meaning(Number(text)) : pointerText(text);
}

/** The values of a step in words, as people read them. */
export function inWords(line: HostLine): HostLine {
  const { object = '', read, was, wrote } = line;
  const state = STATES[object];
  const seen = SEEN[object] ?? state;
  const [before, after] = [said(was, state), said(wrote, state)];
  // A signal that nobody hears is not a change.
  if (state && before !== null && before === after)
    return { ...line, read: after, was: null, wrote: null };
  return { ...line, read: said(read, seen), was: before, wrote: after };
}
