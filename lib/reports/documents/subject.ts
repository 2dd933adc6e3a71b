import * as v from 'valibot';

/** A set of patches, of any version. */
export const patchSet = v.looseObject({
  mask: v.pipe(v.number(), v.integer()),
  names: v.array(v.string()),
});

/** Absent in what 0.1 wrote; of another version it may be of another kind. */
export const subject = v.optional(
  v.looseObject({
    kind: v.string(),
    program: v.optional(v.nullable(v.string())),
    patches: v.optional(patchSet),
  }),
);
