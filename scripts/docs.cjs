'use strict';
// The tables in README.md, from the same source as everything else.
//
//   node scripts/docs.cjs            say whether they are current (exit 1 if not)
//   node scripts/docs.cjs --update   write them
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const README = path.join(root, 'README.md');

const cell = (text) => String(text).replaceAll('|', '\\|');

function markdown(head, rows) {
  const line = (cells) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

const numbers = (tables, mask) =>
  tables.patches.filter(({ bit }) => (mask >>> bit) & 1).map(({ no }) => no);

function benchmarkRows() {
  const folder = path.join(root, 'benchmarks', 'results');
  const newest = fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('-stress.json'))
    .sort()
    .at(-1);
  const { results, machine, date } = JSON.parse(fs.readFileSync(path.join(folder, newest), 'utf8'));
  const rows = Object.values(results)
    .filter(({ target }) => target)
    .flatMap(({ says, target, rows: measured }) =>
      measured.map(({ threads, median, ci95, verdict }) => [
        threads ? `${says} (${threads} thread${threads > 1 ? 's' : ''})` : says,
        `${target.ratio ?? target.difference} ${target.value}`,
        `${median.toFixed(2)} [${ci95.map((value) => value.toFixed(2)).join(', ')}]`,
        verdict,
      ]),
    );
  const where = `${machine.cpus} CPUs (${machine.cpu}), ${machine.arch}, Node ${machine.node}, ${date.slice(0, 10)}`;
  return `${markdown(['what', 'target', 'measured', 'verdict'], rows)}\n\nOn ${where}.`;
}

/** The text of each block, by its name. */
const blocks = {
  patches: ({ tables }) =>
    markdown(
      ['no', 'name', 'prevents', 'what it changes', 'keeps', 'builds on'],
      tables.patches.map((row) => [
        row.no,
        `\`${row.slug}\``,
        row.prevents,
        row.changes,
        row.invariant,
        numbers(tables, row.needs).join(', ') || '-',
      ]),
    ),
  sets: ({ tables }) =>
    markdown(
      ['set', 'patches', 'is'],
      tables.sets.map(({ name, mask, means }) => [
        `\`${name}\``,
        numbers(tables, mask).join(' ') || '-',
        means,
      ]),
    ),
  invariants: ({ tables }) =>
    markdown(
      ['', 'invariant'],
      tables.invariants.map(({ name, says }) => [name, says]),
    ),
  faults: ({ tables }) =>
    markdown(
      ['fault', 'means', 'breaks', 'can be let in by leaving out'],
      tables.faults.map(({ slug, means, invariant, preventedBy }) => [
        `\`${slug}\``,
        means,
        invariant,
        numbers(tables, preventedBy).join(' ') || '-',
      ]),
    ),
  ops: ({ tables }) =>
    markdown(
      ['operation', 'weight', 'does'],
      tables.ops.map(({ slug, weight, does }) => [`\`${slug}\``, weight, does]),
    ),
  strategies: ({ tables }) =>
    markdown(
      ['strategy', 'decides'],
      tables.strategies.map(({ name, says }) => [`\`${name}\``, says]),
    ),
  scenarios: ({ scenarios, formatPrograms }) =>
    markdown(
      ['scenario', 'tells', 'programs'],
      scenarios.map((scenario) => [
        `\`${scenario.name}\``,
        scenario.says,
        `\`${formatPrograms(scenario)}\``,
      ]),
    ),
  benchmarks: benchmarkRows,
};

/** README.md with every table block filled in. */
function fill(text, library) {
  return text.replace(
    /(<!-- table: (\w+) -->\n)[\s\S]*?(<!-- \/table -->)/g,
    (_, open, name, close) => {
      const block = blocks[name];
      if (!block) throw new Error(`README.md has a block \`${name}\` that nothing fills`);
      return `${open}\n${block(library)}\n\n${close}`;
    },
  );
}

module.exports = { fill, markdown };

if (require.main === module) {
  const before = fs.readFileSync(README, 'utf8');
  const after = fill(before, require(path.join(root, 'dist', 'index.js')));
  if (process.argv.includes('--update')) fs.writeFileSync(README, after);
  else if (before !== after) {
    console.error('The tables in README.md are not current: node scripts/docs.cjs --update');
    process.exitCode = 1;
  }
}
