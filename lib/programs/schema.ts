import * as v from 'valibot';
import type { CheckCause, FinalState } from './final';
import { GRADES } from './grades';

/** How threads ended, as this version writes it. */
export const outcome = v.object({
  /** Such as `create 0=0 | find 0=-ENXIO`. */
  results: v.string(),
  /** How often it came. */
  count: v.pipe(v.number(), v.minValue(0)),
  /** What it says of the race. */
  grade: v.picklist(GRADES),
});

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

export const endedOutcome = v.object({
  ...outcome.entries,
  /** Of a race with a check: what its threads left behind, where they came to their end. */
  final: v.exactOptional(v.custom<FinalState>(isObject)),
  /** What the check has against it. */
  refused: v.exactOptional(v.string()),
  /** What it threw, where it threw. */
  cause: v.exactOptional(v.custom<CheckCause>(isObject)),
});
