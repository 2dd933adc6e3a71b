import { groupedBy, mapWithBreath } from '../base/bounds';
import { inert } from '../base/sinks/inert';
import type { MatrixDocument, ReportDocument } from '../reports/documents';
import { weighPatches } from '../reports/matrix-patches';
import type { FaultKind } from '../tables/tables';
import { diagramSvg } from './diagram-svg';
import { latencyPlots } from './latency';
import { draw, tooMany } from './plots/draw';
import { patchMapSketch } from './plots/matrix';
import { benchPlots, type Plot } from './plots/plots';
import type { Section } from './section';
import { sectionsOf } from './sections';

/** What every file system takes, and its ending. */
const NAME_MAX = 100;
const SCENARIOS_DRAWN = 250;

/** A picture, for a file of its own. */
export interface Picture {
  /** Of the file, without its ending. */
  name: string;
  /** What it shows. */
  title: string;
  /** The text of the file. */
  svg: string;
}

async function matrixPlots(document: MatrixDocument): Promise<Plot[]> {
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

async function plotsOf(report: ReportDocument): Promise<Plot[]> {
  if (report.kind === 'bench') return benchPlots(report);
  if (report.kind === 'stress') return latencyPlots(report);
  return report.kind === 'matrix' ? matrixPlots(report) : [];
}

async function picturesOf({ report, findings }: Section): Promise<Picture[]> {
  const diagrams = await mapWithBreath(findings, ({ id, kind, title, drawing }): Picture[] => {
    if (!drawing || drawing.trace.length === 0 || drawing.titles.length === 0) return [];
    return [{ name: `${id}-${kind}`, title, svg: diagramSvg(drawing, title) }];
  });
  return [...diagrams.flat(), ...(await plotsOf(report))];
}

/**
 * The pictures of reports: the diagram of each fault, the plots of benchmarks, latencies, and
 * which patches matter where.
 *
 * @param reports - Checked documents.
 * @returns A promise of SVG texts, each with a name that no other has.
 */
export async function toPictures(reports: readonly ReportDocument[]): Promise<Picture[]> {
  const pictures: Picture[] = [];
  for (const [i, section] of (await sectionsOf(reports)).entries()) {
    const prefix = reports.length > 1 ? `r${i + 1}-` : '';
    for (const { name, title, svg } of await picturesOf(section)) {
      const whole = name.startsWith(prefix) ? name : prefix + name;
      // A report may hold any text, and this becomes a file.
      const safe = whole.replace(/[^\w-]+/g, '_').slice(0, NAME_MAX);
      pictures.push({ name: safe, title, svg });
    }
  }
  return pictures;
}
