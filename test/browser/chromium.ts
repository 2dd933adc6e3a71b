import fs from 'node:fs';
import path from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Quiet, and without anything of its own on the network. */
const ARGS = [
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The browser: what DMTORTURE_CHROMIUM names, else the system's. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string {
  const named = env.DMTORTURE_CHROMIUM;
  const folders = (env.PATH ?? '').split(path.delimiter);
  const files = named
    ? [named]
    : NAMES.flatMap((name) => folders.map((dir) => path.join(dir, name)));
  const found = files.find((file) => fs.existsSync(file));
  if (found) return found;
  const looked = named ? `DMTORTURE_CHROMIUM names ${named}, and it is not there` : 'none in PATH';
  throw new Error(
    `These tests need Chromium: ${looked}. Install it (Debian: apt-get install chromium), or ` +
      'name one in DMTORTURE_CHROMIUM',
  );
}

export function openBrowser(): Promise<Browser> {
  // Chromium has no sandbox to offer to root.
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: findChromium(), args: [...ARGS, ...root] });
}

/** A page, and everything about it that should not be. */
export interface Watched {
  page: Page;
  context: BrowserContext;
  /** Console errors and warnings, uncaught errors, and requests but the one for the page. */
  wrong: string[];
}

export type Theme = 'light' | 'dark';

/** Open a file, and watch what it does. */
export async function openPage(browser: Browser, file: string, theme: Theme): Promise<Watched> {
  const viewport = { width: 1280, height: 900 };
  const context = await browser.newContext({ colorScheme: theme, viewport });
  const page = await context.newPage();
  const wrong: string[] = [];
  const url = `file://${file}`;
  page.on('pageerror', (error) => wrong.push(`uncaught: ${error.message}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) wrong.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const asked = request.url();
    if (asked !== url && !asked.startsWith('data:')) wrong.push(`request: ${asked}`);
  });
  await page.goto(url);
  return { page, context, wrong };
}

/** A picture to look at, in the folder that DMTORTURE_SCREENSHOTS names. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env.DMTORTURE_SCREENSHOTS;
  if (!folder) return;
  fs.mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}
