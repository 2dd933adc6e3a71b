import * as v from 'valibot';
import type { NamedSchema } from '../../story/schema';

export { named } from '../../story/schema';

/** Times, rates and counts: plots have logarithms of them, and none is below zero. */
export const count = v.pipe(v.number(), v.minValue(0));
export const texts = v.array(v.string());

/** Latencies in nanoseconds. */
export const latencyNs = v.object({
  /** Half took no longer. */
  p50: count,
  /** 90 % took no longer. */
  p90: count,
  /** 99 % took no longer. */
  p99: count,
  /** 99.9 % took no longer. */
  p999: count,
  /** The longest. */
  max: count,
});

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
