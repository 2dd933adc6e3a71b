import { type EndName, tables } from './tables';

/** What cuts a search off before it has looked at all that it was asked to look at. */
export type LimitName = Exclude<EndName, 'none' | 'fault'>;

/** How a search ends that nothing cut off: it looked at everything, or one fault was enough. */
const ENDED: readonly EndName[] = ['none', 'fault'];
/** What a search that samples is asked for: a number of executions, or a time. */
const ASKED: readonly EndName[] = ['executions', 'time'];

/** The limit that cut a search off; null where it did all that it was asked for. */
export function limitOf(end: EndName, samples: boolean): LimitName | null {
  if (ENDED.includes(end) || (samples && ASKED.includes(end))) return null;
  return end as LimitName;
}

/** Of the limits of several searches the worst: the later row of the table. */
export function worstLimit(limits: readonly unknown[]): LimitName | null {
  const cut = tables.ends.filter(({ name }) => !ENDED.includes(name) && limits.includes(name));
  return (cut.at(-1)?.name as LimitName | undefined) ?? null;
}

/** A limit in words, also one that only another version knows: `the time was up`. */
export function limitText(limit: unknown): string {
  return tables.ends.find(({ name }) => name === limit)?.says ?? `the limit is \`${limit}\``;
}

/** What a search without a fault has in a table of several. */
export function noFaultText({
  exhaustive,
  limit,
}: {
  exhaustive: boolean;
  limit?: unknown;
}): string {
  if (exhaustive) return 'none, exhausted';
  return limit === null
    ? 'none seen'
    : `none up to the limit: ${String(limit ?? 'not all is there')}`;
}

/** A report, as far as it says whether it was stopped from outside. */
interface Ended {
  complete: boolean;
  limit?: unknown;
  parts?: unknown;
}

/**
 * Whether a report is not complete because somebody stopped its run: a limit that was asked for, and
 * a shard that is missing, do not count as that.
 */
export function wasStopped({ complete, limit, parts }: Ended): boolean {
  if (complete) return false;
  if (limit !== undefined && limit !== null) return limit === 'stopped';
  if (!Array.isArray(parts)) return true;
  return parts.some((part: Ended) => part.complete === false);
}
