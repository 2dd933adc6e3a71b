import type { BuiltProgram } from '../own/built';
import type { ProgramPlan } from '../own/plan';
import { ownSubject, type ProgramReport } from '../own/report';
import { Journal } from '../run/journal';
import { restoreTraces } from '../story/drawing';
import { planAfter, runParts } from './parts';
import { checkExplored, foldUnits } from './units';

/** The report of one part of a search, without what all parts have in common. */
type ProgramPart = Omit<ProgramReport, 'tool' | 'version' | 'kind' | 'plan'>;

/** Searches one part. */
type SearchPart = (unit: number, plan: ProgramPlan) => Promise<ProgramReport>;

async function runAll(
  plan: ProgramPlan,
  built: BuiltProgram,
  search: SearchPart,
  journal: Journal | undefined,
): Promise<ProgramReport> {
  const { units, report, signal, program } = plan;
  const { parts, stopped } = await runParts<ProgramPart>({
    own: units.own,
    allFaults: report.allFaults,
    signal,
    journal,
    restore: (part) => restoreTraces({ ...part, plan: report }),
    run: async (unit, before) => {
      const made = await search(unit, planAfter(plan, before));
      const { tool, version, kind, plan: own, ...part } = made;
      return part;
    },
  });
  const threads = parts.reduce((most, { subject }) => Math.max(most, subject.threads), 0);
  const subject = ownSubject(built, program, threads);
  const folded = foldUnits({ report, units }, parts, stopped, subject);
  const advice = parts.find((part) => part.advice !== '')?.advice ?? '';
  return { ...folded, plan: report, estimate: null, advice } as unknown as ProgramReport;
}

/** A search in several parts, or with a journal: one report of all. */
export async function runProgramParts(
  plan: ProgramPlan,
  built: BuiltProgram,
  search: SearchPart,
): Promise<ProgramReport> {
  const { journal: file, report } = plan;
  const check = (_: number, content: unknown): void => {
    const common = { tool: 'dmtorture', kind: 'explore', plan: report };
    checkExplored({ version: '', ...(content as object), ...common });
  };
  // What was found of other contents says nothing of these.
  const contents = built.files.map(({ name, sha256 }) => `${name} ${sha256}`);
  const head = { kind: 'explore', plan: { ...report, contents } };
  const journal = file && (await Journal.open(file, head, { check }));
  try {
    return { ...(await runAll(plan, built, search, journal)), ...journal?.notes };
  } finally {
    await journal?.close();
  }
}
