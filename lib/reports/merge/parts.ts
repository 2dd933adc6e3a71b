import * as v from 'valibot';
import { largest, memberOf } from '../../base/bounds';
import { DmTortureError } from '../../base/errors';
import type { OutputOf } from '../../base/output-of';
import { oneLine } from '../../base/sinks/inert';
import { canonical } from '../../run/difference';
import { shard } from '../../run/schema';
import { formatShard, type Shard } from '../../run/shard';
import type { reportPart } from '../documents/head';
import type { Environment } from '../head';
import type { ReportDocument } from '../schemas';

/** One of the runs that a merged report is made of. */
export type ReportPart = OutputOf<typeof reportPart>;

/** Members of a benchmark's report that are of its run. */
export const OF_ITS_RUN = ['machine', 'warnings', 'validated'] as const;

/** Reports that cannot become one. */
export function differ(message: string): DmTortureError {
  return new DmTortureError('ERR_REPORTS_DIFFER', oneLine(message));
}

/** The lower one by `rank`, and by its text where that ties: the same in any order. */
export function leastOf<Value>(values: readonly Value[], rank: (value: Value) => number[]): Value {
  const keys = values.map((value) => ({ value, rank: rank(value), text: canonical(value) }));
  keys.sort((a, b) => {
    for (const [i, left] of a.rank.entries()) {
      const right = b.rank[i] ?? 0;
      if (left !== right) return left - right;
    }
    return a.text < b.text ? -1 : Number(a.text > b.text);
  });
  const [least] = keys;
  if (!least) throw new Error('dmtorture bug: the least of nothing');
  return least.value;
}

/** The members that all of them have, with one value. */
export function commonOf<Value extends object>(values: readonly Value[]): Partial<Value> {
  const [first = {}, ...others] = values;
  const members = Object.entries(first).filter(([name, value]) =>
    others.every(
      (other) =>
        canonical([memberOf(other as Record<string, unknown>, name)]) === canonical([value]),
    ),
  );
  return Object.fromEntries(members) as Partial<Value>;
}

/** `merged` with its members in the order of `like`, so that equal reports are equal texts. */
export function orderedAs<Value extends object>(like: object | undefined, merged: Value): Value {
  const values = new Map(Object.entries(merged));
  const names = Object.keys(like ?? {}).filter((name) => values.has(name));
  return Object.fromEntries(
    [...new Set([...names, ...values.keys()])].map((name) => [name, values.get(name)]),
  ) as Value;
}

/** Values that have one key in common, by that key, in the order of their first. */
export function groupBy<Value>(
  values: Iterable<Value>,
  key: (value: Value) => string,
): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const group = groups.get(key(value));
    if (group) group.push(value);
    else groups.set(key(value), [value]);
  }
  return groups;
}

export const sumOf = <Value>(values: readonly Value[], count: (value: Value) => number): number =>
  values.reduce((total, value) => total + count(value), 0);

function shardOf({ plan }: ReportDocument): Shard | undefined {
  return v.is(shard, plan.shard) ? plan.shard : undefined;
}

/** The runs that a document is made of. */
export function partsOf(document: ReportDocument): ReportPart[] {
  // The optional members are absent, and never undefined.
  if (document.parts) return JSON.parse(JSON.stringify(document.parts)) as ReportPart[];
  const { environment, durationMs, verdict, complete, plan } = document;
  const own = shardOf(document);
  return [
    {
      seed: typeof plan.seed === 'number' ? plan.seed : 0,
      ...(own && { shard: own }),
      environment,
      durationMs,
      verdict,
      complete,
      ...(document.kind === 'explore' && { exhaustive: document.exhaustive }),
      ...(document.kind === 'bench' &&
        Object.fromEntries(
          OF_ITS_RUN.filter((name) => name in document).map((name) => [name, document[name]]),
        )),
    },
  ];
}

/** Which of the shards a document has, for messages. */
function nameOf({ shard: own }: ReportPart): string {
  return own ? `shard ${formatShard(own)}` : 'the whole';
}

/** Refuse parts of differently split runs, and parts that are there twice. */
function checkShards(
  all: readonly { part: ReportPart; name: string }[],
  repeatable: boolean,
): void {
  const [first] = all;
  for (const other of all) {
    if (first?.part.shard?.count === other.part.shard?.count) continue;
    const [a, b] = [first?.part, other.part].map((part) => part && nameOf(part));
    throw differ(
      `${first?.name} and ${other.name} are of differently split runs: ` +
        `\`shard\`: ${a} in the one, ${b} in the other`,
    );
  }
  const seen = new Map<string, string>();
  for (const { part, name } of all) {
    const same = part.shard || !repeatable ? [part.shard, part.seed] : part;
    const twice = seen.get(canonical(same));
    if (twice !== undefined) {
      const what = part.shard || repeatable ? nameOf(part) : `${nameOf(part)} of seed ${part.seed}`;
      throw differ(`${twice} and ${name} are of the same run, ${what}: it would count twice`);
    }
    seen.set(canonical(same), name);
  }
}

/**
 * The runs of all documents, in an order that does not depend on that of the documents.
 *
 * @param repeatable - A second run of the same plan adds something: it is not deterministic.
 * @throws DmTortureError ERR_REPORTS_DIFFER, ERR_BAD_REPORT
 */
export function mergeParts(
  documents: readonly ReportDocument[],
  names: readonly string[],
  repeatable: boolean,
): ReportPart[] {
  const all = documents.flatMap((document, i) => {
    const name = names[i] ?? '';
    return partsOf(document).map((part) => ({ part, name }));
  });
  checkShards(all, repeatable);
  const place = ({ shard: own }: ReportPart): number => own?.index ?? 0;
  return all
    .map(({ part }) => ({ part, text: canonical(part) }))
    .sort(
      (a, b) =>
        place(a.part) - place(b.part) || a.part.seed - b.part.seed || (a.text < b.text ? -1 : 1),
    )
    .map(({ part }) => part);
}

/** Every shard is there, or the runs were not split. */
export function isWhole(all: readonly ReportPart[]): boolean {
  const count = all[0]?.shard?.count;
  return count === undefined || new Set(all.map(({ shard: own }) => own?.index)).size === count;
}

/** Where all of them were made; several values of one thing stand side by side. */
export function mergeEnvironments(all: readonly Pick<ReportPart, 'environment'>[]): Environment {
  const values = (name: 'node' | 'os' | 'arch'): string =>
    [...new Set(all.map(({ environment }) => environment[name]))].sort().join(', ');
  return {
    node: values('node'),
    os: values('os'),
    arch: values('arch'),
    cpus: largest(all.map(({ environment }) => environment.cpus)),
  };
}
