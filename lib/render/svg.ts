import { mapWithBreath } from '../base/bounds';
import type { ReportDocument } from '../reports/documents';
import { diagramSvg } from './diagram-svg';
import { shownAs } from './kinds';
import type { Section } from './section';
import { sectionsOf } from './sections';

/** What every file system takes, and its ending. */
const NAME_MAX = 100;

/** A picture, for a file of its own. */
export interface Picture {
  /** Of the file, without its ending. */
  name: string;
  /** What it shows. */
  title: string;
  /** The text of the file. */
  svg: string;
}

async function picturesOf({ report, findings }: Section): Promise<Picture[]> {
  const diagrams = await mapWithBreath(findings, ({ id, kind, title, drawing }): Picture[] => {
    if (!drawing || drawing.trace.length === 0 || drawing.titles.length === 0) return [];
    return [{ name: `${id}-${kind}`, title, svg: diagramSvg(drawing, title) }];
  });
  return [...diagrams.flat(), ...(await shownAs(report).plots(report))];
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
