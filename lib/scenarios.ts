import type { Formula } from './formula';
import { parsePrograms, type Race } from './program';
import type { FaultKind } from './tables';

/** A race that the cover letter of 2006 tells of, as thread programs. */
export interface Scenario extends Race {
  /** The sentence it tells. */
  says: string;
}

/** A line of the table below. */
interface ScenarioRow {
  name: string;
  says: string;
  programs: string;
  expects: Partial<Record<FaultKind, Formula>>;
}

/** 04 without 03 sleeps under the spinlock in every create. */
const SLEEPS = '04 & !03';
/** Nothing keeps a raw reference from being taken after the last put. */
const RAW = '!06 | !04 | !02';

const rows: ScenarioRow[] = [
  {
    name: 'create-find',
    says: 'A lookup by number meets a device that is still being built.',
    programs: 'cpu1: create 0 ; cpu2: find 0',
    expects: {
      'use-uninitialized': '!02',
      'init-overwrite': '!02',
      'reference-leak': '06 & !R3',
      'sleep-in-atomic': SLEEPS,
    },
  },
  {
    name: 'create-get',
    says: 'A raw reference is taken on a device that is still being built.',
    programs: 'cpu1: create 0 ; cpu2: get 0, put 0',
    expects: { 'use-uninitialized': '!02', 'init-overwrite': '!02', 'sleep-in-atomic': SLEEPS },
  },
  {
    name: 'remove-find',
    says: 'A lookup by number meets the last put.',
    programs: 'before: create 0 ; cpu1: remove 0 ; cpu2: find 0',
    expects: { 'use-after-free': RAW, 'refcount-resurrect': RAW, 'sleep-in-atomic': SLEEPS },
  },
  {
    name: 'remove-get',
    says: 'A raw reference is taken during the last put.',
    programs: 'before: create 0 ; cpu1: remove 0 ; cpu2: get 0, put 0',
    expects: {
      'use-after-free': RAW,
      'refcount-resurrect': RAW,
      'double-free': RAW,
      'sleep-in-atomic': SLEEPS,
    },
  },
  {
    name: 'remove-open',
    says: 'The block layer opens a device that is being torn down.',
    programs: 'before: create 0 ; cpu1: remove 0 ; cpu2: open 0, io 0, close 0',
    expects: {
      'open-of-freeing': '!05',
      'use-after-free': '!05',
      'refcount-resurrect': '!05',
      'sleep-in-atomic': SLEEPS,
    },
  },
  {
    name: 'create-create',
    says: 'Two creators want the same minor.',
    programs: 'cpu1: create 0 ; cpu2: create 0',
    expects: {
      'minor-stolen': '02 & !01',
      'duplicate-minor': '02 & !01',
      'sleep-in-atomic': SLEEPS,
    },
  },
  {
    name: 'create-uevent',
    says: 'The ADD uevent is handled before the device is initialised.',
    programs: 'cpu1: create 0 ; cpu2: uevent 0',
    expects: {
      'announce-before-init': '!08',
      'use-uninitialized': '!08',
      'init-overwrite': '!08',
      'sleep-in-atomic': SLEEPS,
    },
  },
  {
    name: 'create-unload',
    says: 'The module is unloaded while a device is created.',
    programs: 'cpu1: create 0 ; cpu2: unload',
    expects: { 'module-unloaded-in-use': '!07', 'sleep-in-atomic': SLEEPS },
  },
  {
    name: 'remove-find-open',
    says: 'A lookup races with the last put while a third thread holds the device open.',
    programs: 'before: create 0 ; cpu1: remove 0 ; cpu2: find 0 ; cpu3: open 0, close 0',
    expects: {
      'use-after-free': `${RAW} | !05`,
      'refcount-resurrect': `${RAW} | !05`,
      'open-of-freeing': '!05',
      'sleep-in-atomic': SLEEPS,
    },
  },
  {
    name: 'open-open-remove',
    says: 'Two openers meet the last put.',
    programs: 'before: create 0 ; cpu1: open 0, close 0 ; cpu2: open 0, close 0 ; cpu3: remove 0',
    expects: { 'open-of-freeing': '!05', 'use-after-free': '!05', 'sleep-in-atomic': SLEEPS },
  },
  {
    name: 'open-remove-unload',
    says: 'The module is unloaded while a device is open and another thread removes it.',
    programs: 'before: create 0 ; cpu1: open 0, io 0, close 0 ; cpu2: remove 0 ; cpu3: unload',
    expects: {
      'module-unloaded-in-use': '!07',
      'open-of-freeing': '!05',
      'use-after-free': '!05',
      'sleep-in-atomic': SLEEPS,
    },
  },
  {
    name: 'create-find-uevent',
    says: 'A lookup and the handler of the uevent meet a device that is still being built.',
    programs: 'cpu1: create 0 ; cpu2: find 0 ; cpu3: uevent 0',
    expects: {
      'use-uninitialized': '!02 | !08',
      'announce-before-init': '!08',
      'init-overwrite': '!02 | !08',
      'reference-leak': '06 & !R3',
      'sleep-in-atomic': SLEEPS,
    },
  },
];

/** The name of the run without thread programs: a random mix of operations on one world. */
export const STORM = 'storm';

/**
 * Every scenario, in the order a reader should meet them.
 *
 * @example
 * for (const { name, says } of scenarios) console.log(name, says);
 */
export const scenarios: readonly Scenario[] = rows.map(({ name, says, programs, expects }) => ({
  ...parsePrograms(programs, name),
  says,
  expects,
}));

/** The scenario of that name, if there is one. */
export function findScenario(name: string): Scenario | undefined {
  return scenarios.find((scenario) => scenario.name === name);
}
