import type { Disagreement, MatrixCell, MatrixPlanReport, MatrixReport } from '../matrix';
import { type MatrixPatch, type PatchEffect, weighPatches } from '../matrix-patches';
import { patches } from '../patches';
import type { Inert } from '../sinks/inert';
import { type FaultKind, tables } from '../tables';
import { formatCount, formatMs, plural, splitTexts } from './format';
import { type Column, renderTable, wrapText } from './table';
import type { Terminal } from './terminal';

/** It is there or not by 03 and 04 alone, and nothing comes after it. */
const HIDER: FaultKind = 'sleep-in-atomic';
/** Lines of prose, also where there is no edge. */
const PROSE_WIDTH = 96;
const CLEAN_SHOWN = 8;
const DISAGREEMENTS_SHOWN = 10;

/** What is explored, in a line. */
export function describeMatrixPlan(plan: MatrixPlanReport): string {
  return [
    `matrix of ${plural(plan.masks.length, 'subset')} x ${plural(plan.scenarios.length, 'scenario')}`,
    `follow-ups ${patches.format(plan.patches)}`,
    plural(plan.threads, 'thread'),
    ...splitTexts(plan),
    `seed ${plan.seed}`,
  ].join(', ');
}

/** The matrix for people: scenarios, patches, clean subsets, and the verdict. */
export function renderMatrix(
  report: Inert<MatrixReport>,
  quiet: boolean,
  terminal: Terminal,
): string {
  const sections = quiet ? [] : [scenarioTable(report, terminal), patchTable(report, terminal)];
  if (report.disagreements.length > 0) sections.push(disagreementText(report, terminal));
  sections.push(verdictText(report, terminal));
  return sections.join('\n');
}

function scenarioTable({ plan, cells }: MatrixReport, terminal: Terminal): string {
  const columns: Column[] = [
    { title: 'scenario' },
    { title: 'subsets that fault', align: 'right' },
    { title: 'of', align: 'right' },
    { title: 'faults, and under how many subsets', wrap: true },
  ];
  const rows = plan.scenarios.map((name) => {
    const own = cells.filter(({ scenario }) => scenario === name);
    const faulty = own.filter(({ faults }) => faults.length > 0);
    const counts = new Map<string, number>();
    for (const kind of faulty.flatMap(({ faults }) => faults)) {
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    const kinds = [...counts].sort((a, b) => b[1] - a[1]).map(([kind, n]) => `${kind} ${n}`);
    return [name, String(faulty.length), String(own.length), kinds.join(', ') || 'none'];
  });
  return renderTable(columns, rows, { width: terminal.width(), heading: terminal.out.bold });
}

function patchTable(report: MatrixReport, terminal: Terminal): string {
  const { out } = terminal;
  const columns: Column[] = [
    { title: 'patch', paint: out.bold },
    { title: 'matters in', align: 'right' },
    { title: 'fixes', wrap: true },
    {
      title: 'breaks',
      wrap: true,
      paint: (piece, cell) => (cell === '-' ? piece : out.red(piece)),
    },
  ];
  const revealed = weighPatches(reveal(report.cells));
  const rows = report.patches.map((patch, i) => [
    `${patch.no} ${patch.slug}`,
    `${patch.contexts} of ${patch.of}`,
    effectsText(revealed[i]?.fixes ?? [], patch),
    effectsText(revealed[i]?.breaks ?? [], patch),
  ]);
  const table = renderTable(columns, rows, { width: terminal.width(), heading: out.bold });
  const legend =
    'A context is a subset of the other patches. A number: contexts in which the fault goes, or ' +
    `comes, with the patch; +02 -01: all of them have 02, and none has 01. Where ${HIDER} ends ` +
    'a create, what it hides is counted as there.';
  const width = Math.min(terminal.width(), PROSE_WIDTH);
  return `${table}${wrapText(legend, width).map(out.dim).join('\n')}\n`;
}

/**
 * What lies under a fault that ends every create: the same subset shows it with the patch that
 * prevents that fault.
 */
function reveal(cells: readonly MatrixCell[]): MatrixCell[] {
  const [awake = 0] = patches
    .rows(tables.faults.find(({ slug }) => slug === HIDER)?.preventedBy ?? 0)
    .map(({ bit }) => 1 << bit);
  const byKey = new Map(cells.map((cell) => [`${cell.mask} ${cell.scenario}`, cell.faults]));
  return cells.map((cell) => {
    if (!cell.faults.includes(HIDER)) return cell;
    const below = byKey.get(`${cell.mask | awake} ${cell.scenario}`) ?? [];
    return { ...cell, faults: [...cell.faults, ...below] };
  });
}

/** Effects, the most frequent first. */
function effectsText(effects: readonly PatchEffect[], { of }: MatrixPatch): string {
  const texts = effects
    .toSorted((a, b) => b.contexts - a.contexts)
    .map(({ kind, contexts, with: has, without }) => {
      if (contexts === of) return `${kind} always`;
      const only = [...has.map((no) => `+${no}`), ...without.map((no) => `-${no}`)];
      return [kind, contexts, ...only].join(' ');
    });
  return texts.join(', ') || '-';
}

function disagreementText({ disagreements }: MatrixReport, { out, width }: Terminal): string {
  const lines = disagreements.slice(0, DISAGREEMENTS_SHOWN).map(sayDisagreement);
  const more = disagreements.length - lines.length;
  if (more > 0) lines.push(`and ${more} more; --json has them all`);
  const head = out.red(`${plural(disagreements.length, 'cell')} not as its scenario expects:`);
  return `${[head, ...lines.flatMap((line) => wrapText(`  ${line}`, width()))].join('\n')}\n`;
}

function sayDisagreement({ scenario, mask, kind, reachable }: Disagreement): string {
  const under = `${scenario} under ${patches.format(mask)} (mask ${mask})`;
  return `${under}: ${kind} ${reachable ? 'can be reached' : 'cannot be reached'}`;
}

/** Which subsets are clean, by the names of the patches that are left out. */
function cleanText({ cleanMasks, plan, complete }: MatrixReport): string {
  const { length } = cleanMasks;
  const known = complete ? '' : 'known to be ';
  if (length === 0) return `none of ${plan.masks.length} subsets is ${known}clean`;
  const names = cleanMasks.slice(0, CLEAN_SHOWN).map((mask) => `${patches.format(mask)} (${mask})`);
  const more = length > names.length ? `, and ${length - names.length} more` : '';
  return `${length} of ${plan.masks.length} subsets ${known}clean: ${names.join(', ')}${more}`;
}

function verdictText(report: MatrixReport, { out, width }: Terminal): string {
  const { verdict, disagreements, cells, executions, states, durationMs } = report;
  const words = {
    clean: out.green('as expected'),
    fault: out.red('NOT AS EXPECTED'),
    unfinished: out.yellow('unfinished'),
  };
  const exhausted = cells.filter(({ exhaustive }) => exhaustive).length;
  const looked =
    exhausted === cells.length
      ? `${cells.length.toLocaleString('en-US')} cells exhausted under sequential consistency`
      : `${exhausted} of ${cells.length} cells exhausted`;
  const text = [
    `${words[verdict]}: ${cleanText(report)}`,
    looked,
    plural(disagreements.length, 'disagreement'),
    `${plural(executions, 'execution')}, ${formatCount(states)} states, ${formatMs(durationMs)}`,
    describeMatrixPlan(report.plan),
  ].join('; ');
  return `${wrapText(text, width()).join('\n')}\n`;
}
