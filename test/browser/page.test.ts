import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { matrix, toHtml } from '../../lib/index';
import { exploreDocument } from '../lib/documents';
import {
  findChromium,
  keepPicture,
  openBrowser,
  openPage,
  type Theme,
  type Watched,
} from './chromium';
import { KINDS } from './kinds';

const THEMES: Theme[] = ['light', 'dark'];
let browser: Browser;
let folder = '';
let open: Watched[] = [];

const fileOf = (name: string): string => path.join(folder, `${name}.html`);

async function visit(name: string, theme: Theme = 'light'): Promise<Watched> {
  const watched = await openPage(browser, fileOf(name), theme);
  open.push(watched);
  return watched;
}

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'page-'));
  for (const [name, make] of Object.entries(KINDS)) {
    fs.writeFileSync(fileOf(name), await toHtml(await make()));
  }
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
const paper = (page: Page): Promise<string> =>
  page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);

describe.each(Object.keys(KINDS))('the page of %s', (name) => {
  test.each(THEMES)('in %s: no error, nothing asked of the network, accessible', async (theme) => {
    const { page, wrong } = await visit(name, theme);
    await page.waitForLoadState('networkidle');
    await keepPicture(page, `${name}-${theme}`);
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() =>
      // A plot is one image, with a name.
      (globalThis as unknown as { axe: typeof axe }).axe.run({ exclude: ['.plot svg > *'] }),
    );
    const found = violations.flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map((node) => `${id}: ${node.html.slice(0, 140)} ${node.failureSummary}`),
    );
    expect(found).toEqual([]);
    expect(wrong).toEqual([]);
  });

  test('fits a narrow screen: nothing but what scrolls by itself is wider', async () => {
    const { page } = await visit(name);
    await page.setViewportSize({ width: 390, height: 800 });
    const [wide, screen] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    expect(wide).toBeLessThanOrEqual(screen ?? 0);
  });
});

test('an arrow goes from an access to the write that it did not see, and a legend says so', async () => {
  const { page } = await visit('weak');
  await page.evaluate(() => {
    for (const folded of document.querySelectorAll('details')) folded.open = true;
  });
  const drawn = await page.evaluate(() =>
    [...document.querySelectorAll('.interleaving')].map((figure) => ({
      rows: [...figure.querySelectorAll<HTMLElement>('tbody.story [data-missed]')].map(
        ({ dataset }) => `${dataset.at} ${dataset.missed}`,
      ),
      arrows: [...figure.querySelectorAll<SVGElement>('.arrows .misses')].map(
        ({ dataset }) => `${dataset.at} ${dataset.from}`,
      ),
      said: figure.textContent?.includes('no happens-before'),
      legend: figure.textContent?.includes('does not see, or lands before'),
    })),
  );
  const weak = drawn.filter(({ rows }) => rows.length > 0);
  expect(weak.length).toBeGreaterThan(0);
  for (const { rows, arrows, said, legend } of weak) {
    expect([arrows, said, legend]).toEqual([rows, true, true]);
  }
  const strong = drawn.filter(({ rows }) => rows.length === 0);
  expect(strong.filter(({ legend, arrows }) => legend || arrows.length > 0)).toEqual([]);
});

