import { beforeAll, describe, expect, test } from '@jest/globals';
import { renderExplore } from '../../lib/cli/explore/text';
import { type ExploreReport, explore } from '../../lib/index';
import { foundText } from '../../lib/matchers/text';
import { toAnnotations } from '../../lib/render/github';
import { toHtml } from '../../lib/render/html';
import { toJunit } from '../../lib/render/junit';
import { toMarkdown } from '../../lib/render/markdown';
import { checkDocument } from '../../lib/reports/documents';
import { describeSearched, type Finding } from '../../lib/story/finding';

/** A terminal without an edge and without colors. */
const plainTerminal = {
  width: () => Number.POSITIVE_INFINITY,
  out: new Proxy({}, { get: () => (text: string) => text }),
} as never;

/** The characters of a text, whatever it is written into: lines are broken, signs are escaped. */
const letters = (text: string): string =>
  text
    .replaceAll(/<\/?code>|&#x2060;/g, '')
    .replaceAll('&amp;', '&')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'")
    .replaceAll(/%[0-9A-F]{2}/g, decodeURIComponent)
    .replaceAll(/[\\\s|]/g, '');

describe('a fault is described in the same words', () => {
  let report: ExploreReport;
  let finding: Finding;
  let outputs: Record<string, string>;

  beforeAll(async () => {
    report = await explore('remove-open', { patches: 'all,-05' });
    const [fault] = report.faults;
    if (!fault) throw new Error('no fault');
    finding = describeSearched(fault, report);
    const documents = [checkDocument(JSON.parse(JSON.stringify(report)), 'report')];
    outputs = {
      terminal: renderExplore(report as never, { quiet: true, lines: false }, plainTerminal),
      matchers: foundText('', report.faults, report),
      page: await toHtml(documents),
      junit: await toJunit(documents),
      markdown: await toMarkdown(documents),
      annotations: (await toAnnotations(documents)).join('\n'),
    };
  });

  test.each(['terminal', 'matchers', 'page', 'junit', 'markdown', 'annotations'])(
    'in %s',
    (output) => {
      const { title, where, means, breaks, facts, prevention, ticket } = finding;
      const said = letters(outputs[output] ?? '');
      expect(facts.map(([label]) => label)).toEqual(['evidence', 'found', 'schedule']);
      for (const text of [title, where, means, breaks, ...facts.map(([, t]) => t), prevention]) {
        expect(said).toContain(letters(text));
      }
      expect(said).toContain(letters(`npx dmtorture replay ${ticket}`));
    },
  );
});
