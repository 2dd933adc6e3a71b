import { exactly, formatMs, grouped } from '../base/text';
import { aboutText, type ForeignSubject } from '../programs/subject';
import { ownAdvice, ownMeans } from '../tables/own-faults';
import { type Drawing, type Fact, type Finding, lineText } from './finding';
import { endOf, type StoryFault, storyFault } from './story';
import type { TraceStep } from './trace';

/** What is known of a fault that rounds of a program on real threads showed. */
export interface RoundFault {
  kind: string;
  count: number;
  first: {
    atMs: number;
    round: number;
    seed: number;
    site: string;
    message: string;
    function: string;
    file: string | null;
    line: number | null;
  };
  /** The kind that the explorer found, where it is another. */
  explored?: string | undefined;
  /** What the explorer found. */
  found?: (Partial<StoryFault> & { kind: string }) | undefined;
  ticket?: string | undefined;
  titles?: readonly string[] | undefined;
  trace?: readonly object[] | undefined;
}

/** The run, as far as its faults are described by it. */
interface RoundsOf {
  rounds: number;
  plan: { scenario: string };
  subject?: ForeignSubject | undefined;
}

/** The line to search logs for: `BUG: crash in put`, as far as it is known. */
const titleOf = ({ kind, first }: RoundFault): string =>
  first.function === '' ? `BUG: ${kind}` : `BUG: ${kind} in ${first.function}`;

/** The explorer's trace, and how it ends in the explorer's words. */
function drawingOf({ kind, found, titles = [], trace }: RoundFault): Drawing | undefined {
  if (!trace || titles.length === 0) return undefined;
  const steps = trace as readonly TraceStep[];
  return { titles, trace: steps, fault: found ? endOf({ kind, found }) : null };
}

/** Describe a fault of rounds, with what the explorer found. */
export function describeRoundFault(fault: RoundFault, run: RoundsOf, id = 'fault-1'): Finding {
  const drawing = drawingOf(fault);
  const { kind, count, first, explored, ticket } = fault;
  const { scenario } = run.plan;
  const met = `round ${grouped(first.round)}, after ${formatMs(first.atMs)}`;
  const facts: Fact[] = [
    ['met', `in ${grouped(count)} of ${exactly(run.rounds, 'round')}; first in ${met}`],
  ];
  if (drawing) {
    const what = explored === undefined ? 'a fault of this kind' : `${explored}, which ends so`;
    facts.push(['explored', `below, the shortest way found to ${what}`]);
  }
  const story = storyFault(kind, first);
  const place = lineText(first);
  const about = run.subject ? aboutText(scenario, run.subject) : scenario;
  return {
    id,
    title: titleOf(fault),
    kind,
    scenario,
    where: place === '' ? about : place,
    means: ownMeans(kind),
    breaks: '',
    message: first.message,
    place: story,
    facts,
    prevention: '',
    advice: ownAdvice(kind),
    ticket,
    drawing,
    excerpts: [],
  };
}
