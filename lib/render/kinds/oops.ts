import { exactly, formatCount, formatMs } from '../../base/text';
import { aboutText, subjectOf } from '../../programs/subject';
import type { OopsDocument } from '../../reports/schemas';
import { titlesOf } from '../../story/drawing';
import { findingText, plainPen } from '../../story/fault-text';
import { describeFault, type Fact, type Finding } from '../../story/finding';
import { storyFault } from '../../story/story';
import { placeText, siteText, type TraceStep } from '../../story/trace';
import { isStuck } from '../../tables/tables';
import type { Section } from '../section';

type Death = NonNullable<OopsDocument['death']>;
type Frames = Death['trace'];

/** What a death is called where the explorer has no fault for it. */
const NAMELESS = 'oops';

const threadText = (cpu: number | null): string =>
  cpu === null ? 'the thread that prepares and ends rounds' : `cpu${cpu}`;

/** `dm_get+0x1c`. */
export const frameText = ({ function: name, offset }: Frames[number]): string =>
  `${name}+0x${offset.toString(16)}`;

/** `dm_get: atomic_inc(&md->holders), at native/core/dm/dm_refs.h:22`. */
function whereText(place: Pick<Death, 'function' | 'code' | 'file' | 'line'>): string {
  return [siteText(place), placeText(place)].filter(Boolean).join(', at ');
}

/** What the dying thread was doing. */
export function doingText({ cpu, op, minor, round, atMs }: Death): string {
  const doing = op === null ? '' : `, in ${op}${minor === null ? '' : ` on minor ${minor}`}`;
  return `${threadText(cpu)}${doing}; round ${formatCount(round)}, after ${formatMs(atMs)}`;
}

/** Which thread freed the memory; undefined: none did. */
export function freedText({ freed }: Death): string | undefined {
  if (!freed) return undefined;
  const place = whereText(freed);
  return `${threadText(freed.cpu)}${place === '' ? '' : `, in ${place}`}`;
}

/** What the report of a death says, as a kernel's says it: what was touched, where, by which thread, and which one freed it. */
export function deathFacts(death: Death): Fact[] {
  const calls = (frames: Frames): string => frames.map(frameText).join(' < ');
  const freed = freedText(death);
  return [
    ['oops', death.says],
    ['thread', doingText(death)],
    ['at', whereText(death)],
    ['trace', calls(death.trace)],
    ...(freed === undefined || !death.freed
      ? []
      : ([
          ['freed by', freed],
          ['freed trace', calls(death.freed.trace)],
        ] as const)),
    ['ended with', death.signal],
  ];
}

/** The fault of the model that a death is; `facts`: what is said of the death. */
export function describeOops(
  report: Pick<OopsDocument, 'plan' | 'subject' | 'faults'>,
  death: Death,
  facts: readonly Fact[],
): Finding {
  const { plan, faults } = report;
  const [fault] = faults;
  const found = { scenario: plan.scenario, where: aboutText(plan.scenario, subjectOf(report)) };
  if (!fault) {
    const none: Fact = ['model', 'the explorer has found no fault of the model for it'];
    const told = { ...death, kind: NAMELESS, site: siteText(death), message: death.says };
    return describeFault(told, { ...found, facts: [...facts, none], isRace: false });
  }
  const same = fault.samePlace
    ? 'the same fault, at the place where the process died'
    : 'the shortest way found to what the process died of, which it may have noticed later';
  const trace = fault.trace as readonly TraceStep[];
  const drawing = { titles: titlesOf(fault, plan), trace, fault: storyFault(fault.kind, fault) };
  return describeFault(fault, {
    ...found,
    facts: [...facts, ['model', same]],
    drawing,
    isRace: true,
  });
}

/** `sleep-in-atomic 1,200 times`: met, and no death. */
export const survivedText = ({ survived }: Pick<OopsDocument, 'survived'>): string =>
  survived.map(({ kind, count }) => `${kind} ${exactly(count, 'time')}`).join(', ');

/** What it met and did not die of: a machine goes on after it, or hangs. */
function aliveText(report: Pick<OopsDocument, 'survived'>): string {
  const { survived } = report;
  if (survived.length === 0) return '';
  const hangs = survived.some(({ kind }) => isStuck(kind));
  const met = ` It met what the model calls a fault, and no machine dies of: ${survivedText(report)}.`;
  return hangs ? `${met} In a deadlock a machine hangs; here the round is given up.` : met;
}

/** How it went, as a sentence or two. */
export function oopsSays(report: OopsDocument): string {
  const { death, rounds, complete, hung, durationMs } = report;
  const alive = aliveText(report);
  if (death) return `It died of ${death.says}.${alive}`;
  const lived = `${exactly(rounds, 'round')} in ${formatMs(durationMs)}`;
  if (hung) return `It neither died nor ended, and was killed: a hang, after ${lived}.${alive}`;
  if (!complete) return `Stopped before the end; it did not die in ${lived}.${alive}`;
  return `It did not die within ${lived}, which proves nothing.${alive}`;
}

/** The section of a run with real memory. */
export function oopsSection(report: OopsDocument): Section {
  const { plan, verdict, death, rounds, durationMs } = report;
  const findings = death
    ? [{ ...describeOops(report, death, deathFacts(death)), id: 'fault-1' }]
    : [];
  const [finding] = findings;
  const failed = finding && { title: finding.title, text: findingText(finding, plainPen) };
  return {
    report,
    title: `oops ${aboutText(plan.scenario, subjectOf(report))}`,
    verdict,
    word: death ? 'died' : verdict,
    says: oopsSays(report),
    evidence: [
      death
        ? 'seen on real threads, with real memory'
        : 'real threads and real memory: what takes a rare moment may not have come',
    ],
    figures: [
      ['rounds', formatCount(rounds)],
      ['threads', String(plan.threads)],
      ['time', formatMs(durationMs)],
      ['seed', String(plan.seed)],
    ],
    findings,
    checks: [{ group: `oops.${plan.scenario}`, name: 'does not die', ...(failed && { failed }) }],
  };
}
