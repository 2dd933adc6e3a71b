import { memberOf } from '../../base/bounds';
import { formatPrograms } from '../../programs/program';
import { everyScenario } from '../../programs/scenarios';
import { STORM } from '../../programs/storm';
import { callGroups } from '../../tables/calls';
import { formulaParts } from '../../tables/formula';
import { patches } from '../../tables/patches';
import { type LockRow, tables } from '../../tables/tables';
import { verifiedOf, verifiedText } from '../../tables/verified';
import { lockNames, modelLocks } from '../options/locks';
import { type Column, renderTable, wrapText } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';
import type { ListName } from './names';

type Cell = string | number | string[] | Record<string, string>;
type Row = Record<string, Cell>;

/** What takes a lock as `_minor_lock`. */
function takers({ name, control }: LockRow): string {
  return [
    !control && 'bench',
    lockNames.includes(name) && 'stress',
    modelLocks.includes(name) && 'explore',
  ]
    .filter(Boolean)
    .join(', ');
}

const STORM_SAYS = 'Random operations of every kind, by every thread, on one world.';

/** The rows of a table, for machines. */
export function listRows(name: ListName): Row[] {
  switch (name) {
    case 'patches':
      return tables.patches.map(({ bit, needs, overrides, ...row }) => ({
        no: row.no,
        slug: row.slug,
        kind: row.kind,
        mask: 2 ** bit,
        needs: formulaParts(needs),
        overrides: [...overrides],
        invariant: row.invariant,
        prevents: row.prevents,
        changes: row.changes,
      }));
    case 'faults':
      return tables.faults.map(({ slug, invariant, means, preventedBy }) => ({
        kind: slug,
        invariant,
        means,
        preventedBy: [...preventedBy],
      }));
    case 'invariants':
      return tables.invariants.map((row) => ({ ...row }));
    case 'ops':
      return tables.ops.map(({ slug, arg, weight, does }) => ({ op: slug, arg, weight, does }));
    case 'scenarios':
      return [
        { name: STORM, says: STORM_SAYS, programs: '', expects: {} },
        ...everyScenario.map((scenario) => ({
          name: scenario.name,
          says: scenario.says,
          programs: formatPrograms(scenario),
          expects: { ...scenario.expects } as Record<string, string>,
        })),
      ];
    case 'locks':
      return tables.locks.map((row) => ({
        name: row.name,
        waits: row.waits,
        serves: row.fifo ? 'in order' : 'anyone',
        bytes: row.bytes,
        minorLock: takers(row),
        source: row.source,
        year: row.year || '',
        usual: row.usual,
        nodes: row.nodesMadeUp ? 'made up' : '',
        verified: verifiedText(row.name),
        spare: [...verifiedOf(row.name).spare],
        says: row.says,
      }));
    case 'rwlocks':
      return tables.rwlocks.map((row) => ({
        name: row.name,
        waits: row.waits,
        serves: row.serves,
        bytes: row.bytes,
        readers: row.optimistic ? 'take nothing' : row.control ? 'are not excluded' : 'share it',
        source: row.source,
        year: row.year || '',
        inRwlocks: row.usual,
        verified: verifiedText(row.name),
        says: row.says,
      }));
    case 'refcounts':
      return tables.refcounts.map((row) => ({
        name: row.name,
        get: row.get,
        last: row.last,
        mayWait: row.mayWait ? 'yes' : 'no',
        reference: row.finds ? 'by look-up' : 'held before',
        bytesObject: row.bytesObject,
        bytesThread: row.bytesThread,
        bytesBoth: row.bytesBoth,
        source: row.source,
        year: row.year || '',
        verified: verifiedText(row.name),
        says: row.says,
      }));
    case 'strategies':
      return tables.strategies.map(({ name: strategy, says }) => ({ name: strategy, says }));
    case 'models':
      return tables.models.map((row) => ({ ...row }));
    case 'sets':
      return tables.sets.map(({ name: set, rows, means, leavesOut }) => ({
        name: set,
        mask: patches.parse(set).mask,
        patches: [...rows],
        means,
        leavesOut,
      }));
    case 'calls':
      return tables.calls.map(({ name: call, support, says }) => ({ call, support, says }));
  }
}

