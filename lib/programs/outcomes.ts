import type { OutputOf } from '../base/output-of';
import type { NativeOutcome } from '../native/stress';
import { formatResult } from '../tables/errno';
import { type FaultKind, rowAt } from '../tables/tables';
import { describeEnd, leftText } from './ends';
import { type FinalState, refusal } from './final';
import { GRADES } from './grades';
import { formatOutcome } from './program';
import type { Race } from './race';
import type { endedOutcome, outcome as outcomeSchema } from './schema';

/** One combination of results of a scenario's programs. */
export type OutcomeReport = OutputOf<typeof outcomeSchema>;

/** One way in which the threads of a race ended. */
export type EndedOutcome = OutputOf<typeof endedOutcome>;

/** The fault that a check makes of an end. */
export const CHECK_FAILED: FaultKind = 'check-failed';

/** What a check has against an end, and the end that it is about. */
export const refusedText = (said: string, final: FinalState): string =>
  `${said}: ${final.outcome}, leaving ${leftText(final)}`;

/**
 * How threads ended, and what the check of their race has against that; where there is something, it
 * is forbidden.
 *
 * @throws DmTortureError ERR_INVALID_ARG_TYPE, where the check returns what it should not
 */
export function describeOutcome(
  { results, count, grade }: NativeOutcome,
  race: Race,
): EndedOutcome {
  const outcome = {
    results: formatOutcome(race, results, formatResult),
    count,
    grade: rowAt(GRADES, grade),
  };
  const final = race.check && describeEnd(race, results);
  if (!race.check || !final) return outcome;
  const refused = refusal(race.check, final);
  if (refused === undefined) return { ...outcome, final };
  const { said, cause } = refused;
  return { ...outcome, grade: 'forbidden', final, refused: said, ...(cause && { cause }) };
}
