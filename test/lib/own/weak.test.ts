import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { explore } from '../../../lib/explore/explore';
import { replay } from '../../../lib/explore/replay';
import type { ProgramExploreOptions } from '../../../lib/own/plan';
import { program } from '../../../lib/own/program';
import type { ProgramReport } from '../../../lib/own/report';
import { toHtml, toMarkdown } from '../../../lib/render/render';
import type { TraceStep } from '../../../lib/story/trace';
import { optionsOf } from '../../../lib/story/weak';
import { COMPILERS } from './building';

const folder = path.join(__dirname, '../../../examples/weak');
const names = fs.readdirSync(folder).filter((name) => name.endsWith('.c'));

/** Of each program: the fault of its weak order under rc11, and whether it takes rc11 to see one. */
const FAULTS: Record<string, readonly [kind: string, everywhere?: 'everywhere']> = {
  'dekker.c': ['data-race'],
  'dpdk-mcs-2020.c': ['livelock'],
  'dpdk-mcs-2025.c': ['livelock'],
  'eventcount.c': ['livelock'],
  'hazard.c': ['use-after-free'],
  'linux-qspinlock.c': ['livelock'],
  'message.c': ['data-race', 'everywhere'],
  'once.c': ['data-race', 'everywhere'],
  'peterson-fence.c': ['data-race'],
  'peterson.c': ['data-race'],
  'publish.c': ['data-race', 'everywhere'],
  'refcount.c': ['data-race', 'everywhere'],
  'seqlock-count.c': ['check-failed'],
  'seqlock-reader.c': ['check-failed'],
  'seqlock-writer.c': ['check-failed'],
  'spsc-full.c': ['data-race', 'everywhere'],
  'spsc.c': ['data-race', 'everywhere'],
  'tas.c': ['data-race', 'everywhere'],
  'ticket.c': ['data-race', 'everywhere'],
};

function seen({ verdict, exhaustive, faults }: ProgramReport) {
  return { verdict, exhaustive, kinds: faults.map(({ kind }) => kind) };
}

/**
 * Of each whose fault one order more would have forbidden: that order. Where two threads miss each
 * other's writes, it takes more than one.
 */
const LACKS: Record<string, string> = {
  'dpdk-mcs-2020.c': 'release',
  'dpdk-mcs-2025.c': 'acquire',
  'linux-qspinlock.c': 'release',
  'message.c': 'release',
  'once.c': 'acquire',
  'peterson-fence.c': 'seq_cst',
  'publish.c': 'acquire',
  'refcount.c': 'acq_rel',
  'seqlock-count.c': 'release',
  'seqlock-reader.c': 'acquire',
  'seqlock-writer.c': 'release',
  'spsc-full.c': 'release',
  'spsc.c': 'release',
  'tas.c': 'release',
  'ticket.c': 'acquire',
};

/** What a step says that did not do the newest; it names a write of another thread. */
function saysOf(step: TraceStep, trace: readonly TraceStep[]): string {
  const of = step.before ?? step.missed;
  const write = trace.find((one) => one.step === of?.step && one.wrote !== null);
  expect([write?.cpu, write?.variable]).toEqual([of?.cpu, step.variable]);
  expect(of?.cpu).not.toBe(step.cpu);
  return step.before
    ? `lands before thread ${of?.cpu}'s of step ${of?.step}: no happens-before`
    : `although thread ${of?.cpu} wrote at step ${of?.step}: no happens-before`;
}

const inOneLine = (text: string): string => text.replace(/[|\s]+/g, ' ');

const LIMIT = { executions: 100_000 };
const SAID = /although|lands[\s|]+before/;
const CLEAN = { verdict: 'clean', exhaustive: true, kinds: [] };

test('there are 19 programs, each with its fault', () => {
  expect(names).toEqual(Object.keys(FAULTS));
  expect(names).toHaveLength(19);
});

