import { outOfRange } from '../base/errors';
import { didYouMean } from '../base/suggest';
import { checkRace, OPTIONS_SECOND } from './handmade';
import { raceOfTarget } from './passed-on';
import { parsePrograms } from './program';
import type { Race } from './race';
import { everyScenario, findScenario } from './scenarios';

/**
 * The scenario of that name, the race itself, or that of a report.
 *
 * @param hint - Where options go, for a caller that gives them here.
 * @param others - Names that are possible, too.
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 */
export function toRace(scenario: unknown, hint: string, others: string[] = []): Race {
  if (typeof scenario === 'string') {
    const found = findScenario(scenario);
    if (found) return found;
    const names = [...others, ...everyScenario.map(({ name }) => name)];
    const meant = didYouMean(scenario, names);
    throw outOfRange('scenario', meant ? 'a scenario' : names.join(', '), scenario, meant);
  }
  return raceOfTarget(scenario, hint) ?? checkRace(scenario, 'scenario', hint);
}

/**
 * What to explore: a scenario's name, the text of programs, a race itself, or a report.
 *
 * @param hint - Where options go, for a caller that gives them here.
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 */
export function toTarget(target: unknown, hint = OPTIONS_SECOND): Race {
  return typeof target === 'string' && target.includes(':')
    ? parsePrograms(target)
    : toRace(target, hint);
}
