import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { toHtml } from '../../lib/index';
import { historyDocument } from '../lib/documents';
import { keepPicture, openBrowser, openPage, type Theme, type Watched } from './chromium';

let browser: Browser;
let folder = '';
let open: Watched[] = [];

async function visit(theme: Theme = 'light'): Promise<Watched> {
  const watched = await openPage(browser, path.join(folder, 'history.html'), theme);
  open.push(watched);
  return watched;
}

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'history-page-'));
  const scenarios = ['event-names', 'sysfs', 'remove-find'] as const;
  const document = await historyDocument({ matrix: 'rows', scenarios });
  fs.writeFileSync(path.join(folder, 'history.html'), await toHtml([document]));
  browser = await openBrowser();
}, 120_000);

afterEach(async () => {
  for (const { context } of open) await context.close();
  open = [];
});

afterAll(async () => {
  await browser?.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

test('a bug of the history is opened by keyboard from its lane', async () => {
  const { page } = await visit();
  await page.focus('.history a[href="#bug-R9"]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#bug-R9[open] .diagram tbody');
  expect(await page.textContent('#bug-R9')).toContain('3f77316de0ec');
});

describe('the map of kernels and scenarios', () => {
  test('says what is in a cell, and which rows change it, by arrow keys and by pointer', async () => {
    const { page, wrong } = await visit();
    const said = page.locator('.set-map .now');
    const map = page.locator('.set-map svg[data-map]');
    await map.focus();
    expect(await said.innerText()).toBe(
      'event-names, patches 2.6.9: no fault; something else with P4',
    );
    for (let i = 0; i < 6; i += 1) await page.keyboard.press('ArrowRight');
    expect(await said.innerText()).toMatch(/^event-names, patches 2\.6\.32: lock-misuse/);
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowDown');
    expect(await said.innerText()).toMatch(/^sysfs, patches all: no fault/);
    const box = await map.boundingBox();
    if (!box) throw new Error('the map is nowhere');
    const scale = box.width / Number((await map.getAttribute('viewBox'))?.split(' ')[2]);
    await page.mouse.move(box.x + (6 * 28 + 10) * scale, box.y + (62 + 10) * scale);
    expect(await said.innerText()).toMatch(/^event-names, patches 2\.6\.32: lock-misuse/);
    expect(wrong).toEqual([]);
  });

  test('can be read at 400 pixels: nothing shrinks, and names stay where cells move', async () => {
    const { page } = await visit('dark');
    await page.setViewportSize({ width: 400, height: 900 });
    await page.locator('.set-map svg[data-map]').focus();
    await page.keyboard.press('End');
    const seen = await page.evaluate(() => {
      const boxOf = (selector: string) => document.querySelector(selector)?.getBoundingClientRect();
      const svg = document.querySelector<SVGSVGElement>('.set-map svg[data-map]');
      return {
        page: document.documentElement.scrollWidth,
        scale: svg?.getScreenCTM()?.a,
        names: boxOf('.set-map .names')?.left,
        cursor: boxOf('.set-map .cursor')?.right,
        facts: boxOf('.bug-facts')?.width,
      };
    });
    expect(seen).toMatchObject({ page: 400, scale: 1, names: 16 });
    expect(seen.cursor).toBeLessThanOrEqual(384);
    expect(seen.facts).toBeGreaterThan(300);
    await keepPicture(page, 'history-narrow');
  });
});
