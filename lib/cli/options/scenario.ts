import type { Taken } from './option';

/** A scenario, as an argument. Its names are loaded where they are printed: a file needs none. */
export const SCENARIO: Taken = {
  get choices() {
    const { scenarioNames } = require('./scenario-names') as typeof import('./scenario-names');
    return scenarioNames;
  },
  table: 'scenarios',
};
