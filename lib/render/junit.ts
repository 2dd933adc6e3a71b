import { append, mapWithBreath } from '../base/bounds';
import { html, type Markup, raw, xmlBody, xmlTag } from '../base/sinks/markup';
import type { ReportDocument } from '../reports/documents';
import type { Check, Section } from './section';
import { sectionsOf } from './sections';

function caseLines({ group, name, failed, skipped }: Check): Markup[] {
  const head = xmlTag('testcase', { classname: `dmtorture.${group}`, name, time: 0 });
  if (failed) {
    const open = xmlTag('failure', { message: failed.title, type: name });
    return [
      html`    ${head}>`,
      html`      ${open}>${xmlBody(failed.text)}</failure>`,
      html`    </testcase>`,
    ];
  }
  if (skipped !== undefined) {
    const tag = xmlTag('skipped', { message: skipped });
    return [html`    ${head}>`, html`      ${tag}/>`, html`    </testcase>`];
  }
  return [html`    ${head}/>`];
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
function propertyLines({ report }: Section): Markup[] {
  const { plan, environment, version } = report;
  const facts: [string, unknown][] = Object.entries({ dmtorture: version, ...environment });
  for (const [name, value] of Object.entries(plan)) {
    const isPlain = typeof value !== 'object' || value === null;
    facts.push([name, isPlain ? value : JSON.stringify(value)]);
  }
  return facts.map(
    ([name, value]) => html`      ${xmlTag('property', { name, value: String(value) })}/>`,
  );
}

async function suiteLines(section: Section): Promise<Markup[]> {
  const { title, report, checks, says, evidence } = section;
  const head = xmlTag('testsuite', { name: title, ...totals(checks), time: seconds(report) });
  const out = [says, ...evidence].join('\n');
  return [
    html`  ${head}>`,
    html`    <properties>`,
    ...propertyLines(section),
    html`    </properties>`,
    ...(await mapWithBreath(checks, caseLines)).flat(),
    html`    <system-out>${xmlBody(out)}</system-out>`,
    html`  </testsuite>`,
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
  const head = xmlTag('testsuites', {
    name: 'dmtorture',
    ...totals(checks),
    time: time.toFixed(3),
  });
  const lines = [raw('<?xml version="1.0" encoding="UTF-8"?>'), html`${head}>`];
  for (const section of sections) append(lines, await suiteLines(section));
  return [...lines, html`</testsuites>`, ''].join('\n');
}
