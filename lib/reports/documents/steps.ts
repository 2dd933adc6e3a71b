import * as v from 'valibot';
import { LIMITS } from './limits';

/** Places in a trace are drawn: a trace has no more steps than a list has elements. */
const place = v.pipe(v.number(), v.minValue(0), v.integer(), v.maxValue(LIMITS.length));

/** A place in the sources; absent in what 0.1 wrote. */
export const inSources = {
  function: v.optional(v.string(), ''),
  code: v.optional(v.string(), ''),
  file: v.optional(v.nullable(v.string()), null),
  line: v.optional(v.nullable(v.number()), null),
  object: v.optional(v.nullable(v.string()), null),
  field: v.optional(v.nullable(v.string()), null),
};
const value = v.optional(v.nullable(v.string()), null);

const step = v.looseObject({
  step: place,
  cpu: place,
  op: v.nullable(v.string()),
  minor: v.nullable(v.number()),
  kind: v.string(),
  text: v.string(),
  notes: v.array(v.string()),
  key: v.boolean(),
  faulted: v.boolean(),
  ...inSources,
  read: value,
  was: value,
  wrote: value,
  from: v.optional(v.nullable(v.looseObject({ step: place, cpu: place })), null),
  background: v.optional(v.boolean(), false),
});
/** What happened, step by step. */
export const trace = v.array(step);
