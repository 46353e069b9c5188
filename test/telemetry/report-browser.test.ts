import { accessSync, constants } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { fullPage, pageOf } from './report-facts.ts';
import { temporaryFolder } from './temporary-folder.ts';

const CHROMIUM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find(isExecutable);
const REQUIRED = process.env['CHROMIUM'] === 'require';

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not installed there.
    return false;
  }
}

test.runIf(REQUIRED)('Chromium is installed, as CHROMIUM=require asks', () => {
  expect(CHROMIUM).toBeDefined();
});

describe.skipIf(CHROMIUM === undefined)('the page in Chromium (skipped where none is installed)', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: CHROMIUM ?? '',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  });
  afterAll(() => browser.close());

  /** The page opened as a person opens it, from a file; whatever it logs, breaks or asks for is kept. */
  async function open(markup: string, options: BrowserContextOptions = {}) {
    const file = join(await temporaryFolder(), 'report.html');
    await writeFile(file, markup);
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    const url = pathToFileURL(file).href;
    await page.goto(url);
    return { page, complaints, requests, url };
  }

  const visibleRows = (page: Page) => page.locator('#failure-rows tbody tr:visible').count();

  test('renders without an error or a request, and runs nothing of the telemetry files', async () => {
    const { page, complaints, requests, url } = await open(fullPage());
    await page.mouse.move(600, 500);
    expect(await page.locator('section').count()).toBe(5);
    expect((await page.locator('.bars').boundingBox())?.width).toBeGreaterThan(900);
    for (const bar of await page.locator('.bars rect').all())
      expect((await bar.boundingBox())?.height).toBeGreaterThanOrEqual(2);
    expect(await page.locator('.latency tbody tr').count()).toBe(2);
    expect(await page.evaluate('globalThis.broken')).toBeUndefined();
    expect(complaints).toEqual([]);
    expect(requests).toEqual([url]);
  });

  test('filters the failures by text, code and tool, together, and says how many are left', async () => {
    const { page, complaints } = await open(fullPage());
    await page.getByText('Each, newest first').click();
    const count = page.locator('#filter-count');
    expect(await count.textContent()).toBe('43 of 43');
    expect(await visibleRows(page)).toBe(25);
    await page.getByRole('button', { name: 'Show all 43' }).click();
    expect(await visibleRows(page)).toBe(43);

    await page.getByRole('combobox', { name: 'Code' }).selectOption('NOT_FOUND');
    expect([await count.textContent(), await visibleRows(page)]).toEqual(['10 of 43', 10]);
    await page.getByRole('combobox', { name: 'Tool' }).selectOption('diff_configs');
    expect([await count.textContent(), await visibleRows(page)]).toEqual(['0 of 43', 0]);
    expect(await page.getByText('No row fits this filter.').isVisible()).toBe(true);

    await page.getByRole('button', { name: 'Clear' }).click();
    expect(await visibleRows(page)).toBe(43);
    await page.getByRole('searchbox', { name: 'Search' }).fill('OTHER 2026');
    expect(await count.textContent()).toBe('3 of 43');
    expect(complaints).toEqual([]);
  });

  test('is used by keyboard alone', async () => {
    const { page } = await open(fullPage());
    const focused = () => page.evaluate('document.activeElement.id || document.activeElement.tagName');
    const order: unknown[] = [];
    for (let n = 0; n < 9; n++) {
      await page.keyboard.press('Tab');
      order.push(await focused());
    }
    // Four sums, what is folded of changes and of failures, the chart and its table, latency.
    expect(order).toEqual(['A', 'A', 'A', 'A', 'SUMMARY', 'SUMMARY', 'plot', 'SUMMARY', 'SUMMARY']);

    await page.locator('#each > summary').focus();
    await page.keyboard.press('Enter');
    order.length = 0;
    for (let n = 0; n < 5; n++) {
      await page.keyboard.press('Tab');
      order.push(await focused());
    }
    expect(order).toEqual(['filter-text', 'filter-code', 'filter-tool', 'filter-clear', 'filter-more']);

    await page.keyboard.press('Enter');
    expect([await visibleRows(page), await focused()]).toEqual([43, 'TR']);

    await page.locator('#plot').focus();
    const read = async (key: string) => {
      await page.keyboard.press(key);
      return page.locator('#readout').textContent();
    };
    expect(await read('ArrowRight')).toMatch(/^15 Nov from 12:00: 0 calls, 0 failed, 0 changes$/);
    expect(await read('ArrowRight')).toMatch(/^16 Nov: 16 calls, 8 failed, 8 changes$/);
    expect(await read('End')).toMatch(/^20 Nov until 12:00: 16 calls/);
    expect(await read('Home')).toMatch(/^15 Nov/);
  });

  test('says to a screen reader what it shows', async () => {
    const { page } = await open(fullPage());
    await page.evaluate(OPEN_ALL);
    const tree = await page.locator('main').ariaSnapshot();
    for (const line of [
      'heading "Config store on ',
      'heading "Changes" [level=2]',
      'heading "Failures" [level=2]',
      'region "Needs attention"',
      'region "Latency"',
      'searchbox "Search"',
      'combobox "Code"',
      'columnheader "Rule and place"',
      'rowheader "get_config"',
    ])
      expect(tree).toContain(line);
    // Every drawing is beside its figures in text, so it is hidden from readers.
    expect(await page.locator('svg:not([aria-hidden]):not(svg svg)').count()).toBe(0);
  });

  test.each(['light', 'dark'] as const)(
    'has enough contrast in %s (WCAG 2.2, 1.4.3: 4.5 to 1)',
    async (colorScheme) => {
      const { page } = await open(fullPage(), { colorScheme });
      await page.evaluate(OPEN_ALL);
      expect(await page.evaluate(LOW_CONTRAST)).toEqual([]);
    },
  );

  test.each([360, 400])(
    'fits a phone of %i pixels: nothing scrolls sideways, and rows keep their figures',
    async (width) => {
      const { page } = await open(fullPage(), { viewport: { width, height: 740 } });
      await page.evaluate(OPEN_ALL);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(await page.locator('.latency tbody tr').first().getByText(/ms$/).count()).toBe(3);
    },
  );

  test('prints every failure, without controls', async () => {
    const { page } = await open(fullPage());
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    await page.emulateMedia({ media: 'print' });
    expect(await visibleRows(page)).toBe(43);
    expect(await page.locator('#filter').isVisible()).toBe(false);
    // Also what is folded, by style alone.
    for (const folded of ['.rest .changes li', '.latency tbody tr'])
      expect(await page.locator(folded).first().isVisible()).toBe(true);
  });

  test('of a quiet week runs without an error', async () => {
    const { page, complaints } = await open(pageOf([], 7));
    expect(await page.getByText('A quiet week').isVisible()).toBe(true);
    expect(await page.locator('section').count()).toBe(2);
    expect(complaints).toEqual([]);
  });

  test('is complete without a script', async () => {
    const { page } = await open(fullPage(), { javaScriptEnabled: false });
    await page.getByText('Each, newest first').click();
    expect(await page.locator('#failure-rows tbody tr').count()).toBe(43);
    expect(await visibleRows(page)).toBe(43);
    expect(await page.locator('#filter').isVisible()).toBe(false);
  });
});

/** Runs in the page: opens what is folded. */
const OPEN_ALL = "for (const each of document.querySelectorAll('details')) each.open = true";

/** Runs in the page: every text whose contrast with what is behind it is below 4.5. */
const LOW_CONTRAST = `(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255, 255];
  };
  const low = [];
  for (const element of document.querySelectorAll('main *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    if (!own || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const drawn = element instanceof SVGElement ? style.fill : style.color;
    const [a, b] = [luminance(rgba(drawn)), luminance(behind(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low.push(element.tagName + '.' + (element.getAttribute('class') ?? '') + ' ' + ratio.toFixed(2));
  }
  return [...new Set(low)];
})()`;
