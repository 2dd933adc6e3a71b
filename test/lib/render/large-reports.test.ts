import { describe, expect, test } from '@jest/globals';
import { toHtml } from '../../../lib/render/html';
import { toJunit } from '../../../lib/render/junit';
import { toMarkdown } from '../../../lib/render/markdown';
import type { ReportDocument } from '../../../lib/reports/documents';
import { demoDocument, exploreDocument, matrixDocument } from '../documents';

const MANY = 20_000;
/** A slow machine takes half of it for the largest piece of work. */
const GAP_MS = 2000;

/** CPU time of this process in ms: how busy the machine is does not matter. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** How long `work` took, and how long nothing else could run meanwhile, at the most. */
async function timesOf(work: () => Promise<string>): Promise<{ wholeMs: number; gapMs: number }> {
  const began = cpuMs();
  let [gapMs, last] = [0, began];
  const look = (): void => {
    const now = cpuMs();
    gapMs = Math.max(gapMs, now - last);
    last = now;
  };
  const timer = setInterval(look, 10);
  try {
    await work();
    look();
  } finally {
    clearInterval(timer);
  }
  return { wholeMs: last - began, gapMs };
}

async function matrixOfMany(): Promise<ReportDocument> {
  const document = await matrixDocument();
  const [cell] = document.cells;
  if (!cell) throw new Error('no cell');
  const scenarios = Array.from({ length: MANY }, (_, i) => `s${i}`);
  const cells = scenarios.map((scenario) => ({ ...cell, scenario }));
  const plan = { ...document.plan, scenarios, masks: [cell.mask] };
  return { ...document, plan, cells, cleanMasks: [] };
}

async function sweepOfMany(): Promise<ReportDocument> {
  const document = await exploreDocument();
  const { evidence = '', limit } = document;
  const faults = document.faults.map((fault) => ({ ...fault, trace: [] }));
  const scenarios = Array.from({ length: MANY }, (_, i) => {
    return { ...document, scenario: `s${i}`, faults, evidence, limit };
  });
  return { ...document, scenarios } as ReportDocument;
}

const writers = { toHtml, toMarkdown, toJunit };

describe.each(Object.entries(writers))('%s lets others run', (_, write) => {
  test.each([
    ['a matrix of many scenarios', matrixOfMany],
    ['a sweep of many scenarios', sweepOfMany],
  ])('%s', async (_name, make) => {
    const document = await make();
    const { wholeMs, gapMs } = await timesOf(() => write([document]));
    expect(gapMs).toBeLessThan(Math.max(GAP_MS, wholeMs / 2));
  });
});

test('a tour that is not drawn whole says so, and so does each fault without a diagram', async () => {
  const document = await demoDocument(['05']);
  const [row] = document.rows;
  if (!row?.ticket) throw new Error('no ticket');
  const ofRows = (count: number) =>
    toHtml([
      { ...document, rows: Array.from({ length: count }, (_, i) => ({ ...row, patch: `${i}` })) },
    ]);
  const page = await ofRows(103);
  expect(page).toContain('the first 100 faults are drawn; of the other 3 no diagram is drawn');
  expect(page.match(/none: the first 100 faults of a tour are drawn/g)).toHaveLength(3);
  expect(page).not.toContain('could not be replayed');
  expect(await ofRows(100)).not.toContain('no diagram is drawn');
});
