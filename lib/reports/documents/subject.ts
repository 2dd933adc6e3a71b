import * as v from 'valibot';
import { foreignSubject } from '../../programs/schema';
import { hasPatches } from '../../programs/subject';

/** Absent in what 0.1 wrote. */
export const subject = v.optional(foreignSubject);

const ofAny = v.looseObject({ subject: v.looseObject({ kind: v.string() }) });

/** The schema of a document, which is another where it is about own C or a lock: they have no patches. */
export const bySubject = <Any extends v.GenericSchema, Own extends v.GenericSchema>(
  any: Any,
  own: Own,
): v.LazySchema<Any | Own> =>
  v.lazy<Any | Own>((input) => (v.is(ofAny, input) && !hasPatches(input.subject) ? own : any));
