import { everyScenario, scenarios } from '../../programs/scenarios';
import { STORM } from '../../programs/storm';

/** Scenarios, without the storm. */
export const scenarioNames: readonly string[] = everyScenario.map(({ name }) => name);
/** Those of the series of 2006, which benchmarks explore. */
export const seriesNames: readonly string[] = scenarios.map(({ name }) => name);
/** What `stress` runs. */
export const runNames: readonly string[] = [STORM, ...scenarioNames];
