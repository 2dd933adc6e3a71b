'use strict';
// What results say of the targets. Results are what run.mjs measured: by trial, each with its rows.
//
// A case of a target picks rows, and of each row a figure with its interval:
//   "ours"     a pattern for each of these fields
//   "field"    the figure is that field of the row; its interval is ci95, or the field with Ci95
//   "windows"  the figure is the ratio, window by window, to the row that "theirs" finds in the same
//              cell: the best of them, where there are several. "throughput": more is faster
//   "ceiling"  the figure is the throughput / what the CPUs could do if nothing were shared: the
//              same lock in a cell like this with one thread, times the CPUs
//   "where"    a row that does not have this, too, does not meet the target
//   "best"     the best of the rows counts, not the worst
// A target is missed only where a whole interval is beyond it, and met only where a whole one is not;
// what was measured while others took a tenth of the time is neither.
const fs = require('node:fs');
const path = require('node:path');
const { median, medianRatio } = require('./statistics.cjs');

const RESULTS = path.join(__dirname, 'results');
/** What makes two rows one cell: what was measured side by side. */
const CELL = ['threads', 'holdNs', 'outsideNs', 'n', 'order', 'shared', 'scenario'];

const targets = JSON.parse(fs.readFileSync(path.join(__dirname, 'targets.json'), 'utf8'));

const meets = (is, value, target) => (is === '<=' ? value <= target : value >= target);

function matches(row, patterns) {
  return Object.entries(patterns).every(([field, pattern]) =>
    new RegExp(pattern).test(String(row[field])),
  );
}

const sameCell = (a, b) => CELL.every((field) => a[field] === b[field]);

const WORST_FIRST = ['missed', 'inconclusive', 'met'];

/** Of fewer samples there is no interval of 95 %. */
const SAMPLES_MIN = 6;

function verdictOf(is, ci95, samples, value) {
  if (samples < SAMPLES_MIN) return 'inconclusive';
  const [low, high] = ci95.map((end) => meets(is, end, value));
  if (low !== high) return 'inconclusive';
  return low ? 'met' : 'missed';
}

/** `ticket, 2 threads`, `alloc, random, 1000 ids`: which row of a trial it is. */
function nameOf(row, trial) {
  const parts = [row.lock ?? row.variant ?? row.call ?? row.scenario ?? row.op ?? trial];
  if (row.op !== undefined) parts.push(row.order, `${row.n} ids`);
  else if (row.threads > 1) parts.push(`${row.threads} threads`);
  return parts.join(', ');
}

function theirsOf(row, rows, { theirs, windows }) {
  const there = rows.filter((other) => matches(other, theirs) && sameCell(other, row));
  const speed = ({ windows: values }) => median(values).median * (windows === 'time' ? -1 : 1);
  return there.sort((a, b) => speed(b) - speed(a))[0];
}

/** Of two medians with their intervals: the ends furthest apart. */
function shareOfCeiling(row, rows, cpus, name) {
  const like = (other) => sameCell({ ...other, threads: row.threads }, row);
  const alone = rows.find((one) => one.lock === row.lock && one.threads === 1 && like(one));
  if (!alone || !cpus) return undefined;
  const over = (value, theirs) => value / (theirs * cpus);
  return {
    figure: over(row.opsPerSecond, alone.opsPerSecond),
    ci95: [over(row.ci95[0], alone.ci95[1]), over(row.ci95[1], alone.ci95[0])],
    samples: row.windows?.length ?? 0,
    name,
  };
}

/** The figure of a row, its interval and how many samples there were; nothing without any. */
function figureOf(row, rows, rule, cpus) {
  const name = nameOf(row, rule.trial);
  if (rule.ceiling) return shareOfCeiling(row, rows, cpus, name);
  if (!rule.windows) {
    const ci95 = row[`${rule.field}Ci95`] ?? row.ci95;
    const samples = row.samples ?? row.windows?.length ?? 0;
    return samples > 0 ? { figure: row[rule.field], ci95, samples, name } : undefined;
  }
  const other = theirsOf(row, rows, rule);
  if (!other) return undefined;
  const [over, under] = rule.windows === 'time' ? [row, other] : [other, row];
  const { median: figure, ci95, samples } = medianRatio(over.windows, under.windows);
  const kin = row.op === undefined ? nameOf(other) : other.op;
  return { figure, ci95, samples, name: `${name} / ${kin}` };
}

