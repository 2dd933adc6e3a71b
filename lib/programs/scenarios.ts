import { freezeDeep } from '../base/frozen';
import type { Formula } from '../tables/formula';
import type { FaultKind } from '../tables/tables';
import { formatPrograms, type ProgramText, parsePrograms } from './program';
import type { Race } from './race';

/** A race from the cover letter of 2006, as thread programs. */
export interface Scenario extends Race {
  /** What it shows, in a sentence. */
  readonly says: string;
}

/** A line of the table below. `expects` holds where creating does not fault already. */
interface ScenarioRow {
  name: string;
  says: string;
  programs: string;
  expects: Partial<Record<FaultKind, Formula>>;
}

/** Every create sleeps under the spinlock, and gets no further. */
const SLEEPS = '04 & !03';
/** A device whose hash cell is not there is found, and its reference forgotten. */
const LEAKS = '(06 | 06m) & !R3';
/** A lookup under the lock still finds a device whose count is 0. */
const FOUND_AT_ZERO = '!04 | !02 & !05';
/** The same for a lookup by number, which takes no reference at all before either form of 06. */
const RAISED_BY_NUMBER = `06 & (${FOUND_AT_ZERO}) | 06m & !06`;
/** Nobody keeps an open from raising a count that is 0. */
const OPENED_AT_ZERO = '!05 | !04';

const rows = [
  {
    name: 'create-find',
    says: 'A lookup by number meets a device that is still being built.',
    programs: 'cpu1: create 0 ; cpu2: find 0',
    expects: { 'use-uninitialized': '!02', 'reference-leak': LEAKS },
  },
  {
    name: 'create-get',
    says: 'A raw reference is taken on a device that is still being built.',
    programs: 'cpu1: create 0 ; cpu2: get 0, put 0',
    expects: { 'use-uninitialized': '!02' },
  },
  {
    // Before 06 the last put of a remove is inside _hash_lock, which a lookup by number holds too.
    name: 'remove-find',
    says: 'A lookup by number meets the last put.',
    programs: 'before: create 0 ; cpu1: remove 0 ; cpu2: find 0',
    expects: {
      'use-after-free': '06m & !06',
      'refcount-resurrect': RAISED_BY_NUMBER,
      'reference-leak': LEAKS,
    },
  },
  {
    // The only last put that create makes, and no lock is held there.
    name: 'clash-find',
    says: 'The name is taken, so create drops the last reference of a device that a lookup meets.',
    programs: 'before: create 1 as 0 ; cpu1: create 0 ; cpu2: find 0',
    expects: {
      'use-uninitialized': '!02',
      'use-after-free': '!06',
      'refcount-resurrect': RAISED_BY_NUMBER,
      'reference-leak': LEAKS,
    },
  },
  {
    name: 'remove-get',
    says: 'A raw reference is taken during the last put.',
    programs: 'before: create 0 ; cpu1: remove 0 ; cpu2: get 0, put 0',
    expects: { 'use-after-free': '!06', 'refcount-resurrect': `!06 | ${FOUND_AT_ZERO}` },
  },
  {
    name: 'remove-open',
    says: 'The block layer opens a device that is being torn down.',
    programs: 'before: create 0 ; cpu1: remove 0 ; cpu2: open 0, io 0, close 0',
    expects: { 'open-of-freeing': OPENED_AT_ZERO, 'use-after-free': '!05' },
  },
  {
    name: 'create-create',
    says: 'Two creators want the same minor.',
    programs: 'cpu1: create 0 ; cpu2: create 0',
    expects: { 'minor-stolen': '02 & !01', 'duplicate-minor': '02 & !01' },
  },
  {
    name: 'create-uevent',
    says: 'The ADD uevent is handled before the device is initialised.',
    programs: 'cpu1: create 0 ; cpu2: uevent 0',
    expects: {
      'announce-before-init': '!08',
      'init-overwrite': '!08',
    },
  },
  {
    // Unloading removes what it finds; create pins the module through the control device.
    name: 'create-unload',
    says: 'The module is unloaded while a device is created.',
    programs: 'cpu1: create 0 ; cpu2: unload',
    expects: {},
  },
  {
    name: 'get-unload',
    says: 'The module is unloaded under a raw reference, which pins nothing.',
    programs: 'before: create 0 ; cpu1: get 0, put 0 ; cpu2: unload',
    expects: { 'module-unloaded-in-use': '!07' },
  },
  {
    name: 'remove-find-open',
    says: 'A lookup races with the last put while a third thread holds the device open.',
    programs: 'before: create 0 ; cpu1: remove 0 ; cpu2: find 0 ; cpu3: open 0, close 0',
    expects: {
      'use-after-free': '!06 | !05',
      'refcount-resurrect': RAISED_BY_NUMBER,
      'open-of-freeing': OPENED_AT_ZERO,
      'reference-leak': LEAKS,
    },
  },
  {
    name: 'open-open-remove',
    says: 'Two openers meet the last put.',
    programs: 'before: create 0 ; cpu1: open 0, close 0 ; cpu2: open 0, close 0 ; cpu3: remove 0',
    expects: { 'open-of-freeing': OPENED_AT_ZERO, 'use-after-free': '!05' },
  },
  {
    name: 'open-remove-unload',
    says: 'The module is unloaded while a device is open and another thread removes it.',
    programs: 'before: create 0 ; cpu1: open 0, io 0, close 0 ; cpu2: remove 0 ; cpu3: unload',
    expects: {
      'open-of-freeing': OPENED_AT_ZERO,
      'use-after-free': '!05',
    },
  },
  {
    name: 'create-find-uevent',
    says: 'A lookup and the handler of the uevent meet a device that is still being built.',
    programs: 'cpu1: create 0 ; cpu2: find 0 ; cpu3: uevent 0',
    expects: {
      'use-uninitialized': '!02',
      'announce-before-init': '!08',
      'init-overwrite': '!08',
      'reference-leak': LEAKS,
    },
  },
  {
    // With run-on and no patch it goes on to pool-outstanding, which the cover letter reports.
    name: 'recycle-get-uevent',
    says: 'A reference is counted in recycled memory, wiped, and put: the pools go under a bio.',
    programs:
      'before: create 0 as 7, create 1 as 0 ; cpu1: remove 7, create 0 ; ' +
      'cpu2: get 0, put 0 ; cpu3: uevent 0',
    expects: {
      'use-uninitialized': '!02',
      'announce-before-init': '!08',
      'init-overwrite': '!08',
      'use-after-free': '!06 | !05',
      'refcount-resurrect': `!06 | ${FOUND_AT_ZERO}`,
      'open-of-freeing': OPENED_AT_ZERO,
    },
  },
  {
    name: 'remove-find-open-get',
    says: 'Every way to reach a device meets its last put.',
    programs:
      'before: create 0 ; cpu1: remove 0 ; cpu2: find 0 ; cpu3: open 0, close 0 ; cpu4: get 0, put 0',
    expects: {
      'use-after-free': '!06 | !05',
      'refcount-resurrect': `!06 | ${FOUND_AT_ZERO}`,
      'open-of-freeing': OPENED_AT_ZERO,
      'reference-leak': LEAKS,
    },
  },
  {
    name: 'create-find-uevent-remove',
    says: 'A whole life: built, looked up, announced and removed, all at once.',
    programs: 'cpu1: create 0 ; cpu2: find 0 ; cpu3: uevent 0 ; cpu4: remove 0',
    expects: {
      'use-uninitialized': '!02',
      'announce-before-init': '!08',
      'init-overwrite': '!08',
      'use-after-free': '!06 | !05',
      'refcount-resurrect': RAISED_BY_NUMBER,
      'open-of-freeing': OPENED_AT_ZERO,
      'reference-leak': LEAKS,
    },
  },
] as const satisfies readonly ScenarioRow[];

