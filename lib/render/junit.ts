import type { ReportDocument } from '../documents';
import type { Check, Section } from './section';
import { sectionsOf } from './sections';

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** What XML 1.0 has no way to say: most control characters, and halves of pairs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is to go
const UNSAYABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

const attribute = (text: string): string =>
  text.replace(UNSAYABLE, '\ufffd').replace(/[&<>"\t\n\r]/g, (char) => ESCAPES[char] ?? char);

const body = (text: string): string =>
  text.replace(UNSAYABLE, '\ufffd').replace(/[&<>\r]/g, (char) => ESCAPES[char] ?? char);

function tag(name: string, attributes: Record<string, string | number>): string {
  const texts = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${attribute(String(value))}"`,
  );
  return `<${name}${texts.join('')}`;
}

function caseLines({ group, name, failed, skipped }: Check): string[] {
  const head = tag('testcase', { classname: `dmtorture.${group}`, name, time: 0 });
  if (failed) {
    const open = tag('failure', { message: failed.title, type: name });
    return [`    ${head}>`, `      ${open}>${body(failed.text)}</failure>`, '    </testcase>'];
  }
  if (skipped !== undefined) {
    return [`    ${head}>`, `      ${tag('skipped', { message: skipped })}/>`, '    </testcase>'];
  }
  return [`    ${head}/>`];
}

const seconds = ({ durationMs }: ReportDocument): string => (durationMs / 1000).toFixed(3);

function totals(checks: readonly Check[]): Record<string, number> {
  return {
    tests: checks.length,
    failures: checks.filter(({ failed }) => failed).length,
    errors: 0,
    skipped: checks.filter(({ failed, skipped }) => !failed && skipped !== undefined).length,
  };
}

/** What it takes to do the same again. */
function propertyLines({ report }: Section): string[] {
  const { plan, environment, version } = report;
  const facts: [string, unknown][] = Object.entries({ dmtorture: version, ...environment });
  for (const [name, value] of Object.entries(plan)) {
    const isPlain = typeof value !== 'object' || value === null;
    facts.push([name, isPlain ? value : JSON.stringify(value)]);
  }
  return facts.map(([name, value]) => `      ${tag('property', { name, value: String(value) })}/>`);
}

function suiteLines(section: Section): string[] {
  const { title, report, checks, says, evidence } = section;
  const head = tag('testsuite', { name: title, ...totals(checks), time: seconds(report) });
  const out = [says, ...evidence].join('\n');
  return [
    `  ${head}>`,
    '    <properties>',
    ...propertyLines(section),
    '    </properties>',
    ...checks.flatMap(caseLines),
    `    <system-out>${body(out)}</system-out>`,
    '  </testsuite>',
  ];
}

/**
 * A JUnit file of reports: a suite each. Of a run or an exploration each kind of fault is a test,
 * so that their names stay the same; of the tour each patch, of a matrix each scenario.
 *
 * @param reports - Checked documents.
 * @returns A promise of the text of an XML file.
 */
export async function toJunit(reports: readonly ReportDocument[]): Promise<string> {
  const sections = await sectionsOf(reports);
  const checks = sections.flatMap((section) => section.checks);
  const time = reports.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000;
  const head = tag('testsuites', { name: 'dmtorture', ...totals(checks), time: time.toFixed(3) });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `${head}>`,
    ...sections.flatMap(suiteLines),
    '</testsuites>',
    '',
  ].join('\n');
}
