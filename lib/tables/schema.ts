import * as v from 'valibot';
import { named, opened } from '../base/schema';
import type { PatchSlug } from './tables';

/** A set of patches, as reports have it. */
export const patchSet = v.object({
  /** Bit n-1 is row n of the table. */
  mask: v.pipe(v.number(), v.integer()),
  /** The short names of its rows. */
  names: v.array(named<PatchSlug>()),
});

/** The same, of any version. */
export const readPatchSet = v.looseObject(opened(patchSet));