describe('themes', () => {
  test('the system decides, then the reader, whose choice is remembered', async () => {
    const { page } = await visit('explore', 'dark');
    const dark = await paper(page);
    const toggle = page.locator('[data-theme-toggle]');
    expect(await toggle.innerText()).toBe('Theme: auto');
    await toggle.click();
    expect(await toggle.innerText()).toBe('Theme: light');
    const light = await paper(page);
    expect(light).toBe('rgb(255, 255, 255)');
    expect(dark).not.toBe(light);
    await page.reload();
    expect(await paper(page)).toBe(light);
    await toggle.click();
    expect([await toggle.innerText(), await paper(page)]).toEqual(['Theme: dark', dark]);
  });

  test.each(Object.keys(KINDS))('%s is not wider than a phone', async (name) => {
    const { page } = await visit(name);
    await page.setViewportSize({ width: 400, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
  });

  test('panels of plots are never scaled, and stand below each other on a phone', async () => {
    const { page } = await visit('bench', 'light');
    await page.setViewportSize({ width: 400, height: 800 });
    const panels = await page.evaluate(() =>
      [...document.querySelectorAll('#plot-throughput-vs-threads .panels svg')].map((svg) => ({
        shown: Math.round(svg.getBoundingClientRect().width),
        drawn: Math.round(Number(svg.getAttribute('width'))),
        left: Math.round(svg.getBoundingClientRect().left),
        right: Math.round(svg.getBoundingClientRect().right),
      })),
    );
    expect(panels.length).toBeGreaterThan(1);
    for (const { shown, drawn, left, right } of panels) {
      expect([shown, left]).toEqual([drawn, panels[0]?.left]);
      expect(right).toBeLessThanOrEqual(400);
    }
  });

  test('plots take part', async () => {
    const label = (page: Page): Promise<string | undefined> =>
      page.evaluate(() => {
        const text = document.querySelector('.plot svg text');
        return text ? getComputedStyle(text).fill : undefined;
      });
    const colors = [];
    for (const theme of THEMES) colors.push(await label((await visit('bench', theme)).page));
    expect(colors[0]).toMatch(/^rgb/);
    expect(colors[0]).not.toBe(colors[1]);
  });
});

describe('walking an interleaving by keyboard', () => {
  /** Numbers of the rows that are now, and of those to come. */
  const state = (page: Page): Promise<{ now: string[]; future: number; said: string }> =>
    page.evaluate(() => {
      const body = document.querySelector('.interleaving tbody:not([hidden])');
      const rows = [...(body?.querySelectorAll('tr') ?? [])];
      return {
        now: rows.filter((row) => row.ariaCurrent === 'step').map((row) => row.dataset.at ?? ''),
        future: rows.filter((row) => row.classList.contains('is-future')).length,
        said: document.querySelector('.interleaving .now')?.textContent ?? '',
      };
    });

  test('forth, back, to both ends, and out; the step is said, and no key scrolls the page', async () => {
    const { page, wrong } = await visit('explore');
    // From the top of the page, as for a reader without a mouse.
    for (let presses = 0; presses < 20; presses += 1) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(() => document.activeElement?.matches('.interleaving'))) break;
    }
    expect(await state(page)).toMatchObject({ now: [], future: 0 });
    await page.keyboard.press('ArrowDown');
    const first = await state(page);
    expect(first.now).toEqual(['1', '1']);
    expect(first.said).toMatch(/^step 1 of 12, cpu1: create 0; \(memory for the device/);
    expect(first.future).toBeGreaterThan(3);
    await page.keyboard.press('ArrowDown');
    expect((await state(page)).said).toMatch(/^step 6 of 12, cpu1: specific_minor: idr_get_new/);
    await page.keyboard.press('ArrowUp');
    expect((await state(page)).said).toMatch(/^step 1 of 12/);
    await page.keyboard.press('End');
    const last = await state(page);
    expect(last.said).toMatch(/^step 12 of 12, cpu2: .*\*\*\* use-uninitialized/);
    expect(last.future).toBe(0);
    await page.keyboard.press('ArrowDown');
    expect((await state(page)).said).toBe(last.said);
    await page.keyboard.press('Escape');
    expect(await state(page)).toMatchObject({ now: [], future: 0 });
    expect(wrong).toEqual([]);
  });

  test('every step of the trace, with a and the same keys', async () => {
    const { page } = await visit('explore');
    await page.locator('.interleaving').focus();
    await page.keyboard.press('a');
    const heard: string[] = [];
    await page.keyboard.press('Home');
    for (let step = 1; step <= 12; step += 1) {
      heard.push((await state(page)).said);
      await page.keyboard.press('ArrowRight');
    }
    expect(heard.map((said) => /^step (\d+) of 12, cpu\d: \S/.exec(said)?.[1])).toEqual(
      Array.from({ length: 12 }, (_, i) => String(i + 1)),
    );
    await page.keyboard.press('a');
    expect((await state(page)).said).toMatch(/^step 12 of 12/);
  });

  test('by mouse: a row, a button, a mark of the timeline that the story leaves out', async () => {
    const { page } = await visit('explore');
    await page.locator('tbody.story tr[data-step="11"]').click();
    expect((await state(page)).said).toMatch(/^step 11 of 12, cpu2/);
    await page.locator('button[data-walk=back]').click();
    expect((await state(page)).said).toMatch(/^step 7 of 12, cpu1/);
    expect(await page.locator('input[data-walk=every]').isChecked()).toBe(false);
    await page.locator('.mark[data-goto="9"]').click();
    expect((await state(page)).said).toMatch(/^step 9 of 12, cpu2/);
    expect(await page.locator('input[data-walk=every]').isChecked()).toBe(true);
  });

  test('an arrow joins a read to the write that it saw, and is lit with it', async () => {
    const { page } = await visit('explore');
    const arrow = page.locator('.arrows path.reads');
    await expect(arrow.count()).resolves.toBe(1);
    const ends = await page.evaluate(() => {
      const box = (at: string): DOMRect =>
        document
          .querySelector(`tbody.story tr.line[data-at="${at}"] .said`)
          ?.getBoundingClientRect() ?? new DOMRect();
      const path = document.querySelector('.arrows path.reads')?.getBoundingClientRect();
      const [from, to] = [box('6'), box('11')];
      return {
        top: (path?.top ?? 0) - (from.top + from.bottom) / 2,
        bottom: (path?.bottom ?? 0) - (to.top + to.bottom) / 2,
        left: (path?.left ?? 0) - from.right,
        right: to.left - (path?.right ?? 0),
      };
    });
    for (const distance of Object.values(ends)) expect(Math.abs(distance)).toBeLessThan(8);
    await page.locator('tbody.story tr[data-step="11"]').click();
    expect(await arrow.getAttribute('class')).toContain('is-now');
    await page.locator('tbody.story tr[data-step="7"]').click();
    expect(await arrow.getAttribute('class')).toContain('is-future');
  });
});

describe('buttons and links', () => {
  test('copy the ticket, and the command', async () => {
    const { page, context } = await visit('explore');
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const report = await exploreDocument();
    const ticket = report.faults[0]?.ticket ?? '';
    const copied = async (label: string, begin: string): Promise<string> => {
      const button = page.locator(`button[data-copy^=${begin}]`);
      expect(await button.innerText()).toBe(label);
      await button.click();
      await button.filter({ hasText: 'Copied' }).waitFor();
      return page.evaluate(() => navigator.clipboard.readText());
    };
    expect(await copied('Copy ticket', 'dmt2')).toBe(ticket);
    expect(await copied('Copy command', 'npx')).toBe(`npx dmtorture replay ${ticket}`);
  });

  test('without a clipboard they copy in the old way', async () => {
    const { page, context } = await visit('explore');
    await context.grantPermissions(['clipboard-read']);
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error('no'));
    });
    await page.getByRole('button', { name: 'Copy ticket' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^dmt2\./);
  });

  test('a fault of the tour opens from its row, with its arrows', async () => {
    const { page } = await visit('demo');
    await page.evaluate(() => {
      for (const finding of document.querySelectorAll('details.finding')) {
        (finding as HTMLDetailsElement).open = false;
      }
    });
    const arrows = page.locator('#fault-02 .arrows path');
    await page.locator('a[href="#fault-02"]').click();
    await arrows.first().waitFor({ state: 'attached' });
    expect(await page.locator('#fault-02').getAttribute('open')).not.toBeNull();
  });

  test('on paper every fault is open, and white', async () => {
    const { page } = await visit('demo', 'dark');
    await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('details.finding:not([open])').count()).toBe(0);
    expect(await paper(page)).toBe('rgb(255, 255, 255)');
  });
});

