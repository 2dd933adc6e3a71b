import { groupedBy, mapWithBreath } from '../../base/bounds';
import { inert } from '../../base/sinks/inert';
import { weighPatches } from '../../reports/matrix-patches';
import type { MatrixDocument } from '../../reports/schemas';
import type { FaultKind } from '../../tables/tables';
import { draw, type Plot, tooMany } from './draw';
import { patchMapSketch } from './matrix';

const SCENARIOS_DRAWN = 250;

/** Which patches matter where. */
export async function matrixPlots(document: MatrixDocument): Promise<Plot[]> {
  const { plan, cells } = inert(document);
  const { length } = plan.scenarios;
  if (length > SCENARIOS_DRAWN) {
    return [tooMany('patches-by-scenario', length, 'scenarios', SCENARIOS_DRAWN)];
  }
  const known = cells.map((cell) => ({ ...cell, faults: cell.faults as FaultKind[] }));
  const cellsOf = groupedBy<(typeof known)[number]>(known, ({ scenario }) => scenario);
  const weighed = await mapWithBreath(plan.scenarios, (scenario) =>
    weighPatches(cellsOf(scenario)).map(({ no, slug, contexts, of }) => ({
      patch: `${no} ${slug}`,
      scenario,
      contexts,
      of,
    })),
  );
  const weights = weighed.flat();
  const patches = [...new Set(weights.map(({ patch }) => patch))];
  return draw([patchMapSketch(weights, patches, plan.scenarios)]);
}
