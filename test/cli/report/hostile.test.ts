import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  benchDocument,
  demoDocument,
  exploreDocument,
  historyDocument,
  matrixDocument,
  replayDocument,
  stressDocument,
} from '../../lib/documents';
import {
  ACTING,
  ACTING_OR_NEW_LINE,
  commandsIn,
  HOSTILE,
  hostileDocument,
} from '../../lib/hostile';
import { parseXml, wrongInJunit } from '../../lib/junit';
import { type Ended, start } from '../command';

interface Token {
  type: string;
  children?: Token[] | null;
}
type Parser = new (options: object) => { parse(text: string, env: object): Token[] };
const Markdown = require('markdown-it') as Parser;
const markdown = new Markdown({ html: true, linkify: true });

let folder = '';
const at = (name: string): string => path.join(folder, name);
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hostile-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

function report(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return start(['report', ...args], { GITHUB_ACTIONS: '', GITHUB_STEP_SUMMARY: '', ...env }).ended;
}

/** A sweep is an exploration with others in it. */
async function sweepDocument(): Promise<object> {
  const one = await exploreDocument();
  return { ...one, scenarios: [one] };
}

const KINDS: Record<string, () => Promise<object>> = {
  stress: () => stressDocument('all,-05'),
  explore: () => exploreDocument(),
  sweep: sweepDocument,
  replay: replayDocument,
  matrix: matrixDocument,
  demo: () => demoDocument(['05']),
  history: () => historyDocument({ row: 'R9' }),
  locks: async () => benchDocument('locks', { warnings: ['noisy'] }),
  minors: async () => benchDocument('minors'),
  refcount: async () => benchDocument('refcount'),
  calls: async () => benchDocument('calls'),
  explorer: async () => benchDocument('explore'),
};

/** What a diagram is drawn of; without them there would be none to attack. */
const DRAWN = ['program', 'ticket', 'latencyBuckets', 'mask'];
const CASES = [
  ...Object.keys(KINDS).map((kind): [string, string, string[]] => [kind, 'every text', []]),
  ...['stress', 'explore', 'sweep', 'replay', 'matrix', 'demo'].map(
    (kind): [string, string, string[]] => [kind, 'all but what a diagram needs', DRAWN],
  ),
];

/** Runs where Actions reads along, with every output that is a file. */
async function everyOutput(file: string, name: string): Promise<Ended & { pictures: string[] }> {
  const pictures = at(`${name}-pictures`);
  const files = ['--html', at(`${name}.html`), '--junit', at(`${name}.xml`), '--svg', pictures];
  const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: at(`${name}.md`) };
  const ended = await report([file, ...files], env);
  if (!fs.existsSync(pictures)) throw new Error(ended.stderr);
  return { ...ended, pictures: fs.readdirSync(pictures).map((one) => path.join(pictures, one)) };
}

function expectTerminal(text: string): void {
  expect(text).not.toMatch(ACTING);
  expect(commandsIn(text)).toEqual([]);
}

/** Links, pictures and HTML that a text became; code spans say what they say. */
function activeIn(text: string): string[] {
  const all = markdown.parse(text, {}).flatMap((token) => [token, ...(token.children ?? [])]);
  const acting = ['html_block', 'html_inline', 'link_open', 'image'];
  return all.map(({ type }) => type).filter((type) => acting.includes(type));
}

