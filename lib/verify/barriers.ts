import fs from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../base/version';
import type { AtomicOrder, OrderedExploration, ReplacedOrder } from '../explore/program-orders';
import { callsOfAtomics } from '../own/atomics';
import type { HostOrder, OrderedKind } from '../own/protocol';
import { symbolsOf } from '../own/symbols';
import type { Barrier, RelaxedOrders } from './report';
import {
  describeFaults,
  inPool,
  type LockVerificationAt,
  type RowOptions,
  type SitesOfRow,
  verifyOne,
} from './rows';
import type { LockSize } from './sizes';

/*
 * The memory orders of a user's lock, one step weaker each: the host has another order stand in the
 * place of the one that a call asks for. A site is such a call. Those that no execution comes to are
 * known by the calls in the object, and their orders are not.
 */

/** An atomic of a lock. */
interface OrderedSite {
  at: string;
  function: string;
  file: string | null;
  line: number | null;
  /** Undefined: no execution came to it. */
  met: HostOrder | undefined;
}

const NOT_THE_LOCK = path.join(packageRoot, 'include', 'dmtorture', 'verify.c');

/** The atomics of the lock, without those of what takes it and of the system's headers. */
async function sitesOf(
  { built }: OrderedExploration,
  orders: readonly HostOrder[],
): Promise<{ sites: OrderedSite[]; areAllKnown: boolean }> {
  const calls = await callsOfAtomics(built);
  const met = new Map(orders.map((one) => [one.at, one]));
  const offsets = [...new Set([...(calls ?? []), ...met.keys()])];
  const places = await symbolsOf(built.object).places(offsets);
  const sites = offsets.flatMap((at) => {
    const place = places.get(at) ?? { function: '', file: null, line: null };
    const isLock = place.file !== null && path.resolve(place.file) !== NOT_THE_LOCK;
    return isLock || met.has(at) ? [{ at, ...place, met: met.get(at) }] : [];
  });
  const inOrder = (one: OrderedSite): number => Number.parseInt(one.at, 16);
  sites.sort((a, b) => inOrder(a) - inOrder(b));
  return { sites, areAllKnown: calls !== null };
}

/** How many atomics of a lock a row came to, of how many. */
export async function sitesOfRow(explored: OrderedExploration): Promise<SitesOfRow> {
  const { sites, areAllKnown } = await sitesOf(explored, explored.orders);
  const reached = sites.filter(({ met }) => met !== undefined).length;
  return { reached, all: areAllKnown ? sites.length : null };
}

const ORDERS: readonly string[] = ['relaxed', 'acquire', 'release', 'acq_rel', 'seq_cst'];
const isOrder = (order: string): order is AtomicOrder => ORDERS.includes(order);

/** What is one step weaker. */
function stepsFrom(order: AtomicOrder, kind: OrderedKind): readonly AtomicOrder[] {
  if (order === 'relaxed') return [];
  if (order === 'acq_rel') return ['acquire', 'release'];
  if (order !== 'seq_cst') return ['relaxed'];
  return [kind === 'load' ? 'acquire' : kind === 'store' ? 'release' : 'acq_rel'];
}

/** All that is weaker, the weakest first. */
function allWeaker(order: AtomicOrder, kind: OrderedKind): AtomicOrder[] {
  const steps = stepsFrom(order, kind);
  return [...new Set([...steps.flatMap((step) => allWeaker(step, kind)), ...steps])];
}

/** `lock_acquire: while (...)`, with a number or a line where several read the same. */
function namesOf(sites: readonly OrderedSite[]): Map<string, string> {
  const lines = new Map<string, string[]>();
  const textOf = ({ file, line, function: name }: OrderedSite): string => {
    if (file === null || line === null) return name;
    if (!lines.has(file)) {
      try {
        lines.set(file, fs.readFileSync(file, 'utf8').split('\n'));
      } catch {
        lines.set(file, []);
      }
    }
    const code = lines.get(file)?.[line - 1]?.trim().replace(/;$/, '') ?? '';
    return code === '' ? `${name}: line ${line}` : `${name}: ${code}`;
  };
  const texts = sites.map(textOf);
  const names = new Map<string, string>();
  sites.forEach((site, i) => {
    const text = texts[i] ?? '';
    const alike = sites.filter((_, at) => texts[at] === text);
    const where = alike.every(({ line }) => line === site.line)
      ? `${alike.indexOf(site) + 1} of ${alike.length}`
      : `line ${site.line}`;
    names.set(site.at, alike.length === 1 ? text : `${text} (${where})`);
  });
  return names;
}

/** What a weakening came to, at all sizes or up to the one where it broke. */
interface Tried {
  verdict: 'needed' | 'not-needed' | 'unfinished';
  size: LockSize;
  states: number;
  fault: Barrier['fault'];
}

