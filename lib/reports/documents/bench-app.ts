import * as v from 'valibot';
import type { LockName } from '../../tables/tables';
import { count, named } from './fields';

const bounds = v.tuple([count, count]);
/** Null: of less than six runs. */
const interval = v.nullable(bounds);

/** The rows of `bench app`: an application's run time under a lock. */
export const appRow = v.object({
  /** The lock; `pthread_mutex` is the application as it is, with nothing preloaded. */
  lock: named<LockName>(),
  /** Runs that count. */
  n: count,
  /** Median run time. */
  runMs: count,
  /** What holds the true median with a probability of 95 %; null: of less than six runs. */
  ci95: interval,
  /** The median ratio to `pthread_mutex` in the same round; above 1 is slower. */
  vsPthread: count,
  /** Its interval. */
  vsPthreadCi95: interval,
  /** Every run, in milliseconds. */
  windows: v.array(count),
  /** Why it has no figures; null: it has. */
  leftOut: v.nullable(v.string()),
  /** The application failed under it: that is why. */
  failed: v.boolean(),
});

/** As reports that are read have it. */
export const readAppRow = v.looseObject({
  ...appRow.entries,
  lock: v.string(),
  failed: v.optional(v.boolean(), false),
});

export type AppRow = v.InferOutput<typeof readAppRow>;
