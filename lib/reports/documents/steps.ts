import * as v from 'valibot';
import { place, stepOf, traceStep } from '../../story/schema';
import { opened } from './fields';
import { LIMITS } from './limits';

/** Numbers in a trace are drawn: a trace has no more steps than a list has elements. */
const drawn = v.pipe(v.number(), v.minValue(0), v.integer(), v.maxValue(LIMITS.length));

const inPlace = place.entries;

/** A place in the sources; absent in what 0.1 wrote. */
export const inSources = {
  function: v.optional(inPlace.function, ''),
  code: v.optional(inPlace.code, ''),
  file: v.optional(inPlace.file, null),
  line: v.optional(inPlace.line, null),
  object: v.optional(inPlace.object, null),
  field: v.optional(inPlace.field, null),
};

const inStep = opened(traceStep);

const step = v.looseObject({
  ...inStep,
  step: drawn,
  cpu: drawn,
  ...inSources,
  read: v.optional(inStep.read, null),
  was: v.optional(inStep.was, null),
  wrote: v.optional(inStep.wrote, null),
  from: v.optional(v.nullable(v.looseObject({ ...stepOf.entries, step: drawn, cpu: drawn })), null),
  background: v.optional(inStep.background, false),
});
/** What happened, step by step. */
export const trace = v.array(step);
