import { AssertionError } from 'node:assert';
import type { Program } from '../own/program';
import type { WithPlan } from '../programs/passed-on';
import type { Race } from '../programs/race';
import type { TargetText } from '../programs/scenarios';
import { type MatchOptions, matchers, type ProgramMatchOptions } from './matchers';

/**
 * Assert that a race shows no fault under any interleaving: for `node:test`, and wherever else there
 * is no `expect()`. The message is the two-CPU diagram, with the ticket that replays it.
 *
 * @param race - Made by `race()` or `program()`; or a scenario's name, the text of programs, or a report.
 * @returns A promise that rejects with an AssertionError where there is a fault, and where the search
 *   did not come to its end, which proves nothing; with a DmTortureError where an argument is wrong.
 * @example
 * import test from 'node:test';
 * import { assertRaceFree, race } from 'dmtorture';
 * const mine = race('mine', { cpu1: (d) => d.create(5), cpu2: (d) => d.find(5) });
 * test('two creators', () => assertRaceFree(mine, { patches: 'all' }));
 */
export async function assertRaceFree(
  race: TargetText | Race | WithPlan | Program,
  options: MatchOptions | ProgramMatchOptions = {},
): Promise<void> {
  const { pass, message } = await matchers.toBeRaceFree.call(
    { asks: assertRaceFree.name },
    race,
    options,
  );
  if (!pass) throw new AssertionError({ message: message(), operator: assertRaceFree.name });
}
