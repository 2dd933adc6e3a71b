import { nearest } from '../../base/suggest';
import { everyScenario } from '../../programs/scenarios';
import { schemas } from '../../reports/schemas';
import { tables } from '../../tables/tables';
import { UsageError } from '../options/usage-error';
import { EXAMPLES, type Threshold } from './threshold';

/** What reports have beside what is read of them again. */
const MORE = [
  ...['executionsPerSecond', 'traces', 'program', 'value', 'shards', 'slices', 'isolate'],
  ...['tickets', 'patches', 'contexts', 'fixes', 'breaks', 'hides', 'shows', 'parts'],
  ...['suite', 'cells', 'cellsLeftOut', 'raw', 'rawNs', 'vsRawCi95', 'overRawNs'],
  ...['overRawNsCi95', 'rawWindows', 'statesPerSecond', 'pointsPerSchedule', 'bareNsPerPoint'],
  ...['vsBareCi95', 'vsXaddCi95', 'xaddWindows', 'exhaustedMs', 'bareWindows', 'jainWindows'],
  ...['cpuNsPerPair', 'cpuNsPerOp', 'overlap', 'vsMutexCi95', 'handoffEfficiency'],
  ...['handoffEfficiencyCi95', 'expectedIntervalNs', 'ticksPerNs', 'loopsPerNsBefore'],
  ...['loopsPerNsAfter', 'noiseBefore', 'noiseAfter', 'transferNs', 'clockNs', 'noisy', 'load'],
  ...[
    'no',
    'of',
    'locks',
    'cores',
    'smt',
    'numa',
    'quick',
    'names',
    'strategies',
    'faultMs',
    'cleanMs',
    'stormMs',
  ],
];

/** What rows are named by that is in no table: variants of a refcount, and what a fault takes. */
const ROW_NAMES = ['xadd', 'add_unless', 'dec_and_lock', 'lock_always', 'dm_style', 'race'];

/** The rows of benchmarks, by a member that only each of them has. */
const ROWS = [
  { lock: '' },
  { readPercent: 0 },
  { variant: '' },
  { call: '' },
  { schedulesPerSecond: 0 },
  {},
];

/** The part of a schema that leads to others. */
interface Schema {
  type?: string;
  entries?: Record<string, Schema>;
  options?: readonly Schema[];
  item?: Schema;
  value?: Schema;
  wrapped?: Schema;
  getter?: (input: unknown) => Schema;
}

function addMembers(schema: Schema | undefined, words: Set<string>): void {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [name, member] of Object.entries(schema.entries ?? {})) {
    words.add(name);
    addMembers(member, words);
  }
  const { options, item, value, wrapped, getter } = schema;
  // A row is named by what it has, such as its grade.
  if (schema.type === 'picklist') for (const word of options ?? []) words.add(String(word));
  const others = schema.type === 'picklist' ? [] : (options ?? []);
  for (const other of [...others, item, value, wrapped]) addMembers(other, words);
  if (getter) for (const row of ROWS) addMembers(getter(row), words);
}

/** Every word that can lead to a value: members of reports, and what tables have names for. */
function wordsOfReports(): Set<string> {
  const words = new Set<string>([...MORE, ...ROW_NAMES, ...everyScenario.map(({ name }) => name)]);
  for (const schema of Object.values(schemas)) addMembers(schema as unknown as Schema, words);
  // What own C may call is named in no report, and `creat` is near to `create`.
  const { calls, ...named } = tables;
  for (const row of Object.values<readonly object[]>(named).flat() as Record<string, unknown>[]) {
    for (const name of [row.name, row.slug, row.no]) if (typeof name === 'string') words.add(name);
  }
  return words;
}

/**
 * Refuse a threshold with a word that no report has, before anything runs: nothing could miss it.
 *
 * @throws UsageError
 */
export function checkWords(thresholds: readonly Threshold[]): void {
  if (thresholds.length === 0) return;
  const words = wordsOfReports();
  for (const { text, path } of thresholds) {
    for (const { name } of path) {
      if (words.has(name)) continue;
      const close = nearest(name, words);
      const hint =
        close === undefined
          ? `Expected a value such as in ${EXAMPLES}.`
          : `Did you mean '${close}'?`;
      throw new UsageError(`--threshold '${text}': no report has '${name}'. ${hint}`);
    }
  }
}