/** An order of one of the lock's sites, by its name: where that is depends on the size. */
interface WeakerOrder {
  name: string;
  order: AtomicOrder;
}

/** A site that was come to at some size. */
interface MetSite {
  name: string;
  file: string | null;
  line: number | null;
  order: AtomicOrder;
  kind: OrderedKind;
}

/** Weakens one lock. */
class Weakening {
  readonly #lock: string;
  readonly #options: RowOptions;
  readonly #sizes: readonly LockSize[];
  /** By size: by name, where the site is. */
  readonly #at: Map<string, string>[] = [];
  readonly sites: MetSite[] = [];

  constructor(lock: string, options: RowOptions) {
    this.#lock = lock;
    this.#options = options;
    this.#sizes = options.plan.report.sizes;
  }

  /** One size of the lock as it is: its sites. */
  async add(explored: OrderedExploration): Promise<void> {
    const { sites } = await sitesOf(explored, explored.orders);
    const names = namesOf(sites);
    this.#at.push(new Map([...names].map(([at, name]) => [name, at])));
    for (const { at, file, line, met } of sites) {
      const name = names.get(at) ?? '';
      const isKnown = this.sites.some((one) => one.name === name);
      if (isKnown || !met || !isOrder(met.order)) continue;
      this.sites.push({ name, file, line, order: met.order, kind: met.kind });
    }
  }

  /** Until it breaks, or at all sizes. */
  async try(weaker: readonly WeakerOrder[]): Promise<Tried> {
    let states = 0;
    let size = this.#sizes[0] ?? { threads: 2, rounds: 1 };
    let isOpen = false;
    for (const [i, own] of this.#sizes.entries()) {
      size = own;
      const left = this.#options.leftMs();
      if (this.#options.plan.signal?.aborted === true || (left !== null && left < 1)) {
        return { verdict: 'unfinished', size, states, fault: null };
      }
      const replaced = weaker.flatMap(({ name, order }): ReplacedOrder[] => {
        const at = this.#at[i]?.get(name);
        return at === undefined ? [] : [{ at, order }];
      });
      const at: LockVerificationAt = {
        lock: this.#lock,
        subject: 'lock',
        memory: 'rc11',
        ...size,
      };
      const explored = await verifyOne(at, { ...this.#options, replaced });
      if (!explored) return { verdict: 'unfinished', size, states, fault: null };
      const { report } = explored;
      states += report.states;
      const [fault] = describeFaults(at, report);
      if (fault) return { verdict: 'needed', size, states, fault };
      isOpen ||= report.verdict !== 'clean';
    }
    return { verdict: isOpen ? 'unfinished' : 'not-needed', size, states, fault: null };
  }

  /** One set of weaker orders that holds as a whole, site by site. */
  async relax(alone: readonly Barrier[]): Promise<Record<string, string>> {
    const taken: WeakerOrder[] = [];
    for (const { name, order: own, kind } of this.sites) {
      const steps = alone.filter(({ site }) => site === name);
      const held = steps.filter(({ verdict }) => verdict === 'not-needed').map((one) => one.weaker);
      // A weaker order allows all that a stronger one does.
      const candidates = held.length === steps.length ? allWeaker(own, kind) : held.filter(isOrder);
      for (const order of candidates) {
        const { verdict } = await this.try([...taken, { name, order }]);
        if (verdict !== 'not-needed') continue;
        taken.push({ name, order });
        break;
      }
    }
    return Object.fromEntries(taken.map(({ name, order }) => [name, order]));
  }
}

/**
 * Each order of each atomic one step weaker, and one set of weaker orders that holds as a whole.
 *
 * @param explored - The lock as it is, at each size of the plan.
 */
export async function weaken(
  lock: string,
  explored: readonly OrderedExploration[],
  options: RowOptions,
): Promise<{ barriers: Barrier[]; relaxed: RelaxedOrders }> {
  const weakening = new Weakening(lock, options);
  for (const one of explored) await weakening.add(one);
  const tries = weakening.sites.flatMap((site) =>
    stepsFrom(site.order, site.kind).map((weaker) => ({ site, weaker })),
  );
  const { workers } = options.plan.report;
  const barriers = await inPool(tries, workers, async ({ site, weaker }): Promise<Barrier> => {
    const { name, file, line, order } = site;
    const { verdict, size, states, fault } = await weakening.try([{ name, order: weaker }]);
    const at = { lock, subject: 'lock' as const, site: name, file, line, order, weaker };
    return { ...at, verdict, ...size, states, ticket: fault?.ticket ?? null, fault };
  });
  return { barriers, relaxed: { lock, orders: await weakening.relax(barriers) } };
}