/** The name of a scenario, such as `'create-find'`. */
export type ScenarioName = (typeof rows)[number]['name'];

/** What is to be run, as text that an editor completes: a scenario's name, or thread programs. */
export type TargetText = ScenarioName | ProgramText;

function withSleeping(expects: ScenarioRow['expects']): ScenarioRow['expects'] {
  const awake = Object.entries(expects).map(([kind, when]) => [kind, `(${when}) & !(${SLEEPS})`]);
  return { ...Object.fromEntries(awake), 'sleep-in-atomic': SLEEPS };
}

/** The name of the run without thread programs: a random mix of operations on one world. */
export const STORM = 'storm';

/**
 * Every scenario, in the order a reader should meet them.
 *
 * @example
 * for (const { name, says } of scenarios) console.log(name, says);
 */
export const scenarios: readonly Scenario[] = freezeDeep(
  rows.map(({ name, says, programs, expects }) => ({
    ...parsePrograms(programs, name),
    says,
    expects: withSleeping(expects),
  })),
);

/** The scenario of that name, if there is one. */
export function findScenario(name: string): Scenario | undefined {
  return scenarios.find((scenario) => scenario.name === name);
}

/** The name of the scenario that has these programs, if one has. */
export function findNameOf(program: string): string | undefined {
  return scenarios.find((scenario) => formatPrograms(scenario) === program)?.name;
}