function expectMarkdown(text: string): void {
  expect(activeIn(text)).toEqual([]);
  const prose = text
    .replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '')
    .replace(/(`+)[^\n]*?[^`]\1(?!`)/g, '');
  expect(prose).not.toMatch(/@\w/);
  expect(text).not.toMatch(ACTING);
}

function expectSvg(text: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML cannot say them
  expect(text).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]|\p{Surrogate}/u);
  expect(parseXml(text).name).toBe('svg');
  expect(text).not.toMatch(/<(?:script|img)|could not be drawn/);
}

describe('a report in which every text and every key wants to act', () => {
  test.each(CASES)('%s, %s', async (kind, _, spared) => {
    const name = `${kind}-${spared.length}`;
    const { text, refusals } = hostileDocument((await KINDS[kind]?.()) ?? {}, spared);
    for (const message of refusals) expect(message).not.toMatch(ACTING_OR_NEW_LINE);
    expect(text.split(JSON.stringify(HOSTILE).slice(1, -1)).length).toBeGreaterThan(10);
    fs.writeFileSync(at(`${name}.json`), text);

    const { code, stdout, stderr, pictures } = await everyOutput(at(`${name}.json`), name);
    expect([code, stderr]).toEqual([
      expect.any(Number),
      expect.not.stringContaining('dmtorture bug'),
    ]);
    expect([0, 1, 4]).toContain(code);
    const lines = stdout.split('\n');
    const annotations = lines.filter((line) => /^::(?:error|warning|notice) title=/.test(line));
    expect(annotations.length).toBeGreaterThan(0);
    expect(annotations.join('')).not.toMatch(ACTING);
    expectTerminal(lines.filter((line) => !annotations.includes(line)).join('\n'));
    expectTerminal(stderr);

    expectMarkdown(fs.readFileSync(at(`${name}.md`), 'utf8'));
    expect(wrongInJunit(parseXml(fs.readFileSync(at(`${name}.xml`), 'utf8')))).toEqual([]);
    const page = fs.readFileSync(at(`${name}.html`), 'utf8');
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toMatch(/<img|href="(?!#|data:image\/svg\+xml,)/);
    expect(page).not.toContain('\0');
    for (const picture of pictures) expectSvg(fs.readFileSync(picture, 'utf8'));
  });

  test('as JSON and as Markdown on standard output', async () => {
    const { text } = hostileDocument(await exploreDocument(), DRAWN);
    fs.writeFileSync(at('out.json'), text);
    const json = await report([at('out.json'), '--json']);
    expectTerminal(json.stdout);
    expect(JSON.parse(json.stdout)).toMatchObject({ scenario: HOSTILE });
    const printed = await report([at('out.json'), '--markdown']);
    expectMarkdown(printed.stdout);
    expectTerminal(printed.stdout);
  });

  test('colors of ours reach a terminal, colors of strangers do not', async () => {
    const document = await exploreDocument();
    const text = JSON.stringify({ ...document, scenario: 'x\u001b[31mred' });
    fs.writeFileSync(at('colors.json'), text);
    const { stdout } = await report([at('colors.json')], { FORCE_COLOR: '1' });
    expect(stdout).toContain('\u001b[31mfault\u001b[39m');
    expect(stdout).toContain('x\\u001b[31mred');
  });
});

describe('an error message with a text of a stranger in it', () => {
  const spoiled: [string, (report: Record<string, unknown>) => unknown][] = [
    ['a value', (one) => ({ ...one, verdict: HOSTILE })],
    ['a key', (one) => ({ ...one, faults: [{ [HOSTILE]: 1 }] })],
    ['the kind', (one) => ({ ...one, kind: HOSTILE, version: HOSTILE })],
    ['the tool', (one) => ({ ...one, tool: HOSTILE })],
    ['no report', () => HOSTILE],
  ];
  test.each(spoiled)('%s', async (name, spoil) => {
    const file = at(`error-${name}.json`);
    fs.writeFileSync(file, JSON.stringify(spoil({ ...(await exploreDocument()) })));
    const { code, stdout, stderr } = await report([file]);
    expect([code, stdout]).toEqual([2, '']);
    expectTerminal(stderr);
    expect(stderr.split('\n')).toHaveLength(2);
  });

  test('what is not JSON, and a plan that differs', async () => {
    fs.writeFileSync(at('not.json'), `{"tool": ${HOSTILE}`);
    const one = { ...(await exploreDocument()) };
    const other = { ...one, plan: { ...one.plan, [HOSTILE]: HOSTILE, strategy: HOSTILE } };
    fs.writeFileSync(at('one.json'), JSON.stringify(one));
    fs.writeFileSync(at('other.json'), JSON.stringify(other));
    for (const files of [['not.json'], ['one.json', 'other.json']]) {
      const { code, stderr } = await report(files.map(at));
      expect(code).toBe(2);
      expectTerminal(stderr);
      expect(stderr.split('\n')).toHaveLength(2);
    }
  });

  test('arguments, options and names of files', async () => {
    for (const args of [
      ['explore', HOSTILE],
      ['report', HOSTILE],
      ['stress', `--${HOSTILE}`],
      [HOSTILE],
    ]) {
      const safe = args.map((arg) => arg.replaceAll('\0', ''));
      const { code, stderr } = await start(safe).ended;
      expect(code).toBe(2);
      expectTerminal(stderr);
    }
  });
});
