import { freezeDeep } from '../base/frozen';
import { scenarioRows } from '../tables/tables.gen';
import { formatPrograms, type ProgramText, parsePrograms } from './program';
import type { Race } from './race';

/** A race from the cover letter of 2006, as thread programs. */
export interface Scenario extends Race {
  /** What it shows, in a sentence. */
  readonly says: string;
}

/** Every create sleeps under the spinlock, and gets no further. */
const SLEEPS = '04 & !03';

/** The name of a scenario, such as `'create-find'`. */
export type ScenarioName = (typeof scenarioRows)[number]['name'];

/** What is to be run, as text that an editor completes: a scenario's name, or thread programs. */
export type TargetText = ScenarioName | ProgramText;

function withSleeping(expects: Race['expects']): Race['expects'] {
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
  scenarioRows.map(({ name, says, programs, expects }) => ({
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
