import { append, memberOf } from '../base/bounds';
import { callText, exactly, formatCount, formatMs, grouped } from '../base/text';
import {
  aboutText,
  type ForeignSubject,
  isOwnSubject,
  sizeText,
  subjectOf,
} from '../programs/subject';
import { isWeak, memoryCalled } from '../tables/memory';
import { faultRow, tables } from '../tables/tables';
import { titlesOf } from './drawing';
import { stormFacts } from './storm-note';
import { bugTitle, type StoryFault, storyFault } from './story';
import { type Place, placeText, siteText, type TraceStep } from './trace';
import { optionsOf, optionText, weakFacts } from './weak';

/**
 * The description of a fault, as data. Terminal, matchers, page, JUnit, Markdown and annotations
 * print what stands here, so that they use the same words.
 */

/** What a diagram is drawn of. */
export interface Drawing {
  /** What each thread does, cpu1's first; empty where nobody knows. */
  titles: readonly string[];
  trace: readonly TraceStep[];
  fault: StoryFault | null;
}

/** A label and a text. */
export type Fact = readonly [label: string, text: string];

/** A fault, as every kind of report describes it. */
export interface Finding {
  /** To point at it: `fault-3`, unique in a report. */
  id: string;
  /** What to search logs for: `BUG: use-after-free in dm_get / free_dev`. */
  title: string;
  kind: string;
  /** Of what was run. */
  scenario: string;
  /** The scenario, and what is under test; empty where that is not known. */
  where: string;
  /** What this kind means; empty where this version does not know it. */
  means: string;
  /** What it broke. */
  breaks: string;
  /** Where, and what happened. */
  message: string;
  /** Where in the sources. */
  place: Pick<Place, 'file' | 'line'>;
  facts: Fact[];
  /** The patches that prevent it, in words; empty where none is known. */
  prevention: string;
  /** What usually helps against its kind; empty where nothing does, or it is prevented by patches. */
  advice: string;
  ticket: string | undefined;
  drawing: Drawing | undefined;
  /** Of own C: the sources around its places. */
  excerpts: readonly Excerpt[];
}

/** A piece of a source. */
export interface Excerpt {
  file: string;
  /** Number of the first line. */
  first: number;
  lines: readonly string[];
  /** Numbers of lines in which something happens. */
  marked: readonly number[];
}

/** A fault as reports of any kind and version have it; what is absent is not known. */
export interface AnyFault extends Partial<Omit<StoryFault, 'kind'>> {
  kind: string;
  preventedBy?: readonly string[];
  /** The smallest set of them that is enough. */
  fixedBy?: readonly string[] | undefined;
  ticket?: string | undefined;
  /** Of own C: see the documents of reports. */
  means?: string | undefined;
  other?: Place | null | undefined;
  variable?: string | null | undefined;
  block?: string | null | undefined;
  heap?: unknown;
  waits?: readonly Waiting[] | undefined;
  excerpts?: readonly Excerpt[] | undefined;
  advice?: string | undefined;
}

/** What a thread waits for. */
type Waiting = Place & { cpu: number; what: string; on: string | null };

/** What a fault was found in, and what is known of it there. */
interface Found {
  id?: string;
  scenario?: string;
  where: string;
  facts: Fact[];
  drawing?: Drawing | undefined;
  /** Another thread had a part in it, so that the title names both. */
  isRace: boolean;
}

interface Plan {
  scenario?: string;
  patches?: ForeignSubject['patches'];
  program?: string | undefined;
}

/** What a fault takes, in words. */
const HOW_SAYS: Record<string, string> = {
  race: 'a race',
  always: 'a rule broken on every way through, no race needed',
  sequential: 'shows when one thing is done after the other',
};

/** What a kind of fault means, and what it breaks, as far as this version knows it. */
function meaningOf(kind: string): { means: string; breaks: string } {
  const row = faultRow(kind);
  if (!row) return { means: '', breaks: '' };
  const says = tables.invariants.find(({ name }) => name === row.invariant)?.says ?? '';
  return { means: row.means, breaks: `${row.invariant}: ${says}` };
}

/** `04 spinlock: _minor_lock becomes ...`; of several their names. */
function preventionText(numbers: readonly string[], together: boolean): string {
  const rows = tables.patches.filter(({ no }) => numbers.includes(no));
  const [only] = rows;
  if (!only) return '';
  if (rows.length === 1) return `${only.no} ${only.slug}: ${only.changes}`;
  const names = rows.map(({ no, slug }) => `${no} ${slug}`);
  return together ? `${names.join(' + ')}, together; fewer are not enough` : names.join(', ');
}

