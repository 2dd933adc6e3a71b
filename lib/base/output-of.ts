import type * as v from 'valibot';

/** What a schema of this version's documents has, optional or not. */
type MayLack =
  | v.ExactOptionalSchema<v.GenericSchema, undefined>
  | v.OptionalSchema<v.GenericSchema, undefined>;

type Members<Entries> = {
  -readonly [Name in keyof Entries as Entries[Name] extends MayLack ? never : Name]: OutputOf<
    Entries[Name]
  >;
} & {
  -readonly [Name in keyof Entries as Entries[Name] extends MayLack ? Name : never]?: OutputOf<
    Entries[Name]
  >;
};

/**
 * What is written by a schema: `v.InferOutput`, except that each member is declared once. That one
 * declares it twice, and TypeDoc warns of each.
 */
export type OutputOf<Schema> =
  Schema extends v.ObjectSchema<infer Entries, undefined>
    ? Members<Entries>
    : Schema extends v.ArraySchema<infer Item, undefined>
      ? OutputOf<Item>[]
      : Schema extends v.NullableSchema<infer Inner, undefined>
        ? OutputOf<Inner> | null
        : Schema extends v.ExactOptionalSchema<infer Inner, undefined>
          ? OutputOf<Inner>
          : Schema extends v.OptionalSchema<infer Inner, undefined>
            ? OutputOf<Inner> | undefined
            : Schema extends v.GenericSchema
              ? v.InferOutput<Schema>
              : never;
