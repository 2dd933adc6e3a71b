import { exactly, formatMs } from '../base/text';
import { aboutText, type ForeignSubject } from '../programs/subject';
import { faultRow, tables } from '../tables/tables';
import { type Drawing, type Fact, type Finding, messageText } from './finding';
import { storyFault } from './story';
import { placeText } from './trace';

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
  ticket?: string | undefined;
}

/** The run, as far as its faults are described by it. */
interface RoundsOf {
  rounds: number;
  plan: { scenario: string };
  subject?: ForeignSubject | undefined;
}

/** `crash in put (queue.c:8)`, as far as it is known. */
function titleOf({ kind, first }: RoundFault): string {
  const place = placeText(first);
  const where = [first.function, place && (first.function ? `(${place})` : place)];
  const known = where.filter((part) => part !== undefined && part !== '').join(' ');
  return `BUG: ${kind}${known === '' ? '' : ` in ${known}`}`;
}

/** Describe a fault of rounds; `drawing`: what the explorer found. */
export function describeRoundFault(
  fault: RoundFault,
  run: RoundsOf,
  drawing: Drawing | undefined,
  id = 'fault-1',
): Finding {
  const { kind, count, first, explored, ticket } = fault;
  const { scenario } = run.plan;
  const row = faultRow(kind);
  const says = tables.invariants.find(({ name }) => name === row?.invariant)?.says ?? '';
  const met = `round ${first.round.toLocaleString('en-US')}, after ${formatMs(first.atMs)}`;
  const facts: Fact[] = [
    [
      'met',
      `in ${count.toLocaleString('en-US')} of ${exactly(run.rounds, 'round')}; first in ${met}`,
    ],
  ];
  if (drawing) {
    const what = explored === undefined ? 'a fault of this kind' : `${explored}, which ends so`;
    facts.push(['explored', `below, the shortest way to ${what}`]);
  }
  const story = storyFault(kind, first);
  return {
    id,
    title: titleOf(fault),
    kind,
    scenario,
    where: run.subject ? aboutText(scenario, run.subject) : scenario,
    means: row?.means ?? '',
    breaks: row ? `${row.invariant}: ${says}` : '',
    message: messageText(story),
    place: story,
    facts,
    prevention: '',
    ticket,
    drawing,
  };
}
