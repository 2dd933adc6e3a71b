import { inspect } from 'node:util';
import { wrapText } from '../base/wrap';
import type { ReplayReport } from '../explore/replay';
import type { ExploreReport } from '../explore/report';
import { LOOPS } from '../own/evidence';
import type { ProgramReport } from '../own/report';
import { leftText } from '../programs/ends';
import { aboutText, subjectOf } from '../programs/subject';
import { findingText, labelled, plainPen } from '../story/fault-text';
import { describeReplayed, describeSearched } from '../story/finding';

/** `expect('open during the last put').not.toBeRaceFree({ patches: 'all' })`. */
export function callText(
  what: string,
  matcher: string,
  given: readonly unknown[],
  context: { isNot?: boolean; asks?: string } | undefined,
): string {
  const options = given.filter((one) => one !== undefined && inspect(one) !== '{}');
  const texts = options.map((one) => inspect(one, { depth: 1, breakLength: Infinity }));
  if (context?.asks) return `${context.asks}(${[inspect(what), ...texts].join(', ')})`;
  const list = texts.join(', ');
  return `expect(${inspect(what)})${context?.isNot ? '.not' : ''}.${matcher}(${list})`;
}

/** `use-after-free or double-free`. */
export function listText(words: readonly string[], last: string): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}

/** Of races, or of own C. */
type AnyReport = ExploreReport | ProgramReport;

function storyTexts(faults: AnyReport['faults'], report: AnyReport): string[] {
  return faults.map((fault) => findingText(describeSearched(fault, report), plainPen).trimEnd());
}

/** What was found: the diagram of each fault, what prevents it, and how to see it again. */
export function foundText(call: string, faults: AnyReport['faults'], report: AnyReport): string {
  return [call, ...storyTexts(faults, report)].join('\n\n');
}

/** What a test can do about a search that did not come to its end; a report says what a command can. */
function inconclusiveText(report: AnyReport): string {
  const isOwn = 'advice' in report;
  const loops = isOwn && report.advice.startsWith(LOOPS) ? ` ${LOOPS}` : '';
  const more = isOwn
    ? 'Make the program smaller (fewer threads, fewer rounds of a loop), give it more'
    : 'Give it more';
  return (
    `The search did not come to its end, which proves nothing either way.${loops} ${more} \`time\` ` +
    '(and the test, too), or take what it saw with `exhaustive: false`.'
  );
}

/** What was not found, where and how far it was looked, and what there was. */
export function lookedText(
  call: string,
  what: string,
  report: AnyReport,
  conclusive: boolean,
): string {
  const others = storyTexts(report.faults, report);
  const where = aboutText(report.scenario, subjectOf(report));
  const lines = [
    others.length > 0 ? `${what}, but:` : what,
    labelled('where', where, plainPen),
    labelled('evidence', report.evidence, plainPen),
    ...report.outcomes.map(({ results, grade, final }) =>
      labelled('outcome', `${results} (${final ? `${leftText(final)}, ` : ''}${grade})`, plainPen),
    ),
  ];
  const parts = [call, lines.join('\n')];
  if (!conclusive) parts.push(wrapText(inconclusiveText(report), plainPen.width).join('\n'));
  return [...parts, ...others].join('\n\n');
}

/** What a ticket's schedule leads to. `wanted`: the kind that was asked for. */
export function replayText(call: string, report: ReplayReport, wanted: string | undefined): string {
  const { fault, expected, reproduced, plan } = report;
  const came = fault?.kind ?? 'no fault';
  const verdict = reproduced
    ? `reproduced: ${came}${wanted === undefined || wanted === came ? '' : `, and not ${wanted}`}`
    : `NOT REPRODUCED: the ticket is about ${expected ?? 'no fault'}, and its schedule leads to ${came}`;
  const where = aboutText(plan.scenario, report.subject);
  if (!fault) return [call, '', verdict, labelled('where', where, plainPen)].join('\n');
  const story = findingText(describeReplayed(fault, report), plainPen);
  return [call, verdict, story.trimEnd()].join('\n\n');
}