describe('the map of a matrix', () => {
  test('says what is in a cell, by arrow keys and by pointer', async () => {
    const { page } = await visit('matrix');
    const said = page.locator('.subset-map .now');
    const map = page.locator('.subset-map svg[data-map]');
    await map.focus();
    expect(await said.innerText()).toBe('create-find, patches 3-8 (252): use-uninitialized');
    await page.keyboard.press('End');
    expect(await said.innerText()).toBe('create-find, patches series (255): no fault');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowLeft');
    expect(await said.innerText()).toMatch(
      /^create-create, patches \S+ \(254\): minor-stolen, duplicate-minor$/,
    );
    const box = await map.boundingBox();
    if (!box) throw new Error('the map is nowhere');
    const scale = box.width / Number((await map.getAttribute('viewBox'))?.split(' ')[2]);
    await page.mouse.move(box.x + 4.5 * scale, box.y + (4 + 8) * scale);
    expect(await said.innerText()).toMatch(/^create-find, patches \S+ \(253\)/);
  });

  test('can be read on a narrow screen: nothing shrinks, and names stay where cells move', async () => {
    fs.writeFileSync(
      fileOf('narrow'),
      await toHtml(await matrix({ scenarios: ['create-find', 'create-create'] })),
    );
    const { page } = await visit('narrow');
    await page.setViewportSize({ width: 400, height: 900 });
    const map = page.locator('.subset-map svg[data-map]');
    await map.focus();
    await page.keyboard.press('End');
    const seen = await page.evaluate(() => {
      const boxOf = (selector: string) => document.querySelector(selector)?.getBoundingClientRect();
      const svg = document.querySelector<SVGSVGElement>('.subset-map svg[data-map]');
      return {
        page: document.documentElement.scrollWidth,
        scale: svg?.getScreenCTM()?.a,
        names: boxOf('.subset-map .names')?.left,
        cursor: boxOf('.subset-map .cursor')?.right,
        effect: boxOf('.stacked td')?.width,
        patch: boxOf('.patch-map tbody td')?.width,
      };
    });
    expect(seen.page).toBe(400);
    expect(seen.scale).toBe(1);
    expect(seen.names).toBe(16);
    expect(seen.cursor).toBeLessThanOrEqual(384);
    expect(seen.effect).toBeGreaterThan(300);
    expect(seen.patch).toBeGreaterThanOrEqual(44);
    await keepPicture(page, 'matrix-narrow');
  });
});

