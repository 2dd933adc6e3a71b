import { memberOf } from '../base/bounds';
import { faultRow } from './tables';

/** What a kind of fault means in own C, and what usually helps. */
interface OwnFaultRow {
  /** Undefined: what the table of faults says. */
  means?: string;
  /** Empty: nothing that holds for all of them. */
  helps: string;
}

const ROWS: Readonly<Record<string, OwnFaultRow>> = {
  'data-race': {
    means: 'two threads touch the same memory, one of them writes, and nothing orders them',
    helps: 'one mutex around both accesses, or an atomic variable',
  },
  'check-failed': {
    means: 'an assertion does not hold',
    helps: '',
  },
  'use-after-free': {
    means: 'memory is touched after it was freed',
    helps: 'count references, or free when no thread can reach it any more',
  },
  'double-free': {
    means: 'memory is freed a second time',
    helps: 'let one thread alone decide that it is the last',
  },
  'out-of-bounds': {
    means: 'memory before or behind a block of the heap is touched',
    helps: '',
  },
  'bad-free': { means: 'free() of what malloc() did not return', helps: '' },
  leak: {
    means: 'memory is still allocated at the end, and nothing leads to it',
    helps: '',
  },
  deadlock: {
    means: 'every thread that is left waits for another',
    helps: 'take locks in one order everywhere; wake a waiter after what it waits for was changed',
  },
  livelock: {
    means: 'every thread that is left goes round in a loop, and nothing changes',
    helps: '',
  },
  'lock-misuse': {
    means: 'a lock is used as it must not be: taken again, released by another, destroyed in use',
    helps: '',
  },
  crash: { means: 'the processor refuses an instruction', helps: '' },
  abort: { means: 'the program gives up', helps: '' },
  hang: { means: 'a thread computes for long and touches nothing that others see', helps: '' },
};

/** The kinds of fault that own C can have. */
export const ownFaultKinds: readonly string[] = Object.keys(ROWS);

/** What a kind of fault means where it is one of own C. */
export const ownMeans = (kind: string): string =>
  memberOf(ROWS, kind)?.means ?? faultRow(kind)?.means ?? '';

/** What usually helps against it; empty: nothing that holds for all of its kind. */
export const ownAdvice = (kind: string): string => memberOf(ROWS, kind)?.helps ?? '';