/** Columns that people see; `mask`, `changes` and `expects` are left to `--json`. */
const COLUMNS: Record<ListName, Column[]> = {
  patches: [
    { title: 'no' },
    { title: 'slug' },
    { title: 'kind' },
    { title: 'invariant' },
    { title: 'prevents', wrap: true },
    { title: 'needs' },
  ],
  faults: [
    { title: 'kind' },
    { title: 'invariant' },
    { title: 'means', wrap: true },
    { title: 'preventedBy', wrap: true },
  ],
  invariants: [{ title: 'name' }, { title: 'says', wrap: true }],
  ops: [
    { title: 'op' },
    { title: 'arg' },
    { title: 'weight', align: 'right' },
    { title: 'does', wrap: true },
  ],
  scenarios: [{ title: 'name' }, { title: 'says', wrap: true }, { title: 'programs', wrap: true }],
  locks: [
    { title: 'name' },
    { title: 'waits' },
    { title: 'serves' },
    { title: 'bytes', align: 'right' },
    { title: 'minorLock' },
    { title: 'source', wrap: true },
    { title: 'year' },
    { title: 'verified', wrap: true },
    { title: 'usual', wrap: true },
    { title: 'says', wrap: true },
  ],
  rwlocks: [
    { title: 'name' },
    { title: 'waits' },
    { title: 'serves' },
    { title: 'bytes', align: 'right' },
    { title: 'readers' },
    { title: 'source', wrap: true },
    { title: 'year' },
    { title: 'verified', wrap: true },
    { title: 'inRwlocks', wrap: true },
    { title: 'says', wrap: true },
  ],
  refcounts: [
    { title: 'name' },
    { title: 'reference', wrap: true },
    { title: 'get', wrap: true },
    { title: 'last', wrap: true },
    { title: 'mayWait' },
    { title: 'bytesObject', align: 'right' },
    { title: 'bytesThread', align: 'right' },
    { title: 'bytesBoth', align: 'right' },
    { title: 'source', wrap: true },
    { title: 'year' },
    { title: 'verified', wrap: true },
    { title: 'says', wrap: true },
  ],
  strategies: [{ title: 'name' }, { title: 'says', wrap: true }],
  models: [{ title: 'name' }, { title: 'called', wrap: true }, { title: 'says', wrap: true }],
  sets: [
    { title: 'name' },
    { title: 'means', wrap: true },
    { title: 'leavesOut', wrap: true },
    { title: 'patches', wrap: true },
  ],
  calls: [{ title: 'support' }, { title: 'says', wrap: true }, { title: 'call', wrap: true }],
};

/** What holds for all rows of a table. */
const LEGENDS: Partial<Record<ListName, string>> = {
  sets:
    'Every set leaves out the targets of a table, snapshots, barriers and flushes, renames, the freeze ' +
    'of a file system, and of a queue of requests all except its type and its tags. One suspend_lock ' +
    'stands for those of all devices, a work queue is two words, and a disk is added where its device ' +
    'is created. What a set leaves out beyond that is from memory, as are dates and releases that are ' +
    'not those of a tree or a mail; `dmtorture history` has the mark of each row.',
};
const PROSE_WIDTH = 96;

const TITLES: Record<string, string> = {
  preventedBy: 'prevented by',
  leavesOut: 'leaves out',
  minorLock: 'as _minor_lock',
  usual: 'in `bench locks` without --locks',
  mayWait: 'may wait',
  get: 'a get costs',
  last: 'the last put is known',
  bytesObject: 'object',
  bytesThread: 'thread',
  bytesBoth: 'thread x object',
  inRwlocks: 'in `bench rwlocks` without --locks',
};

/** Functions of a group stand in one row: people look for what a group is, then for a name. */
function rowsForPeople(name: ListName): Row[] {
  if (name !== 'calls') return listRows(name);
  return callGroups().map(({ support, says, names }) => ({ support, says, call: names }));
}

/** The same rows, or `rows` of them, for people. */
export function listTable(name: ListName, terminal: Terminal, rows = rowsForPeople(name)): string {
  const columns = COLUMNS[name];
  const cells = rows.map((row) =>
    columns.map(({ title }) => {
      const cell = row[title] ?? '';
      return Array.isArray(cell) ? cell.join(' ') : String(cell);
    }),
  );
  const titled = columns.map((column) => ({
    ...column,
    title: memberOf(TITLES, column.title) ?? column.title,
  }));
  const table = renderTable(titled, cells, {
    width: terminal.width(),
    heading: terminal.out.bold,
  });
  const legend = LEGENDS[name];
  if (legend === undefined) return table;
  const lines = wrapText(legend, Math.min(terminal.width(), PROSE_WIDTH));
  return `${table}\n${lines.map(terminal.out.dim).join('\n')}\n`;
}