/** By how much a figure is on the right side of its target; below 1 it is not. */
const margin = (is, figure, value) => (is === '<=' ? value / figure : figure / value);

/** What is said of a row: of its figure, and of what it has to have besides. */
function verdictOfRow(row, found, { is, value, where }) {
  const verdicts = [verdictOf(is, found.ci95, found.samples, value)];
  if (where) {
    const value = row[where.field];
    const ci95 = row[`${where.field}Ci95`] ?? [value, value];
    verdicts.push(verdictOf(where.is, ci95, found.samples, where.value));
  }
  return WORST_FIRST.find((verdict) => verdicts.includes(verdict));
}

function judgeCase(target, rule, results) {
  const { rows = [], noise, cpus } = results[rule.trial] ?? {};
  const value = rule.value ?? target.value;
  const { is } = target;
  const judgeRow = (row, found) =>
    noise?.noisy ? 'inconclusive' : verdictOfRow(row, found, { is, value, where: rule.where });
  const figures = rows
    .filter((row) => matches(row, rule.ours ?? {}))
    .map((row) => ({ row, ...figureOf(row, rows, rule, cpus) }))
    .filter(({ figure }) => figure !== undefined)
    .map(({ row, ...found }) => ({
      ...found,
      value,
      verdict: judgeRow(row, found),
    }))
    .sort((a, b) => margin(is, b.figure, b.value) - margin(is, a.figure, a.value));
  const able = figures.filter(({ verdict }) => verdict !== 'missed');
  return rule.best ? [...able, ...figures].slice(0, 1) : figures;
}

/** What is said of one target: its cases, and of those that decide the one nearest to missing it. */
function judgeTarget(target, results) {
  const cases = target.cases.flatMap((rule) => judgeCase(target, rule, results));
  const verdicts = cases.map((one) => one.verdict);
  const verdict = WORST_FIRST.find((one) => verdicts.includes(one)) ?? 'not measured';
  // Of those that the verdict is about.
  const [worst] = cases
    .filter((one) => one.verdict === verdict)
    .sort((a, b) => margin(target.is, a.figure, a.value) - margin(target.is, b.figure, b.value));
  return { no: target.no, says: target.says, is: target.is, verdict, worst, cases };
}

/** Every target, by results: an object of trials. */
function judge(results) {
  return targets.map((target) => judgeTarget(target, results));
}

/** The newest result file of a group, or nothing. Dates are in front of the names. */
function newestFile(group, folder = RESULTS) {
  const name = fs
    .readdirSync(folder)
    .filter((file) => file.endsWith(`-${group}.json`))
    .sort()
    .at(-1);
  return name === undefined ? undefined : path.join(folder, name);
}

function readNewest(group, folder = RESULTS) {
  const file = newestFile(group, folder);
  return file === undefined ? undefined : JSON.parse(fs.readFileSync(file, 'utf8'));
}

/** The newest results of all groups, as one object of trials. */
function newestResults(groups, folder = RESULTS) {
  return Object.assign({}, ...groups.map((group) => readNewest(group, folder)?.results ?? {}));
}

/** Three digits: 0.125, 1.02, 26.2, 1.50M. */
const show = (value) =>
  Math.abs(value) >= 1e4 ? `${(value / 1e6).toPrecision(3)}M` : String(Number(value.toPrecision(3)));

/** `1  met  0.98 [0.97, 1.00] <= 1.02  tas ...`: a line a target. */
function reportLines(judged) {
  return judged.map(({ no, says, is, verdict, worst, cases }) => {
    const head = `${String(no).padStart(2)}  ${verdict.padEnd(12)}`;
    if (!worst) return `${head}  ${says}`;
    const interval = worst.ci95.map(show).join(', ');
    const figure = `${show(worst.figure)} [${interval}] ${is} ${show(worst.value)}`;
    const which = cases.length > 1 ? `; nearest to it of ${cases.length}: ${worst.name}` : '';
    return `${head}  ${figure.padEnd(34)}  ${says}${which}`;
  });
}

module.exports = { judge, newestFile, newestResults, readNewest, reportLines, show, targets };
