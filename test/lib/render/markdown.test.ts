import { describe, expect, test } from '@jest/globals';
import { toMarkdown } from '../../../lib/index';
import { toAnnotations, toSummary } from '../../../lib/render/github';
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

/** Lines of tables: how many cells each has. */
function widths(text: string): number[] {
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  return rows.map((line) => line.replace(/\\\|/g, '').split('|').length - 2);
}

describe('toMarkdown', () => {
  test('the verdict, its evidence, the fault with its diagram, and the outcomes', async () => {
    const report = await exploreDocument();
    const text = await toMarkdown(report);
    expect(text).toMatch(/^## ❌ fault: explore create-find, patches all,-02\n/);
    expect(text).toContain('- exhaustive under sequential consistency');
    expect(text).toContain('### BUG: use-uninitialized in find\\_md / specific\\_minor');
    expect(text).toContain(`\`npx dmtorture replay ${report.faults[0]?.ticket}\``);
    expect(text).toMatch(/```text\nstep \| cpu1: create 0[^`]*\*\*\* use-uninitialized[^`]*```/);
    expect(text).toContain('| `create 0=0 \\| find 0=-ENXIO` |');
  });

  test.each([
    ['stress', () => stressDocument(), '| operation | count |'],
    ['matrix', matrixDocument, '| 02 placeholder | '],
    ['demo', () => demoDocument(), '| 05 freeing | '],
    ['history', () => historyDocument(), '| R9 destroy | '],
    ['bench', async () => benchDocument('refcount'), '| xadd | 1 | true | 5 |'],
    ['replay', replayDocument, '### BUG: '],
  ] as [string, () => Promise<object>, string][])('%s', async (_, make, part) => {
    const text = await toMarkdown((await make()) as never);
    expect(text).toContain(part);
    for (const table of text.split('\n\n').filter((block) => block.startsWith('|'))) {
      expect(new Set(widths(table)).size).toBe(1);
    }
  });

  test('without diagrams', async () => {
    const text = await toMarkdown(await exploreDocument(), { diagrams: false });
    expect(text).toContain('### BUG: ');
    expect(text).not.toContain('```');
  });

  test('what a report holds is text, never markup', async () => {
    const report = await exploreDocument();
    const nasty = '<img src=x> [link](http://x) `code` | cell\n# head';
    for (const outcome of report.outcomes) outcome.results = nasty;
    for (const fault of report.faults) fault.kind = nasty;
    const text = await toMarkdown(asDocument({ ...report, scenario: nasty }));
    const prose = text.replace(/```text[\s\S]*?\n```/g, '').replace(/`+[^`\n]+`+/g, '');
    expect(prose).not.toMatch(/(?<!\\)<img|(?<!\\)\[link|^\\?# head/m);
    const [table] = text.split('\n\n').filter((block) => block.startsWith('|'));
    expect(new Set(widths(table ?? ''))).toEqual(new Set([3]));
  });
});

describe('GitHub', () => {
  test('an error a fault, with its diagram left to the summary', async () => {
    const report = await exploreDocument();
    const lines = await toAnnotations([report]);
    expect(lines).toHaveLength(report.faults.length);
    const [line = ''] = lines;
    const place = String.raw`file=native/core/dm/dm\.c,line=${report.faults[0]?.line}`;
    expect(line).toMatch(
      new RegExp(`^::error ${place},title=BUG%3A use-uninitialized in find_md / specific_minor::`),
    );
    expect(line).toContain('%0Aprevented by: 02 placeholder');
    expect(line).toContain(`%0Areplay: npx dmtorture replay ${report.faults[0]?.ticket}`);
  });

  test('a notice where all is clean, a warning where it was not finished', async () => {
    const clean = await stressDocument();
    const [notice = ''] = await toAnnotations([clean]);
    expect(notice).toMatch(/^::notice title=clean%3A stress remove-open%2C patches all::/);
    const [warning = ''] = await toAnnotations([{ ...clean, verdict: 'unfinished' }]);
    expect(warning).toMatch(/^::warning title=unfinished/);
  });

  test('the faults of a tour do not count as errors', async () => {
    const lines = await toAnnotations([await demoDocument()]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^::notice title=as expected/);
  });

  test('nothing in a report can begin a command of its own', async () => {
    const report = await exploreDocument();
    for (const fault of report.faults) fault.message = 'x\r\n::error::forged % 25';
    const lines = await toAnnotations([report]);
    expect(lines.join('\n').split(/[\r\n]/)).toHaveLength(report.faults.length);
    expect(lines[0]).toContain('x\\r\\n::error::forged %25 25');
  });

  test('a summary that would be too long loses its diagrams, then its end', async () => {
    const reports = [await exploreDocument()];
    const [full, short] = [
      await toMarkdown(reports),
      await toMarkdown(reports, { diagrams: false }),
    ];
    expect(await toSummary(reports)).toBe(full);
    expect(await toSummary(reports, full.length - 1)).toBe(short);
    const cut = await toSummary(reports, 700);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(700);
    expect(cut).toContain('cut here');
    expect(cut.startsWith(short.slice(0, 200))).toBe(true);
  });
});
