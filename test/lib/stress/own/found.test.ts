import { expect, test } from '@jest/globals';
import { inert } from '../../../../lib/base/sinks/inert';
import { renderProgramStress } from '../../../../lib/cli/stress/program-text';
import { matchers } from '../../../../lib/jest';
import { program } from '../../../../lib/own/program';
import { toHtml, toJunit, toMarkdown } from '../../../../lib/render/render';
import { checkDocument } from '../../../../lib/reports/documents';
import { mergeReports } from '../../../../lib/reports/merge';
import { makeProgramStressPlan } from '../../../../lib/stress/own/plan';
import type { ProgramFaultSummary, ProgramStressReport } from '../../../../lib/stress/own/report';
import { ProgramStressRun } from '../../../../lib/stress/own/run';
import { attachProgramTickets } from '../../../../lib/stress/own/tickets';
import { workshop } from '../../own/building';

const { write } = workshop();

const RACE = `#include <pthread.h>
#include <stdlib.h>
static int n;
static void *add(void *block)
{
  free(block);
  n++;
  return 0;
}
int main(void)
{
  pthread_t t;
  int *block = malloc(4);
  pthread_create(&t, 0, add, block);
  n++;
  pthread_join(t, 0);
  *block = 1;
}
`;

const plain = {
  width: () => Number.POSITIVE_INFINITY,
  out: new Proxy({}, { get: () => String }),
} as never;

/** What a sanitizer says of a round. */
function met(kind: 'data-race' | 'crash', invariant: 'I10' | 'I13'): ProgramFaultSummary {
  const at = { function: 'add', file: 'race.c', line: 7 };
  const site = { ...at, code: '', object: null, field: null, site: 'add' };
  const first = { ...site, message: `title of ${kind}`, atMs: 5, round: 1, seed: 3 };
  return { kind, invariant, preventedBy: [], count: 1, ...at, first };
}

/** A report of rounds that met faults, for which the explorer has looked. */
async function looked(faults: ProgramFaultSummary[]): Promise<ProgramStressReport> {
  const own = program(write('race.c', RACE));
  const report = await new ProgramStressRun(makeProgramStressPlan(own, { rounds: 1, seed: 1 }))
    .result;
  Object.assign(report, { verdict: 'fault', faults });
  await attachProgramTickets(report, own, {});
  return report;
}

const RACES = /\*\*\* data-race: a (read|write) by thread 2 and.* nothing orders/;
const FREED = /\*\*\* use-after-free: /;

/** A diagram's text without its columns, so that a sentence is a line. */
const sentences = (text: string): string => text.replaceAll(/[|\s]+/g, ' ');

test("a diagram ends in the explorer's words, and what was met says its own above", async () => {
  const report = await looked([met('data-race', 'I10'), met('crash', 'I13')]);
  expect(report.faults[0]?.found).toMatchObject({ kind: 'data-race', line: 7 });
  expect(report.faults[1]).toMatchObject({
    explored: 'use-after-free',
    found: { kind: 'use-after-free', line: 17 },
  });
  const document = checkDocument(JSON.parse(JSON.stringify(report)), 'report');
  const texts = [
    renderProgramStress(inert(report), true, plain),
    await toJunit([document]),
    await toMarkdown([document]),
    matchers.toHaveNoFaults.call({}, report).message(),
  ].map(sentences);
  for (const text of texts) {
    expect(text).toMatch(RACES);
    expect(text).toMatch(FREED);
    expect(text).toMatch(/title of data-race.*title of crash/);
    expect(text).not.toMatch(/\*\*\* [a-z-]+: title of/);
    expect(text).toMatch(/BUG: crash in add/);
  }
  expect(sentences(await toHtml([document]))).not.toMatch(/\*\*\* [a-z-]+: title of/);
});

test('reports that become one keep what the explorer found', async () => {
  const one = await looked([met('data-race', 'I10'), met('crash', 'I13')]);
  const other = { ...one, plan: { ...one.plan, seed: 2 } };
  const merged = await mergeReports([one, other] as never);
  const { faults } = merged as unknown as ProgramStressReport;
  expect(faults.map(({ found }) => found)).toEqual(one.faults.map(({ found }) => found));
  expect(sentences(String(faults[0]?.trace))).toMatch(RACES);
  expect(sentences(String(faults[1]?.trace))).toMatch(FREED);
});
