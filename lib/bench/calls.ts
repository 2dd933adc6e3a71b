import { DeviceMapper } from '../direct/device-mapper';
import { Idr } from '../direct/idr';
import { NumberIdr } from '../direct/number-idr';
import type { NativeBench } from '../native/bench';
import { nativeBench } from '../native/load';
import { type Meter, Pace } from './meter';
import { benchNumber } from './plan';
import type { BenchCallRow } from './rows';
import { estimate, estimatePairs } from './statistics';

/** Ids in the tables: few enough for the first cache, so that the call is what is seen. */
const IDS = 1024;
const ID_MASK = IDS - 1;
/** Ids of one batch. */
const BATCH = 4096;
const WARM_UP = 20_000;
const CALIBRATION_MS = 1;
/** A loop is compiled when this number of runs in a row were not faster by the share below. */
const STALE_MAX = 25;
const BETTER = 0.95;

/** Does something `count` times over. */
type Loop = (count: number) => unknown;

/** A call, and what it is set against. */
interface Contest extends Pick<BenchCallRow, 'call' | 'per' | 'raw'> {
  /** What `ns` is divided by, for one time. */
  each: number;
  ours: Loop;
  theirs: Loop;
}

interface Fixture extends Disposable {
  contests: Contest[];
}

function fill(binary: NativeBench): { numbers: NumberIdr; values: Idr<number>; dm: DeviceMapper } {
  const [numbers, values, dm] = [new NumberIdr(), new Idr<number>(), new DeviceMapper()];
  for (let id = 0; id < IDS; id += 1) {
    numbers.alloc(id + 1, 0, 0);
    values.alloc(id + 1, 0, 0);
  }
  dm.create(0);
  binary.rawFill(IDS);
  return { numbers, values, dm };
}

/**
 * What is measured. Each loop is a function of its own, since the engine compiles a loop for the
 * calls that it has seen in it.
 */
function makeContests(binary: NativeBench): Fixture {
  const { numbers, values, dm } = fill(binary);
  const ids = Uint32Array.from({ length: BATCH }, (_, i) => (i * 7919) & ID_MASK);
  const into = new Float64Array(BATCH);
  const contests: Contest[] = [
    {
      call: 'empty: NumberIdr.isEmpty',
      per: 'call',
      each: 1,
      raw: 'a call of C without arguments or result',
      ours: (count) => {
        let sum = 0;
        for (let i = 0; i < count; i += 1) sum += numbers.isEmpty ? 1 : 0;
        return sum;
      },
      theirs: (count) => {
        for (let i = 0; i < count; i += 1) binary.rawEmpty();
      },
    },
    {
      call: 'u32 -> u32: NumberIdr.find()',
      per: 'call',
      each: 1,
      raw: 'a call of C that returns its argument',
      ours: (count) => {
        let sum = 0;
        for (let i = 0; i < count; i += 1) sum += numbers.find(i & ID_MASK);
        return sum;
      },
      theirs: (count) => {
        let sum = 0;
        for (let i = 0; i < count; i += 1) sum += binary.rawSame(i & ID_MASK);
        return sum;
      },
    },
    {
      call: 'find: Idr.find()',
      per: 'call',
      each: 1,
      raw: 'a call of C that looks the id up',
      ours: (count) => {
        let sum = 0;
        for (let i = 0; i < count; i += 1) sum += values.find(i & ID_MASK) ?? 0;
        return sum;
      },
      theirs: (count) => {
        let sum = 0;
        for (let i = 0; i < count; i += 1) sum += binary.rawFind(i & ID_MASK);
        return sum;
      },
    },
    {
      call: 'open, close: DeviceMapper',
      per: 'call',
      each: 2,
      raw: 'the same operations, called in C',
      ours: (count) => {
        let sum = 0;
        for (let i = 0; i < count; i += 1) sum += dm.open(0) + dm.close(0);
        return sum;
      },
      theirs: (count) => binary.loopOpenClose(count),
    },
    {
      call: 'batch: NumberIdr.findMany()',
      per: 'element',
      each: BATCH,
      raw: 'the loop in C',
      ours: (count) => {
        for (let i = 0; i < count; i += 1) numbers.findMany(ids, into);
      },
      theirs: (count) => binary.loopFindMany(ids, count),
    },
    {
      call: 'batch: Idr.findMany()',
      per: 'element',
      each: BATCH,
      raw: 'the loop in C',
      ours: (count) => {
        let sum = 0;
        for (let i = 0; i < count; i += 1) sum += values.findMany(ids).length;
        return sum;
      },
      theirs: (count) => binary.loopFindMany(ids, count),
    },
  ];
  return {
    contests,
    [Symbol.dispose]: () => {
      numbers[Symbol.dispose]();
      values[Symbol.dispose]();
      dm[Symbol.dispose]();
    },
  };
}

