import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { type Reports, toHtml, toPictures } from '../../../lib/index';
import { bugTitle, storyFault } from '../../../lib/story/story';
import type { TraceStep } from '../../../lib/story/trace';
import {
  asDocument,
  benchDocument,
  demoDocument,
  exploreDocument,
  historyDocument,
  matrixDocument,
  replayDocument,
  stressDocument,
} from '../documents';
import { parseXml } from '../junit';

const KINDS: [string, () => Promise<Reports>][] = [
  ['stress', () => stressDocument('all,-05')],
  ['explore', () => exploreDocument()],
  ['replay', replayDocument],
  ['matrix', matrixDocument],
  ['demo', () => demoDocument()],
  ['history', () => historyDocument()],
  ['bench', async () => benchDocument('refcount')],
];

const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, found = '']) => found);

describe.each(KINDS)('the page of %s', (kind, make) => {
  test('speaks of a model where it has something of one', async () => {
    const page = await toHtml(await make());
    const says = page.includes('fault here is a result of a model of the device mapper');
    expect(says).toBe(kind !== 'bench');
  });

  test('is one file: it names nothing that would be loaded', async () => {
    const page = await toHtml(await make());
    expect(page).toMatch(/^<!doctype html>/);
    expect(matches(page, /\s(?:src|href|srcset|poster|action)="(?!#|data:)([^"]*)"/g)).toEqual([]);
    expect(page).not.toMatch(/@import|url\((?!['"]?data:|#)/);
    expect(page).not.toMatch(/<(iframe|object|embed|script[^>]+src)/);
  });

  test('runs its own script and no other', async () => {
    const page = await toHtml(await make());
    const scripts = matches(page, /<script>([\s\S]*?)<\/script>/g);
    expect(scripts).toHaveLength(1);
    const hash = createHash('sha256')
      .update(scripts[0] ?? '')
      .digest('base64');
    expect(page).toContain(`script-src &#39;sha256-${hash}&#39;`);
    expect(page).not.toMatch(/\son\w+="/);
  });

  test('has each id once, and each link goes to one', async () => {
    const page = await toHtml([await make(), await make()].flat());
    const ids = matches(page, /\sid="([^"]*)"/g).filter((id) => !id.startsWith('plot-'));
    expect(new Set(ids).size).toBe(ids.length);
    for (const target of matches(page, /href="#([^"]*)"/g)) expect(ids).toContain(target);
  });
});

describe('what a page says', () => {
  test('the verdict and its evidence come first', async () => {
    const page = await toHtml(await exploreDocument());
    const order = ['class="verdict', 'exhaustive under sequential', 'class="finding"', 'Outcomes'];
    const places = order.map((part) => page.indexOf(part));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places.toSorted((a, b) => a - b)).toEqual(places);
  });

  test('every step of the trace, and from where each value came', async () => {
    const report = await exploreDocument();
    const [fault] = report.faults;
    const page = await toHtml(report);
    const every = /<tbody class="every" hidden>([\s\S]*?)<\/tbody>/.exec(page)?.[1] ?? '';
    const steps = new Set(fault?.trace.map(({ step }) => String(step)));
    expect(new Set(matches(every, /data-step="(\d+)"/g))).toEqual(steps);
    expect(page).toMatch(/data-at="11" data-step="11" data-from="6"/);
    expect(page).toContain(`<span class="place">${fault?.file}:${fault?.line}</span>`);
  });

  test('a demo has only tickets; their steps are replayed', async () => {
    const report = await demoDocument();
    const page = await toHtml(report);
    const traces = matches(page, /<figure class="interleaving"[^>]*aria-label="([^"]*)/g);
    expect(traces).toHaveLength(2);
    expect(traces[0]).toContain('BUG: use-uninitialized in find_md / specific_minor');
  });

  test('a ticket that cannot be replayed takes its diagram with it, and nothing else', async () => {
    const report = await demoDocument();
    for (const row of report.rows) row.ticket = 'dmt9.of-another-version';
    const page = await toHtml(report);
    expect(page).toContain('could not be replayed where this page was made');
    expect(page).not.toContain('class="interleaving"');
  });

  test('faults of stress show the steps that were recorded where a ticket is of no use', async () => {
    const { faults } = await exploreDocument('remove-open', 'all,-05');
    const report = await stressDocument('all,-05');
    const [first] = report.faults;
    if (!first) throw new Error('the run met no fault');
    first.ticket = 'dmt9.of-another-version';
    first.trace = faults[0]?.trace ?? [];
    expect(await toHtml(report)).toContain('class="interleaving"');
  });

  test('what a report holds is text, wherever it stands', async () => {
    const nasty = `"><script>alert(1)</script><img src=x onerror='alert(2)'>`;
    const report = await exploreDocument();
    for (const fault of report.faults) {
      Object.assign(fault, { kind: nasty, message: nasty, site: nasty, ticket: nasty, how: nasty });
      for (const step of fault.trace)
        Object.assign(step, { text: nasty, op: nasty, notes: [nasty] });
    }
    for (const outcome of report.outcomes) outcome.results = nasty;
    const page = await toHtml(asDocument({ ...report, scenario: nasty, evidence: nasty }));
    expect(page).toContain('&lt;script&gt;');
    expect(matches(page, /(<script>)/g)).toHaveLength(1);
    expect(page).not.toContain('<img');
  });

  test('a grid of cells: numbers of contexts, clean subsets, disagreements', async () => {
    const report = await matrixDocument();
    const wrong = { mask: 253, scenario: 'create-find', kind: 'use-after-free', reachable: true };
    const page = await toHtml(asDocument({ ...report, verdict: 'fault', disagreements: [wrong] }));
    expect(page).toContain('1 cell not as the formulas say');
    expect(page).toContain('use-after-free can be reached');
    const row = /<b>02<\/b> placeholder<\/th>(.*?)<\/tr>/.exec(page)?.[1] ?? '';
    expect(matches(row, /<td[^>]*>(\d+|·)/g)).toEqual(['2', '1']);
  });
});

describe('pictures', () => {
  test('each fault a diagram with arrows, as an SVG file of its own', async () => {
    const report = await exploreDocument();
    const [picture] = await toPictures(report);
    expect(picture?.name).toBe('fault-1-use-uninitialized');
    const svg = parseXml(picture?.svg ?? '');
    expect(svg.attributes.viewBox).toMatch(/^0 0 \d+ \d+$/);
    const trace = report.faults[0]?.trace as TraceStep[];
    const [told] = report.faults;
    const fault = storyFault(told?.kind ?? '', told ?? {});
    expect(picture?.title).toBe(bugTitle(fault, trace, true));
    const paths = svg.children.filter(({ name }) => name === 'path');
    expect(paths).toHaveLength(1);
    const texts = svg.children.filter(({ name }) => name === 'text').map(({ text }) => text);
    expect(texts.join('\n')).toContain('*** use-uninitialized: md->disk');
  });

  test('plots of latencies, and which patch matters where', async () => {
    const names = async (reports: Reports): Promise<string[]> =>
      (await toPictures(reports)).map(({ name }) => name);
    expect(await names(await stressDocument())).toEqual(['latency']);
    expect(await names(await matrixDocument())).toEqual(['patches-by-scenario']);
    expect(await names([await matrixDocument(), benchDocument('refcount')])).toEqual([
      'r1-patches-by-scenario',
      'r2-refcount',
    ]);
  });

  test('a name is never a path', async () => {
    const report = await exploreDocument();
    for (const fault of report.faults) fault.kind = '../../etc/passwd';
    const [picture] = await toPictures(asDocument(report));
    expect(picture?.name).toBe('fault-1-_etc_passwd');
  });
});

test('reports are checked before anything is made of them', async () => {
  await expect(toHtml([])).rejects.toThrow('Expected `reports` to be one at least, got `none`');
  await expect(toHtml('r.json' as never)).rejects.toThrow('Expected `reports` to be reports');
  await expect(toHtml({ tool: 'dmtorture', kind: 'stress' } as never)).rejects.toThrow(
    'is missing',
  );
});
