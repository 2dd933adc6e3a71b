import * as v from 'valibot';

/** Of what the schemas of reports are made: as this version writes them, and as they are read. */

/** A name of a table of this version; in a document of another version it may be any text. */
export interface NamedSchema<Name extends string>
  extends v.BaseSchema<string, Name, v.StringIssue> {
  readonly type: 'string';
  readonly reference: typeof v.string;
}

/** A text when it is read, and one of the names when it is written. */
export const named = <Name extends string>() => v.string() as unknown as NamedSchema<Name>;

/** A value of a type that has no schema: nothing reads it from documents. */
export const written = <Type extends object>() =>
  v.custom<Type>((value) => typeof value === 'object' && value !== null);

/** The schema of a member as documents of any version have it: names may be any text. */
type Opened<Entry> =
  Entry extends NamedSchema<string>
    ? v.StringSchema<undefined>
    : Entry extends v.NullableSchema<infer Inner, undefined>
      ? v.NullableSchema<Opened<Inner> & v.GenericSchema, undefined>
      : Entry extends v.ArraySchema<infer Item, undefined>
        ? v.ArraySchema<Opened<Item> & v.GenericSchema, undefined>
        : Entry;

type OpenedEntries<Entries> = { [Name in keyof Entries]: Opened<Entries[Name]> };

/** The members of what is written, as they are read. */
export const opened = <const Entries extends v.ObjectEntries>({
  entries,
}: {
  entries: Entries;
}): OpenedEntries<Entries> => entries as unknown as OpenedEntries<Entries>;