/** Where, and what happened: a message that begins with the access says it once. */
export function messageText(fault: StoryFault | null): string {
  if (!fault) return '';
  const { site, message, code, ...place } = fault;
  const isSaid = code !== '' && message.startsWith(code);
  if (isSaid) return siteText({ function: place.function, code: message });
  return [site, message].filter((part) => part !== '').join(': ');
}

/** `1 preemption`, `no preemption`; the smallest number where that was proved. */
function preemptionText(count: number, minimal: boolean | undefined): string {
  const text = count === 0 ? 'no preemption' : `${count} preemption${count === 1 ? '' : 's'}`;
  if (minimal === undefined || count === 0) return text;
  return minimal ? `${text}, provably the fewest` : `${text}, perhaps not the fewest`;
}

/** The one description of a fault. */
export function describeFault(told: AnyFault, found: Found): Finding {
  const { kind, preventedBy = [], fixedBy, ticket } = told;
  const { id = 'fault-1', scenario = '', where, facts, drawing, isRace } = found;
  const story = storyFault(kind, told);
  const shown = drawing?.fault?.kind === kind ? drawing.fault : story;
  return {
    id,
    title: bugTitle(shown, drawing?.trace ?? [], isRace, told.other),
    kind,
    scenario,
    where,
    ...meaningOf(kind),
    message: messageText(story),
    place: story,
    facts,
    prevention: preventionText(fixedBy ?? preventedBy, fixedBy !== undefined),
    advice: told.advice ?? '',
    ticket,
    drawing,
    excerpts: told.excerpts ?? [],
  };
}

/** `queue.c:31, in pop()`; empty where it is not known. */
export function lineText(place: Pick<Place, 'file' | 'line' | 'function'>): string {
  return [placeText(place) ?? '', place.function === '' ? '' : `in ${callText(place.function)}`]
    .filter((part) => part !== '')
    .join(', ');
}

/** `cpu1 for a mutex, lock_a, at queue.c:12`. */
function waitText({ cpu, what, on, ...place }: Waiting): string {
  const at = placeText(place);
  const named = on === null ? what : `${what}, ${on}`;
  return `thread ${cpu} for ${named}${at === undefined ? '' : `, at ${at}`}`;
}

/** What is known of a fault of own C beside what all have. */
function ownFacts({ kind, other, variable, block, heap, waits = [] }: AnyFault): Fact[] {
  const facts: Fact[] = [
    [faultRow(kind)?.madeBy === 'free' ? 'freed' : 'other access', other ? lineText(other) : ''],
    ['memory', block ?? variable ?? ''],
    ['heap', heap === 'reuse' ? 'the block that was freed last is given first' : ''],
    ['waiting', waits.map(waitText).join('; ')],
  ];
  return facts.filter(([, text]) => text !== '');
}

/** A fault of own C: its meaning is in its report, and where it is are lines of the user's. */
export function asOwn(finding: Finding, told: AnyFault): Finding {
  const where = lineText({ file: null, line: null, function: '', ...told });
  return {
    ...finding,
    means: told.means ?? '',
    breaks: '',
    where: where === '' ? finding.where : where,
    message: told.message ?? '',
    facts: [...ownFacts(told), ...finding.facts],
  };
}

/** A fault of an exploration. */
interface SearchedFault extends AnyFault {
  preemptions: number;
  steps: number;
  minimal: boolean;
  how: string;
  count: number;
  executionsToFirst: number;
  titles?: readonly string[] | undefined;
  trace: readonly object[];
}

/** The exploration, as far as its faults are described by it. */
interface Search {
  scenario: string;
  evidence: string;
  plan: Plan & { minimise?: unknown };
  subject?: ForeignSubject | undefined;
}

/** Describe a fault of an exploration. */
export function describeSearched(fault: SearchedFault, search: Search, id?: string): Finding {
  const { preemptions, steps, minimal, how, count, executionsToFirst } = fault;
  const { scenario, plan, evidence } = search;
  const seen = count === 1 ? 'seen once' : `seen in ${formatCount(count)} executions`;
  const fewest = preemptionText(preemptions, plan.minimise === false ? undefined : minimal);
  const trace = fault.trace as readonly TraceStep[];
  const options = optionsOf(trace);
  const cause = options > 0 ? optionText(options) : (memberOf(HOW_SAYS, how) ?? how);
  const subject = subjectOf(search);
  const finding = describeFault(fault, {
    ...(id !== undefined && { id }),
    scenario,
    where: aboutText(scenario, subject),
    facts: [
      ['evidence', evidence],
      ['found', `first in execution ${grouped(executionsToFirst)}, ${seen}`],
      ['schedule', `${exactly(steps, 'step')}, ${fewest} (${cause})`],
      ...weakFacts(trace),
    ],
    drawing: {
      titles: titlesOf(fault, plan),
      trace,
      fault: storyFault(fault.kind, fault),
    },
    isRace: preemptions > 0 || options > 0,
  });
  return isOwnSubject(subject) ? asOwn(finding, fault) : finding;
}