describe.each(names)('%s', (name) => {
  const file = path.join(folder, name);

  test('names its bug, the command that shows it, and the one that shows its fix', () => {
    const text = fs.readFileSync(file, 'utf8');
    expect(text.match(/BUG/g)).toHaveLength(1);
    expect(text).toContain(`npx dmtorture explore ${name} --memory rc11\n`);
    expect(text).toContain(`npx dmtorture explore ${name} --memory rc11 --flag -DFIXED\n`);
  });

  test.each(['-UFIXED', '-DFIXED'])('is plain C without a warning: %s', (form) => {
    const strict = ['-std=c11', '-Wall', '-Wextra', '-pedantic', '-Werror', '-fsyntax-only'];
    expect(spawnSync('cc', [...strict, form, file], { encoding: 'utf8' }).stderr).toBe('');
  });
});

const eachWay = names.flatMap((name) => COMPILERS.map((cc) => [name, cc] as const));

describe.each(eachWay)('%s by %s', (name, cc) => {
  const [kind, everywhere] = FAULTS[name] ?? [];

  function look(flags: string[], options: ProgramExploreOptions = {}): Promise<ProgramReport> {
    return explore(program(path.join(folder, name), { flags, cc }), options);
  }

  test('shows its fault under rc11, and without it only where no order is in the way', async () => {
    const weak = seen(await look([], { memory: 'rc11', ...LIMIT }));
    expect(weak.verdict).toBe('fault');
    expect(new Set(weak.kinds)).toEqual(new Set([kind]));
    const strong = seen(await look([]));
    if (everywhere) expect(strong.verdict).toBe('fault');
    else expect(strong).toEqual(CLEAN);
  });

  test('its fix has no fault under rc11', async () => {
    const fixed = seen(await look(['-DFIXED'], { memory: 'rc11', ...LIMIT }));
    expect(fixed).toEqual(CLEAN);
  });

  test('its diagram names each write that a thread did not see, and the report the order', async () => {
    const report = await look([], { memory: 'rc11', ...LIMIT });
    const parsed = JSON.parse(JSON.stringify(report)) as ProgramReport;
    const markdown = (await toMarkdown([parsed])).replaceAll('\\', '');
    const page = await toHtml([parsed]);
    const order = LACKS[name];
    for (const { trace, ticket } of report.faults) {
      const weak = trace.filter(({ option }) => option !== undefined);
      const said = weak.map((step) => saysOf(step, trace));
      for (const sentence of said) {
        expect(inOneLine(String(trace))).toContain(sentence);
        expect(inOneLine(markdown)).toContain(sentence);
        expect(page).toContain(sentence.replace("'", '&#39;'));
      }
      // ... and the page joins the two by an arrow.
      for (const { step, before, missed } of weak) {
        const row = new RegExp(`data-at="${step}"[^>]* data-missed="${(before ?? missed)?.step}"`);
        expect(page).toMatch(row);
      }
      const lacks = trace.flatMap((step) => step.lacks ?? []);
      expect(new Set(lacks.map((one) => one.order))).toEqual(new Set(order ? [order] : []));
      for (const { file, line } of lacks) {
        expect(markdown).toContain(`${order} at ${file}:${line}: with it step`);
        expect(page).toContain(`${order} at ${file}:${line}: with it step`);
      }
      const again = await replay(ticket);
      expect(again.trace.map(({ missed, before }) => [missed, before])).toEqual(
        trace.map(({ missed, before }) => [missed, before]),
      );
    }
    // Either a step did not do the newest, or an order is missing without that.
    const steps = parsed.faults.flatMap(({ trace }) => trace);
    expect(steps.some(({ option, lacks }) => option !== undefined || lacks)).toBe(true);
  });

  test('its ticket replays', async () => {
    const { faults } = await look([], { memory: 'rc11', ...LIMIT });
    const again = await replay(faults[0]?.ticket ?? '');
    expect([again.reproduced, again.fault?.kind]).toEqual([true, kind]);
    // What did not see or follow the newest write says which that was.
    for (const trace of [faults[0]?.trace ?? [], again.trace]) {
      const stale = trace.filter(({ missed, before }) => missed ?? before);
      expect(stale).toHaveLength(optionsOf(trace));
      if (kind !== 'data-race' || name.startsWith('dekker'))
        expect(stale.length).toBeGreaterThan(0);
      if (stale.length > 0) expect(String(trace)).toMatch(SAID);
    }
  });
});