function timeMs(loop: Loop, count: number): number {
  const began = performance.now();
  loop(count);
  return performance.now() - began;
}

/** Let the event loop turn: a window is milliseconds, a benchmark is seconds. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * How often a loop has to go round to take a window of `windowMs`. Until it is compiled it is many
 * times slower, and on a busy machine the compiler takes a while: it runs until it gets no faster.
 */
async function calibrate(loop: Loop, each: number, windowMs: number): Promise<number> {
  let count = Math.ceil(WARM_UP / each);
  let best = Number.POSITIVE_INFINITY;
  for (let stale = 0; stale < STALE_MAX; stale += 1) {
    const took = timeMs(loop, count);
    if (took < CALIBRATION_MS) count *= 2;
    if (took / count < best * BETTER) stale = 0;
    best = Math.min(best, took / count);
    await turn();
  }
  return Math.max(1, Math.round(windowMs / best));
}

function describe(
  { call, per, raw }: Contest,
  windows: number[],
  rawWindows: number[],
): BenchCallRow {
  const ours = estimate(windows);
  const ratio = estimatePairs(windows, rawWindows, (our, their) => our / their);
  const over = estimatePairs(windows, rawWindows, (our, their) => our - their);
  return {
    call,
    per,
    ns: ours.median,
    ci95: ours.ci95,
    raw,
    rawNs: estimate(rawWindows).median,
    vsRaw: ratio.median,
    vsRawCi95: ratio.ci95,
    overRawNs: over.median,
    overRawNsCi95: over.ci95,
    windows,
    rawWindows,
  };
}

/** Measure calls of the library on this thread, window by window, each beside its counterpart. */
export const measureCalls: Meter<'calls'> = async (plan, listener, signal) => {
  signal.throwIfAborted();
  using fixture = makeContests(nativeBench());
  const windowMs = benchNumber(plan, 'windowUs') / 1000;
  const pace = new Pace(plan.report.timeMs, fixture.contests.length, listener.progress);
  for (const contest of fixture.contests) {
    const windows: number[] = [];
    const rawWindows: number[] = [];
    const { ours, theirs, each } = contest;
    let [count, rawCount] = [1, 1];
    const prepare = async (): Promise<void> => {
      count = await calibrate(ours, each, windowMs);
      rawCount = await calibrate(theirs, each, windowMs);
    };
    const [run, runRaw] = [
      () => windows.push((timeMs(ours, count) * 1e6) / count / each),
      () => rawWindows.push((timeMs(theirs, rawCount) * 1e6) / rawCount / each),
    ];
    const window = async (index: number): Promise<void> => {
      for (const side of index % 2 === 0 ? [run, runRaw] : [runRaw, run]) side();
      await turn();
    };
    await pace.part(plan.report.windows, signal, window, prepare);
    if (windows.length > 0) listener.row(describe(contest, windows, rawWindows));
    if (signal.aborted) break;
  }
  return pace.end(signal);
};
