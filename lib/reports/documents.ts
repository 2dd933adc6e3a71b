import * as v from 'valibot';
import { memberOf } from '../base/bounds';
import { DmTortureError, expected } from '../base/errors';
import { oneLine } from '../base/sinks/inert';
import { version } from '../base/version';
import { tooLarge } from './documents/limits';
import { kindOf, reportKinds } from './kinds';
import type { ReportDocument } from './schemas';

export type * from './schemas';

const KINDS: readonly string[] = Object.keys(reportKinds);

function refused(name: string, message: string): DmTortureError {
  return new DmTortureError('ERR_BAD_REPORT', oneLine(`${name}: ${message}`));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The head that dmtorture-bench, which knows no Node, leaves out. */
function withHead(value: Record<string, unknown>): Record<string, unknown> {
  if (value.tool !== 'dmtorture-bench') return value;
  const { machine, complete, suite } = value;
  const cpus = isObject(machine) ? machine.cpus : undefined;
  return {
    version,
    verdict: complete === false ? 'unfinished' : 'clean',
    complete: true,
    plan: { suite },
    environment: { node: '-', os: '-', arch: '-', cpus: typeof cpus === 'number' ? cpus : 0 },
    durationMs: 0,
    ...value,
    tool: 'dmtorture',
  };
}

function pathOf(issue: v.BaseIssue<unknown>): string {
  const keys = issue.path?.map(({ key }) => key) ?? [];
  return keys
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i > 0 ? '.' : ''}${String(key)}`))
    .join('');
}

/** Types by the words that messages have for them. */
const WORDS: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  boolean: '`true` or `false`',
  Array: 'an array',
  Object: 'an object',
};

/** What is wrong with a member, as a sentence. */
function complaint(issue: v.BaseIssue<unknown>): string {
  const path = pathOf(issue);
  const key = issue.path?.at(-1)?.key;
  if (issue.expected === JSON.stringify(key)) return `\`${path}\` is missing`;
  const what = issue.expected ?? issue.message;
  return expected(path, memberOf(WORDS, what) ?? what, issue.input);
}

/**
 * Check a parsed document.
 *
 * @param name - What messages call it: the file.
 * @throws DmTortureError ERR_BAD_REPORT
 */
export function checkDocument(value: unknown, name: string): ReportDocument {
  if (!isObject(value)) {
    const what = Array.isArray(value) ? 'an array' : `\`${String(value)}\``;
    throw refused(name, `a report is an object with \`tool\` and \`kind\`, and this is ${what}`);
  }
  if (value.tool !== 'dmtorture' && value.tool !== 'dmtorture-bench') {
    const what = expected('tool', '`dmtorture`', value.tool);
    throw refused(
      name,
      `this is not a report of dmtorture; --json of a command writes one. ${what}`,
    );
  }
  if (typeof value.kind !== 'string' || !KINDS.includes(value.kind)) {
    const made = `of dmtorture ${String(value.version)}, this is ${version}`;
    throw refused(name, `${expected('kind', KINDS.join(', '), value.kind)} (${made})`);
  }
  const { schema } = kindOf<ReportDocument>({ kind: value.kind as ReportDocument['kind'] });
  const checked = v.safeParse(schema, withHead(value), { abortEarly: true });
  if (checked.success) return checked.output;
  const [issue] = checked.issues;
  throw refused(name, complaint(issue));
}

/**
 * Read the text of a file: one document, or the lines of `--ndjson`, of which the last that is a
 * report counts.
 *
 * @throws DmTortureError ERR_BAD_REPORT
 */
export function readDocument(text: string, name: string): ReportDocument {
  if (text.trim() === '') throw refused(name, 'the file is empty; its run may not have ended');
  const parsed = parse(text, name);
  const large = tooLarge(parsed);
  if (large !== undefined) throw refused(name, large);
  return checkDocument(parsed, name);
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const line = reportLine(text);
    if (line !== undefined) return line;
    throw refused(name, `not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The report among the events of `--ndjson`. */
function reportLine(text: string): unknown {
  const lines = text.split('\n').filter((line) => line.startsWith('{"event":'));
  try {
    const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    return events.findLast(({ event }) => event === 'report');
  } catch {
    return undefined;
  }
}
