import type { Inert } from '../../base/sinks/inert';
import { aboutText, subjectOfPlan } from '../../programs/subject';
import { deathFacts, describeOops, frameText, oopsSays } from '../../render/kinds/oops';
import type { OopsDocument } from '../../reports/schemas';
import { labelled } from '../../story/fault-text';
import type { OopsPlanReport } from '../../stress/oops/plan';
import type { OopsReport } from '../../stress/oops/report';
import { findingText } from '../terminal/fault-story';
import { durationOption, plural } from '../terminal/format';
import { wrapText } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';

/** Wide enough for what is longest: `ended with`. */
const INDENT = ' '.repeat(16);

/** What runs, in a line: it says everything needed to run it again. */
export function describeOopsPlan(plan: OopsPlanReport): string {
  const { scenario, threads, timeMs, perturb, seed } = plan;
  return [
    `oops ${aboutText(scenario, subjectOfPlan(plan))}`,
    plural(threads, 'thread'),
    timeMs > 0 ? `for ${durationOption(timeMs)} at most` : 'until it dies',
    `perturb ${perturb}`,
    `seed ${seed}`,
  ].join(', ');
}

type Death = NonNullable<OopsDocument['death']>;

/** A call trace has a line for each function. */
function traceLines(label: string, frames: Death['trace']): string[] {
  const [first = '', ...rest] = frames.map(frameText);
  if (first === '') return [];
  return [
    `  ${label.padEnd(INDENT.length - 2)}${first}`,
    ...rest.map((text) => `${INDENT}${text}`),
  ];
}

/** The death, as a kernel would report it. */
function deathText(death: Death, { out, width }: Terminal): string {
  const lines = deathFacts(death).flatMap(([label, text]) => {
    if (label === 'oops') return wrapText(`${out.red('Oops')}: ${text}`, width());
    if (label === 'trace') return traceLines('call trace', death.trace);
    if (label === 'freed trace') return traceLines('', death.freed?.trace ?? []);
    return [labelled(label, text, { width: width() })];
  });
  return `${lines.join('\n')}\n`;
}

/** The report for people: the death, the fault of the model that it is, and the verdict. */
export function renderOops(report: Inert<OopsReport>, quiet: boolean, terminal: Terminal): string {
  const { out, width } = terminal;
  const document = report as unknown as OopsDocument;
  const { death, verdict, plan } = document;
  const word = {
    clean: out.green('clean'),
    fault: out.red('FAULT'),
    unfinished: out.yellow('unfinished'),
  };
  const says = `${word[verdict]}: ${oopsSays(document)}`;
  const about = describeOopsPlan(report.plan as OopsPlanReport);
  const last = `${wrapText(`${says} ${about}.`, width()).join('\n')}\n`;
  if (!death || quiet) return last;
  const finding = describeOops(
    { plan, subject: document.subject, faults: document.faults },
    death,
    [],
  );
  return [deathText(death, terminal), findingText(finding, terminal), last].join('\n');
}
