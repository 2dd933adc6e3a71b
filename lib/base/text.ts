/** Numbers as people read them. Machines get them raw, through `--json`. */

const COUNT_UNITS = ['', 'k', 'M', 'G', 'T', 'P'] as const;

/** Three significant digits, trailing zeros dropped: 1234567 -> 1.23M. Below 1000 as it is. */
export function formatCount(count: number): string {
  if (!Number.isFinite(count)) return '-';
  if (Math.abs(count) < 1000) return String(Math.round(count));
  let value = count;
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < COUNT_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return threeDigits(value) + (COUNT_UNITS[unit] ?? '');
}

/** A latency: 850 ns, 12.3 us, 4.5 ms, 1.2 s; `-` where nothing was measured (0). */
export function formatNs(ns: number): string {
  if (!(ns > 0)) return '-';
  if (ns < 999.5) return `${Math.round(ns)} ns`;
  if (ns < 999_500) return `${threeDigits(ns / 1e3)} us`;
  if (ns < 999_500_000) return `${threeDigits(ns / 1e6)} ms`;
  return `${threeDigits(ns / 1e9)} s`;
}

/** A moment within a run: 0.42 ms, 12.3 ms, 1.23 s. */
export function formatMs(ms: number): string {
  if (!Number.isFinite(ms)) return '-';
  if (ms < 0.01) return '<0.01 ms';
  if (ms < 999.5) return `${threeDigits(ms)} ms`;
  return `${threeDigits(ms / 1000)} s`;
}

/** A duration as an option takes it: `10s`, `500ms`. */
export function durationOption(ms: number): string {
  if (ms > 0 && ms % 60_000 === 0) return `${ms / 60_000}m`;
  if (ms > 0 && ms % 1000 === 0) return `${ms / 1000}s`;
  return `${ms}ms`;
}

/** `1 fault`, `3 faults`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `1,234`. What Intl has for it takes 10 ms to begin, so whole numbers do without. */
export function grouped(count: number): string {
  if (!Number.isSafeInteger(count)) return count.toLocaleString('en-US');
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1,234 executions`, every digit of it: reports are read more than once. */
export function exactly(count: number, noun: string, several = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : several}`;
}

function threeDigits(value: number): string {
  const digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  const text = value.toFixed(digits);
  return digits === 0 ? text : text.replace(/\.?0+$/, '');
}

/**
 * An upper bound of a probability, never rounded down: `0.0031`. What is too small for a number is
 * shown as the smallest number.
 */
export function formatBound(probability: number, digits: number): string {
  const text = Math.max(probability, Number.MIN_VALUE).toExponential(digits - 1);
  if (Number(text) >= probability) return Number(text).toPrecision(digits);
  const [mantissa = '', exponent = ''] = text.split('e');
  const next = (Number(mantissa) + 10 ** (1 - digits)).toFixed(digits - 1);
  return Number(`${next}e${exponent}`).toPrecision(digits);
}

/** A function as it is called: `pop()`. Names of C++ say what they take themselves. */
export const callText = (name: string): string => (name.includes('(') ? name : `${name}()`);
