import { memberOf } from '../base/bounds';
import { formatCount, plural } from '../base/text';
import { limitText } from '../tables/limit';
import { type SubjectSize, sizeName, subjectKinds } from '../tables/subjects';

/**
 * What a verification says, as the rows of tables: terminal, Markdown and page print these, so that
 * their words are the same.
 */

interface TabledSize extends SubjectSize {
  lock: string;
  subject?: string | undefined;
  states: number;
}

/** The part of a report that the tables are made of. */
export interface TabledVerification {
  rows: readonly (TabledSize & {
    memory: string;
    executions: number;
    verdict: string;
    exhaustive: boolean;
    limit: unknown;
    readersShare?: boolean | null | undefined;
    sites: number | null;
    sitesReached: number | null;
  })[];
  barriers: readonly (TabledSize & {
    site: string;
    order: string;
    weaker: string;
    verdict: string;
    fault: { kind: string; preemptions: number; options: number } | null;
  })[];
  relaxed: readonly { lock: string; orders: Record<string, string> }[];
}

export const ROW_HEADS = ['lock', 'model', 'size', 'states', 'verdict', 'sites'] as const;
export const BARRIER_HEADS = ['lock', 'site', 'order', 'weaker', 'verdict', 'breaks'] as const;
export const RELAXED_HEADS = ['lock', 'holds as a whole with'] as const;

/** What a size is, of the kinds that there are; and what sites are. */
export function rowLegend({ rows }: Pick<TabledVerification, 'rows'>): string {
  const kinds = subjectKinds.filter(({ kind }) =>
    rows.some(({ subject = 'lock' }) => subject === kind),
  );
  const sizes = kinds.map(({ size, many }, i) => (i === 0 ? size : `of ${many} ${size}`));
  const first = kinds.length > 1 ? `of ${kinds[0]?.many} ` : '';
  return (
    `A size is ${first}${sizes.join(', ')}. ` +
    'Sites: accesses of the source that some execution came to, of all.'
  );
}
/** What a verdict of a barrier is worth. */
export const BARRIER_LEGEND =
  'Each order alone, one step weaker, under RC11 without load buffering. Not needed: at the sizes ' +
  'that were looked at, and no more; larger ones may need it.';

/** What a row came to; each that begins has one at least. */
function workText(states: number, executions: number): string {
  if (states > 0) return formatCount(states);
  return executions === 0 ? 'not begun' : plural(executions, 'execution');
}

/** A row for each lock, model and size. */
export function verifyRows({ rows }: Pick<TabledVerification, 'rows'>): string[][] {
  return rows.map((row) => {
    const { lock, memory, states, executions, verdict, exhaustive, limit } = row;
    const how = verdict === 'clean' && !exhaustive ? ', not exhaustive' : '';
    const alone = row.readersShare === false ? ', readers do not share it' : '';
    const why = verdict === 'unfinished' ? `: ${limitText(limit)}` : '';
    return [
      lock,
      memory,
      sizeName(row),
      workText(states, executions),
      `${verdict}${how}${alone}${why}`,
      row.sites === null ? '-' : `${row.sitesReached} of ${row.sites}`,
    ];
  });
}

const VERDICTS: Record<string, string> = {
  needed: 'needed',
  'not-needed': 'not needed',
  'not-reached': 'not reached',
};

/** A row for each order of each site. */
export function barrierRows({ barriers }: Pick<TabledVerification, 'barriers'>): string[][] {
  return barriers.map((one) => {
    const { lock, site, order, weaker, verdict, fault } = one;
    const breaks = fault ? `${fault.kind} at ${sizeName(one)}` : '';
    return [lock, site, order, weaker, memberOf(VERDICTS, verdict) ?? verdict, breaks];
  });
}

/** A row for each lock that holds with weaker orders. */
export function relaxedRows({ relaxed }: Pick<TabledVerification, 'relaxed'>): string[][] {
  return relaxed.map(({ lock, orders }) => {
    const weaker = Object.entries(orders).map(([site, order]) => `${order} at ${site}`);
    return [lock, weaker.length === 0 ? 'nothing weaker' : weaker.join('; ')];
  });
}
