import * as v from 'valibot';
import { foreignSubject } from '../../programs/schema';

/** Absent in what 0.1 wrote. */
export const subject = v.optional(foreignSubject);
