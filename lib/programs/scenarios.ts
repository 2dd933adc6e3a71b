import { freezeDeep } from '../base/frozen';
import { historyScenarioRows, scenarioRows } from '../tables/tables.gen';
import type { Check } from './final';
import { formatPrograms, type ProgramText, parsePrograms } from './program';
import type { Race } from './race';

/** A race of the cover letter of 2006, or of the history before and after, as thread programs. */
export interface Scenario extends Race {
  /** What it shows, in a sentence. */
  readonly says: string;
}

/** Every create sleeps under the spinlock, and gets no further. */
const SLEEPS = '04 & !03';

/** The name of a scenario, such as `'create-find'`. */
export type ScenarioName = (typeof scenarioRows | typeof historyScenarioRows)[number]['name'];

/** What is to be run, as text that an editor completes: a scenario's name, or thread programs. */
export type TargetText = ScenarioName | ProgramText;

function withSleeping(expects: Race['expects']): Race['expects'] {
  const awake = Object.entries(expects).map(([kind, when]) => [kind, `(${when}) & !(${SLEEPS})`]);
  return { ...Object.fromEntries(awake), 'sleep-in-atomic': SLEEPS };
}

/** What no rule forbids, and is still not as it should be. */
const CHECKS: Partial<Record<ScenarioName, Check>> = {
  'open-count': ({ results: [opener = []] }) =>
    opener[0] === 0 && opener[2] !== 0 ? 'it lost its name while it was open' : true,
  destroy: ({ results: [remover = []] }) =>
    remover[0] === 0 && (remover[1] ?? 0) < 0 ? 'removed, and its number is still taken' : true,
};

function toScenarios(rows: typeof scenarioRows | typeof historyScenarioRows): readonly Scenario[] {
  return rows.map(({ name, says, programs, expects }) => ({
    ...parsePrograms(programs, name),
    says,
    expects: withSleeping(expects),
    ...(CHECKS[name] && { check: CHECKS[name] }),
  }));
}

/**
 * The scenarios of 2006, in the order a reader should meet them.
 *
 * @example
 * for (const { name, says } of scenarios) console.log(name, says);
 */
export const scenarios: readonly Scenario[] = freezeDeep(toScenarios(scenarioRows));

/**
 * Those of the history before and after, each named after the patch that it is about. `all` is not
 * clean in all of them: it has no machinery of later years.
 *
 * @example
 * for (const { name, says } of historyScenarios) console.log(name, says);
 */
export const historyScenarios: readonly Scenario[] = freezeDeep(toScenarios(historyScenarioRows));

/** The scenarios of both lists. */
export const everyScenario: readonly Scenario[] = freezeDeep([...scenarios, ...historyScenarios]);

/** The scenario of that name, if there is one. */
export function findScenario(name: string): Scenario | undefined {
  return everyScenario.find((scenario) => scenario.name === name);
}

/** The name of the scenario that has these programs, if one has. */
export function findNameOf(program: string): string | undefined {
  return everyScenario.find((scenario) => formatPrograms(scenario) === program)?.name;
}
