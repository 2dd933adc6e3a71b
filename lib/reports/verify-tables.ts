import { memberOf } from '../base/bounds';
import { formatCount } from '../base/text';
import { limitText } from '../tables/limit';

/**
 * What a verification says, as the rows of tables: terminal, Markdown and page print these, so that
 * their words are the same.
 */

interface TabledSize {
  lock: string;
  threads: number;
  rounds: number;
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

/** What a size is. */
export const ROW_LEGEND =
  'A size is threads x rounds. Sites: accesses of the source that some execution came to, of all.';
/** What a verdict of a barrier is worth. */
export const BARRIER_LEGEND =
  'Each order alone, one step weaker, under RC11 without load buffering. Not needed: at the sizes ' +
  'that were looked at, and no more; larger ones may need it.';

const sizeOf = ({ threads, rounds }: TabledSize): string => `${threads}x${rounds}`;

/** A row for each lock, model and size. */
export function verifyRows({ rows }: Pick<TabledVerification, 'rows'>): string[][] {
  return rows.map((row) => {
    const { lock, memory, states, executions, verdict, exhaustive, limit } = row;
    const how = verdict === 'clean' && !exhaustive ? ', not exhaustive' : '';
    const why = verdict === 'unfinished' ? `: ${limitText(limit)}` : '';
    return [
      lock,
      memory,
      sizeOf(row),
      states > 0 ? formatCount(states) : `${formatCount(executions)} executions`,
      `${verdict}${how}${why}`,
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
    const breaks = fault ? `${fault.kind} at ${sizeOf(one)}` : '';
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
