import type { OutputOf } from '../../base/output-of';
import type { bisectChange, bisectTrial } from '../../reports/documents/bisect';
import type { SetName } from '../../tables/history-rows';
import { PatchSet } from '../../tables/patches';
import type { FaultKind, PatchRow } from '../../tables/tables';
import type { Look, Looker } from './look';

/** Two neighbours, of which one has the fault and the other has not, and the rows responsible. */
export type BisectChange = OutputOf<typeof bisectChange>;
/** The older of two neighbours with some of the rows changed in which they differ. */
export type BisectTrial = OutputOf<typeof bisectTrial>;

/** A kernel that was looked at. */
export interface Neighbour {
  name: SetName;
  patches: PatchSet;
  look: Look;
}

/** What is looked for. */
export type IsWanted = (kind: FaultKind) => boolean;

/** Groups of `size`, in the order of the table. */
function groupsOf(rows: readonly PatchRow[], size: number): PatchRow[][] {
  if (size === 0) return [[]];
  return rows.flatMap((row, i) =>
    groupsOf(rows.slice(i + 1), size - 1).map((others) => [row, ...others]),
  );
}

/** A set with rows that were in taken out, and those that were not put in. */
function changed(set: PatchSet, rows: readonly PatchRow[]): PatchSet {
  const kept = [...set].filter((row) => !rows.includes(row));
  return new PatchSet([...kept, ...rows.filter(({ no }) => !set.has(no))]);
}

/** Whether a look shows that the fault has come, as it is in the newer of two neighbours. */
function hasBegun({ kinds, exhaustive }: Look, newer: Look, isWanted: IsWanted): boolean | null {
  if (kinds.some((kind) => isWanted(kind) && newer.kinds.includes(kind))) return true;
  return exhaustive ? false : null;
}

/**
 * Whether a look shows that the fault is gone. One that neither neighbour has may come before it
 * in every execution: then it is hidden, and not gone.
 */
function hasEnded(look: Look, [older, newer]: [Look, Look], isWanted: IsWanted): boolean | null {
  const isStrange = (kind: FaultKind): boolean =>
    !older.kinds.includes(kind) && !newer.kinds.includes(kind);
  if (look.kinds.some((kind) => isWanted(kind) || isStrange(kind))) return false;
  return look.exhaustive ? true : null;
}

/**
 * The rows that make the difference between two neighbours: in the older one each of the rows that
 * are not the same in the newer is changed alone, then two of them, and so on until some are enough.
 *
 * @param begins - The newer one has the fault; else the older one.
 */
export async function findRows(
  [older, newer]: [Neighbour, Neighbour],
  begins: boolean,
  isWanted: IsWanted,
  looker: Looker,
): Promise<BisectChange> {
  const added = [...newer.patches.without(older.patches)];
  const removed = [...older.patches.without(newer.patches)];
  const rows = [...new PatchSet([...added, ...removed])];
  const isEnough = (look: Look): boolean | null =>
    begins
      ? hasBegun(look, newer.look, isWanted)
      : hasEnded(look, [older.look, newer.look], isWanted);
  const trials: BisectTrial[] = [];
  const isOver = (): boolean => trials.some(({ enough }) => enough === true);
  for (let size = 1; size <= rows.length && !isOver(); size += 1) {
    const groups = groupsOf(rows, size);
    looker.expect(groups.length);
    for (const group of groups) {
      const patches = changed(older.patches, group);
      const look = await looker.look(patches);
      const { kinds: faults, exhaustive, limit, executions, states } = look;
      trials.push({
        rows: group.map(({ no }) => no),
        patches: patches.toJSON(),
        faults,
        exhaustive,
        limit,
        executions,
        states,
        enough: isEnough(look),
      });
    }
  }
  return {
    from: older.name,
    to: newer.name,
    added: added.map(({ no }) => no),
    removed: removed.map(({ no }) => no),
    enough: trials.filter(({ enough }) => enough === true).map((trial) => trial.rows),
    complete: trials.every(({ enough }) => enough !== null),
    trials,
  };
}
