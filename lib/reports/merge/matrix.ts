import { canonical } from '../../run/difference';
import { worstLimit } from '../../tables/limit';
import type { FaultKind } from '../../tables/tables';
import { cleanMasksOf, matrixVerdict } from '../matrix-cells';
import { weighPatches } from '../matrix-patches';
import type { MatrixDocument } from '../schemas';
import { differ, groupBy, sumOf } from './parts';

type Cell = MatrixDocument['cells'][number];

const keyOf = ({ mask, scenario }: { mask: number; scenario: string }): string =>
  `${mask} ${scenario}`;

/** Every cell once, masks outside, scenarios inside, as the plan has them. */
function mergeCells(documents: readonly MatrixDocument[], names: readonly string[]): Cell[] {
  const cells = new Map<string, { cell: Cell; name: string }>();
  for (const [i, document] of documents.entries()) {
    const name = names[i] ?? '';
    for (const cell of document.cells) {
      const other = cells.get(keyOf(cell));
      if (other && canonical(other.cell) !== canonical(cell)) {
        const [a, b] = [other.cell, cell].map(({ faults }) => faults.join(', ') || 'no fault');
        throw differ(
          `${other.name} and ${name} do not agree on ${cell.scenario} under mask ${cell.mask}: ` +
            `${a} in the one, ${b} in the other`,
        );
      }
      cells.set(keyOf(cell), { cell, name });
    }
  }
  const { masks = [], scenarios = [] } = documents[0]?.plan ?? {};
  return masks.flatMap((mask) =>
    scenarios.flatMap((scenario) => cells.get(keyOf({ mask, scenario }))?.cell ?? []),
  );
}

/** The cells of all documents, and what follows from them. */
export function mergeMatrix(
  documents: readonly MatrixDocument[],
  names: readonly string[],
): Partial<MatrixDocument> {
  const { masks = [], scenarios = [] } = documents[0]?.plan ?? {};
  const cells = mergeCells(documents, names);
  const whole = cells.length === masks.length * scenarios.length;
  const found = groupBy(
    documents.flatMap((document) => document.disagreements),
    (one) => canonical(one),
  );
  const place = new Map(cells.map((cell, i) => [keyOf(cell), i]));
  const disagreements = [...found.entries()]
    .map(([text, [one]]) => ({ text, one }))
    .sort(
      (a, b) =>
        (place.get(a.one ? keyOf(a.one) : '') ?? 0) - (place.get(b.one ? keyOf(b.one) : '') ?? 0) ||
        (a.text < b.text ? -1 : 1),
    )
    .flatMap(({ one }) => one ?? []);
  const complete = whole && cells.every(({ exhaustive }) => exhaustive);
  const sum = (name: 'executions' | 'states'): number =>
    sumOf(cells, (cell) => (typeof cell[name] === 'number' ? cell[name] : 0));
  return {
    verdict: matrixVerdict(disagreements, complete),
    complete,
    limit: worstLimit(documents.map(({ limit }) => limit)),
    cells,
    cleanMasks: cleanMasksOf(masks, scenarios.length, cells),
    executions: sum('executions'),
    states: sum('states'),
    disagreements,
    patches: weighPatches(cells.map((cell) => ({ ...cell, faults: cell.faults as FaultKind[] }))),
  };
}
