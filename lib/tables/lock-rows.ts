import type { LockName, RefcountName, RwlockName } from './names';

/** Rows of the tables of locks. */

/** What the tables of locks and of reader-writer locks have of each. */
export interface AnyLockRow {
  /** What a thread does that waits; `control` does not exclude, and must fail. */
  readonly waits: 'spins' | 'yields' | 'blocks' | 'control';
  /** The system's own. */
  readonly reference: boolean;
  /** Excludes nobody, and must fail. */
  readonly control: boolean;
  /** Of the lock itself, without what threads wait on; 0 for the system's. */
  readonly bytes: number;
  /** Where it was published first; empty: nowhere. */
  readonly source: string;
  /** The year of that; 0: none. */
  readonly year: number;
  /** Why it is measured when no lock is named; empty: it is not. */
  readonly usual: string;
  /** How it works. */
  readonly says: string;
}

/** A lock of the benchmark. */
export interface LockRow extends AnyLockRow {
  /** Its name. */
  readonly name: LockName;
  /** Serves in the order of arrival. */
  readonly fifo: boolean;
  /** It can stand in the mutexes of a program: `run --lock`. */
  readonly preloaded: boolean;
  /** Each waits on a node or a slot of its own. */
  readonly queue: boolean;
  /** Its NUMA nodes are made up: thread n is of node n mod 2. */
  readonly nodesMadeUp: boolean;
}

/** A reader-writer lock of the benchmark. */
export interface RwlockRow extends AnyLockRow {
  /** Its name. */
  readonly name: RwlockName;
  /** Which thread goes first where several wait: `in order`, `readers first`, `writers first`. */
  readonly serves: string;
  /** Its readers take nothing, and read again where a writer came between. */
  readonly optimistic: boolean;
}

/** A size that reader-writer locks are verified at, under every memory model. */
export interface RwlockSize {
  /** Threads that write. */
  readonly writers: number;
  /** Threads that read. */
  readonly readers: number;
  /** How often each of them takes the lock. */
  readonly rounds: number;
}

/** A way to know when the last user of an object is gone. */
export interface RefcountRow {
  /** Its name. */
  readonly name: RefcountName;
  /** A get finds the object in a shared place; else the thread has a reference before. */
  readonly finds: boolean;
  /** A holder may sleep, and holds up nothing except the end of that object. */
  readonly mayWait: boolean;
  /** Frees too early, and must fail. */
  readonly control: boolean;
  /** Of each object. */
  readonly bytesObject: number;
  /** Of each thread. */
  readonly bytesThread: number;
  /** Of each thread for each object. */
  readonly bytesBoth: number;
  /** Where it was published first; empty: nowhere. */
  readonly source: string;
  /** The year of that; 0: none. */
  readonly year: number;
  /** What a get costs. */
  readonly get: string;
  /** When it is known that the last reference is gone. */
  readonly last: string;
  /** How it works. */
  readonly says: string;
}

/** A size that these are verified at, under every memory model. */
export interface RefcountSize {
  /** Threads that get, use and put; one more ends the objects. */
  readonly users: number;
  /** How often each of them does. */
  readonly rounds: number;
  /** Objects, which are ended one after the other. */
  readonly objects: number;
}
