// Mixed use of the library in one process, and what that does to its memory:
//
//   node test/robust/soak.mjs [how long; 10m]
//
// Each lap uses every part once. Resident memory is looked at after each, once garbage is
// collected; it has to be flat: the slope over the second half, when caches are full. All threads
// allocate from one arena: glibc makes up to eight a CPU, and how they fill up by and by, a
// megabyte a minute for half an hour, would hide a leak.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { require, root } from './kit.mjs';

if (!globalThis.gc || process.env.MALLOC_ARENA_MAX !== '1') {
  const { status } = spawnSync(process.execPath, ['--expose-gc', ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, MALLOC_ARENA_MAX: '1' },
  });
  process.exit(status ?? 1);
}

const lib = require(path.join(root, 'dist', 'index.js'));

/** What is let pass in a minute: far below what a leak of one report a lap would be. */
const KIB_PER_MINUTE_MAX = 1024;
/** Shorter soaks are judged by what they grew in all, since a slope of seconds is noise. */
const SHORT_MS = 180_000;
const SHORT_KIB_MAX = 16 * 1024;

const STRESS_MS = 60;
const TICKET_PATCHES = 'all,-02';

async function lap(seed) {
  const common = { seed, duration: STRESS_MS };
  await lib.stress({ ...common, patches: 'all', threads: 4 }).result;
  await lib.stress({ ...common, patches: 'none', threads: 3 }).result;
  await lib.stress({ ...common, patches: 'all,-06', scenario: 'remove-open' }).result;
  const stopped = lib.stress({ seed, duration: '1h' });
  setTimeout(() => stopped.stop(), STRESS_MS / 2);
  await stopped.result;

  const explored = await lib.explore('create-find', { seed, patches: TICKET_PATCHES });
  await lib.replay(explored.faults[0].ticket);
  await lib.explore('remove-find-open', { seed, strategy: 'dpor' });
  await lib.explore('open-open-remove', { seed, strategy: 'random', executions: 2000 });
  await lib.matrix({ scenarios: ['create-find', 'remove-get'] });
  await lib.bench('refcount', { threads: 2, windows: 2, windowUs: 500, time: 0 }).result;

  const dm = new lib.DeviceMapper({ patches: 'all' });
  for (let i = 0; i < 64; i += 1) dm.remove(dm.create());
  const idr = new lib.Idr();
  for (let i = 0; i < 2000; i += 1) {
    idr.preload();
    idr.alloc({ value: i });
  }
  await lib.replay('dmt2.damaged').catch(() => undefined);
  try {
    lib.stress({ threads: -1 });
  } catch {
    // Refused, as it has to be.
  }
}

/** Least squares: KiB a minute. */
function slope(samples) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const minutes = mean(samples.map((sample) => sample.minutes));
  const kib = mean(samples.map((sample) => sample.kib));
  const both = samples.map((s) => (s.minutes - minutes) * (s.kib - kib));
  const squares = samples.map((s) => (s.minutes - minutes) ** 2);
  return mean(both) / mean(squares);
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** What the second half of `samples` says; `flat` or not. */
function judge(samples, durationMs) {
  const half = samples.slice(Math.floor(samples.length / 2));
  const perMinute = slope(half);
  const quarter = Math.ceil(half.length / 2);
  const kib = half.map((sample) => sample.kib);
  const grown = median(kib.slice(-quarter)) - median(kib.slice(0, quarter));
  const flat = durationMs < SHORT_MS ? grown < SHORT_KIB_MAX : perMinute < KIB_PER_MINUTE_MAX;
  return { perMinute, grown, flat };
}

/** Memory that grows has to be seen, or that it was not says nothing. */
function checkItSees(durationMs) {
  const grows = (kibPerMinute) =>
    Array.from({ length: 100 }, (_, i) => {
      const minutes = (i * durationMs) / 100 / 60_000;
      return { minutes, kib: 1e5 + minutes * kibPerMinute + (i % 7) * 100 };
    });
  const leak = 100 * 60_000 * (SHORT_KIB_MAX / durationMs);
  if (!judge(grows(0), durationMs).flat) throw new Error('flat memory was judged to grow');
  if (judge(grows(leak), durationMs).flat) throw new Error('a leak was judged to be flat');
}

const durationMs = lib.parseDuration(process.argv[2] ?? '10m');
checkItSees(durationMs);
const began = performance.now();
const samples = [];
for (let laps = 0; performance.now() - began < durationMs || laps < 8; laps += 1) {
  await lap(laps);
  globalThis.gc();
  const minutes = (performance.now() - began) / 60_000;
  samples.push({ minutes, kib: process.memoryUsage().rss / 1024 });
}
const { perMinute, grown, flat } = judge(samples, durationMs);
const [first, last] = [samples[0], samples.at(-1)].map(({ kib }) => (kib / 1024).toFixed(1));
console.log(
  `${samples.length} laps in ${samples.at(-1).minutes.toFixed(1)} min: resident ${first} -> ${last} MiB; ` +
    `second half: ${perMinute.toFixed(0)} KiB a minute, ${grown.toFixed(0)} KiB in all: ` +
    `${flat ? 'flat' : 'GROWS'}`,
);
process.exitCode = flat ? 0 : 1;