describe('the watcher', () => {
  async function watch(body: string): Promise<string[]> {
    fs.writeFileSync(fileOf('planted'), `<!doctype html><title>x</title>${body}`);
    const { page, wrong } = await visit('planted');
    await page.waitForLoadState('networkidle');
    return wrong;
  }

  test.each([
    ['<script>throw new Error("oops")</script>', /uncaught: oops/],
    ['<script>console.error("oops")</script>', /console: oops/],
    ['<img src="http://127.0.0.1:9/x.png" alt="x">', /request: http/],
    ['<link rel="stylesheet" href="other.css">', /request: file/],
  ])('catches %s', async (body, message) => {
    expect((await watch(body)).join('\n')).toMatch(message);
  });

  test('has nothing to say of a page that is well', async () => {
    expect(await watch('<p>well</p>')).toEqual([]);
  });

  test('says what to do where there is no browser', () => {
    expect(() => findChromium({ PATH: '/nowhere' })).toThrow(
      'These tests need Chromium: none in PATH. Install it (Debian: apt-get install chromium)',
    );
    expect(() => findChromium({ DMTORTURE_CHROMIUM: '/nowhere/chrome' })).toThrow(
      'DMTORTURE_CHROMIUM names /nowhere/chrome, and it is not there',
    );
  });
});
