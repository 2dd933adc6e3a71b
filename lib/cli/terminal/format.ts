import { plural } from '../../base/text';
import { formatShard, type Shard } from '../../run/shard';

export { durationOption, formatCount, formatMs, formatNs, plural } from '../../base/text';

/** Elapsed time on a status line, steady in width: 7.3s, 42s, 3m05s, 2h07m. */
export function formatClock(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`;
  if (seconds < 59.5) return `${Math.round(seconds)}s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)}m${pad2(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h${pad2(Math.floor((whole % 3600) / 60))}m`;
}

/** `shard 2/4`, `8 slices`: how a plan is split; nothing where it is not. */
export function splitTexts({ shard, slices }: { shard?: Shard; slices?: number }): string[] {
  return [
    ...(shard ? [`shard ${formatShard(shard)}`] : []),
    ...(slices === undefined ? [] : [plural(slices, 'slice')]),
  ];
}

function pad2(value: number): string {
  return String(value).padStart(2, '0');
}
