'use strict';
// Writes lib/tables/verified.gen.ts: under which memory models and sizes each lock, reader-writer lock
// and reference count is verified, and which of its orders are stronger than needed there.
//
//   node scripts/verified.cjs            say whether the table is current (exit 1 if not)
//   node scripts/verified.cjs --update   verify every one and write it
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const TARGET = path.join(root, 'lib', 'tables', 'verified.gen.ts');

/** Every one except the controls. */
const ALL = ['all', 'rwlocks', 'refcounts'];

const quote = (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const listOf = (texts) => `[${texts.map(quote).join(', ')}]`;

/** `2x1`, `1+2x1`, `2x1x1`: see sizeName() in lib/tables/subjects.ts. */
function sizeName({ threads, rounds, writers, readers, users, objects }) {
  if (writers !== undefined) return `${writers}+${readers}x${rounds}`;
  return users === undefined ? `${threads}x${rounds}` : `${users}x${rounds}x${objects}`;
}

/** Of a lock the sizes that were exhausted without a fault under each of the models. */
function rowOf(lock, { rows, relaxed }) {
  const own = rows.filter((row) => row.lock === lock);
  const clean = own.filter((row) => row.verdict === 'clean' && row.exhaustive);
  const models = [...new Set(clean.map(({ memory }) => memory))];
  const sizes = [...new Set(own.map(sizeName))].filter((size) =>
    models.every((memory) => clean.some((row) => row.memory === memory && sizeName(row) === size)),
  );
  const orders = relaxed.find((one) => one.lock === lock)?.orders ?? {};
  const spare = Object.entries(orders).map(([site, order]) => `${order} at ${site}`);
  return { lock, models, sizes, spare };
}

/** The text of lib/tables/verified.gen.ts, from the report of `verify all rwlocks refcounts --barriers`. */
function render(report) {
  const lines = report.plan.locks.map((lock) => {
    const row = rowOf(lock, report);
    const [models, sizes, spare] = [row.models, row.sizes, row.spare].map(listOf);
    return `  { lock: ${quote(lock)}, models: ${models}, sizes: ${sizes}, spare: ${spare} },`;
  });
  return (
    '/** What is verified of each: models, sizes, and weaker orders that hold together there. */\n' +
    `export const verifiedRows = [\n${lines.join('\n')}\n] as const;\n`
  );
}

/** The table as it would be written now. */
async function current() {
  const { verify } = require(path.join(root, 'dist', 'index.js'));
  return render(await verify(ALL, { barriers: true, minimise: false }));
}

module.exports = { ALL, TARGET, render, current };

if (require.main === module) {
  current().then((text) => {
    if (process.argv.includes('--update')) fs.writeFileSync(TARGET, text);
    else if (fs.readFileSync(TARGET, 'utf8') !== text) {
      console.error(
        'lib/tables/verified.gen.ts is not current: node scripts/verified.cjs --update',
      );
      process.exitCode = 1;
    }
  });
}
