import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exploreDocument, stressDocument } from '../../lib/documents';
import { start } from '../command';

let folder = '';
const at = (name: string): string => path.join(folder, name);

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'flaws-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** The report on a file with that document: its exit code, what it warns of, the page. */
async function pageOf(document: object): Promise<{ code: unknown; stderr: string; page: string }> {
  fs.writeFileSync(at('flawed.json'), JSON.stringify(document));
  const args = ['report', at('flawed.json'), '--html', at('page.html')];
  const { code, stderr } = await start(args, { GITHUB_ACTIONS: '' }).ended;
  return { code, stderr, page: fs.readFileSync(at('page.html'), 'utf8') };
}

const drawings = (page: string): number => page.split('<svg').length - 1;

test('a program that is none costs its diagrams, and the file is blamed', async () => {
  const document = await exploreDocument();
  const sound = await pageOf(document);
  const plan = { ...document.plan, program: 'nonsense' };
  const titled = await pageOf({ ...document, plan });
  expect(titled.stderr).not.toContain('warning');
  expect(drawings(titled.page)).toBe(drawings(sound.page));
  // As 0.1 wrote it: what each thread does stands in its program alone.
  const faults = document.faults.map(({ titles, ...fault }) => fault);
  const { code, stderr, page } = await pageOf({ ...document, plan, faults });
  expect([code, sound.code]).toEqual([1, 1]);
  expect(sound.stderr).not.toContain('warning');
  expect(stderr).toContain(`warning: ${at('flawed.json')}: \`plan.program\`: Expected`);
  expect(stderr).toContain('got `nonsense`; no diagram is drawn of it');
  expect(page).toContain(document.faults[0]?.ticket);
  expect(drawings(sound.page)).toBeGreaterThan(0);
  expect(drawings(page)).toBe(0);
});

test('buckets that are none cost one curve its steps, and the file is blamed', async () => {
  const document = await stressDocument();
  const sound = await pageOf(document);
  const [name = '', op] = Object.entries(document.ops)[0] ?? [];
  const ops = { ...document.ops, [name]: { ...op, latencyBuckets: 'x' } };
  const { code, stderr, page } = await pageOf({ ...document, ops });
  expect(code).toBe(sound.code);
  expect(stderr).toContain(`warning: ${at('flawed.json')}: \`ops.${name}\`: Expected`);
  expect(stderr).toContain('got `x`; its curve is drawn of percentiles');
  expect(drawings(page)).toBe(drawings(sound.page));
  expect(page).not.toBe(sound.page);
});