/** A fault of a lock. */
interface VerifiedFault extends AnyFault {
  lock: string;
  memory: string;
  threads: number;
  rounds: number;
  options: number;
  preemptions: number;
  steps: number;
  minimal: boolean;
  titles: readonly string[];
  trace: readonly object[];
}

/** An order that a source does not have. */
interface Weakened {
  site: string;
  order: string;
  weaker: string;
}

/** Describe a fault of a lock; `weakened`: of one whose orders are not those of its source. */
export function describeVerified(fault: VerifiedFault, id?: string, weakened?: Weakened): Finding {
  const { lock, memory, preemptions, steps, minimal, options } = fault;
  const fewest = preemptionText(preemptions, minimal || undefined);
  const weaker: Fact[] = weakened
    ? [['weakened', `${weakened.weaker} in place of ${weakened.order} at ${weakened.site}`]]
    : [];
  const finding = describeFault(fault, {
    ...(id !== undefined && { id }),
    scenario: lock,
    where: `${lock}, ${sizeText(fault)}`,
    facts: [
      ...weaker,
      ['model', memoryCalled(memory)],
      ['schedule', `${exactly(steps, 'step')}, ${fewest}, ${optionText(options)}`],
      ...weakFacts(fault.trace as readonly TraceStep[]),
    ],
    drawing: {
      titles: fault.titles,
      trace: fault.trace as readonly TraceStep[],
      fault: storyFault(fault.kind, fault),
    },
    isRace: preemptions > 0 || options > 0,
  });
  // Invariants are of the device mapper.
  return { ...finding, means: fault.means ?? '', breaks: '' };
}

/** A replayed ticket, as far as its fault is described by it. */
interface Replayed {
  plan: Plan & { scenario: string };
  subject?: ForeignSubject | undefined;
  memory?: string | undefined;
  ticket: string;
  titles?: readonly string[] | undefined;
  trace: readonly object[];
}

/** Describe the fault that a ticket led to. */
export function describeReplayed(
  fault: AnyFault & { preemptions: number; steps: number },
  replayed: Replayed,
): Finding {
  const { plan, ticket, trace } = replayed;
  const { preemptions, steps } = fault;
  const schedule = `${exactly(steps, 'step')}, ${preemptionText(preemptions, undefined)}`;
  const subject = subjectOf(replayed);
  const finding = describeFault(
    { ...fault, ticket },
    {
      scenario: plan.scenario,
      where: aboutText(plan.scenario, subject),
      facts: [
        ...(isWeak(replayed.memory) ? [['model', memoryCalled(replayed.memory)] as const] : []),
        ['schedule', schedule],
        ...weakFacts(trace as readonly TraceStep[]),
      ],
      drawing: {
        titles: titlesOf(replayed, plan),
        trace: trace as readonly TraceStep[],
        fault: storyFault(fault.kind, fault),
      },
      isRace: preemptions > 0,
    },
  );
  return isOwnSubject(subject) ? asOwn(finding, fault) : finding;
}

/** Where free-running threads met a fault. */
export interface Meeting {
  atMs: number;
  cpu: number;
  op: string | null;
  minor: number | null;
}

/** `in open on minor 3, cpu2`. */
export function meetingText({ op, minor, cpu }: Omit<Meeting, 'atMs'>): string {
  const on = minor === null ? '' : ` on minor ${minor}`;
  return op === null ? `at the end of a world${on}` : `in ${op}${on}, cpu${cpu}`;
}

/** A fault that free-running threads met. */
interface MetFault extends Omit<AnyFault, 'site' | 'message'> {
  count: number;
  first: Meeting & Partial<StoryFault>;
}

/** A run on real threads, as far as its faults are described by it. */
interface MetIn {
  plan: Plan & { scenario: string };
  subject?: ForeignSubject | undefined;
}

/** Describe a fault that free-running threads met; `drawing`: the shortest way to its kind. */
export function describeMet(
  fault: MetFault,
  run: MetIn,
  drawing: Drawing | undefined,
  id?: string,
): Finding {
  const { first, count, kind } = fault;
  const met = `${meetingText(first)}, after ${formatMs(first.atMs)}`;
  const facts: Fact[] = [
    ['met', count === 1 ? `once: ${met}` : `${exactly(count, 'time')}; first ${met}`],
  ];
  if (drawing) facts.push(['explored', 'below, the shortest way found to a fault of this kind']);
  const { scenario } = run.plan;
  append(facts, stormFacts(kind, run.plan));
  const found = { scenario, where: aboutText(scenario, subjectOf(run)), facts };
  return describeFault(
    { ...fault, ...first, kind },
    { ...(id !== undefined && { id }), ...found, drawing, isRace: true },
  );
}
