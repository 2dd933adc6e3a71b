import { DmTortureError } from '../../base/errors';
import type { OutputOf } from '../../base/output-of';
import { explore } from '../../explore/explore';
import type { ExploredFault } from '../../explore/report';
import type { oopsFault } from '../../reports/documents/oops';
import { faultsBehind } from '../../tables/deaths';
import type { FaultKind } from '../../tables/tables';
import type { OopsPlan } from './plan';
import type { Death } from './report';

/** The fault of the model that a death is. */
export type OopsFault = OutputOf<typeof oopsFault>;

/** For each of the two searches: what they take is a second at most for a scenario of the table. */
const TIME = '10s';

/** Programs that the explorer refuses have no tickets; what else goes wrong is reported. */
function nothingToInterleave(error: unknown): { faults: ExploredFault[] } {
  if (error instanceof DmTortureError && error.code === 'ERR_OUT_OF_RANGE') return { faults: [] };
  throw error;
}

const isThere = (fault: ExploredFault, death: Death): boolean =>
  fault.function === death.function && fault.object === death.object && fault.field === death.field;

/** Of those that would do, the likeliest kind, and of these the one at the place of the death. */
function best(
  faults: readonly ExploredFault[],
  kinds: readonly FaultKind[],
  death: Death,
): OopsFault | undefined {
  const likeliest = kinds.flatMap((kind) => faults.filter((fault) => fault.kind === kind));
  const there = likeliest.find((fault) => fault.kind === kinds[0] && isThere(fault, death));
  const found = there ?? likeliest[0];
  return found && { ...found, samePlace: isThere(found, death) };
}

/**
 * Have the explorer look for what the process died of, in the same programs under the same patches.
 *
 * @param kind - What the core itself calls it, where it does.
 */
export async function findFault(
  { race, report, signal }: OopsPlan,
  death: Death,
  kind: FaultKind | undefined,
): Promise<OopsFault[]> {
  const kinds = faultsBehind(death.by, kind);
  // What a thread leaves behind when it goes on after a fault can be the cause of the death.
  for (const runOn of [false, true]) {
    if (signal?.aborted) break;
    const options = { patches: report.patches, allFaults: true, runOn, time: TIME, signal };
    const { faults } = await explore(race, options).catch(nothingToInterleave);
    const found = best(faults, kinds, death);
    if (found) return [found];
  }
  return [];
}
