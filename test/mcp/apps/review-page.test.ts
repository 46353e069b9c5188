import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { reviewPage } from '../../../src/mcp/apps/review-page.ts';
import { toResult } from '../../../src/mcp/results/result.ts';
import { TOOLS } from '../../../src/mcp/tools/index.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { openContext } from '../../verbs/configs/open-context.ts';
import { CHROMIUM, launch, showApp } from './host.ts';

const tool = TOOLS.find(({ name }) => name === 'review_telemetry');

describe.skipIf(CHROMIUM === undefined)('the page of a review (skipped where no Chromium is installed)', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  test('shows what the tool found as text, and loads nothing', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name: 'team/limits', json: { burst: 10 } });
    if (tool === undefined) throw new Error('there must be the tool');
    const signal = new AbortController().signal;
    const { result } = toResult(await tool.run({}, { context: ctx, signal, progress: () => undefined }));
    const markup = '<img src=x onerror="parent.broken = 1">';
    const failed = {
      time: '2026-11-20T08:00:00.000Z',
      event: 'tool.called',
      level: 'warn',
      tool: markup,
      code: 'NOT_FOUND',
    };
    const day = { calls: 4, failures: 1, commits: 2, refusals: 0 };
    const structuredContent = {
      ...(result.structuredContent as object),
      last_failures: [failed],
      configs: [{ name: 'a\u202eb', version: 3, index: 7, commit: 'abc', time: failed.time, commits: 2 }],
      tools: [{ tool: 'get_config', calls: 1_234, failures: 1, p50_ms: 1, p95_ms: 2, max_ms: 3 }],
      days: [
        { start: '2026-11-19', ...day, calls: 2 },
        { start: '2026-11-20', ...day },
      ],
    };
    const shown = await showApp(
      browser,
      reviewPage(),
      { args: {}, result: { ...result, structuredContent } },
      async () => ({}),
    );
    onTestFinished(() => shown.page.close());
    const { view, complaints } = shown;
    await view.getByText('NOT_FOUND').waitFor();
    expect(await view.locator('h2').allTextContents()).toEqual(['Changes', 'Last failures and refusals', 'Calls']);
    expect(await view.locator('td').allTextContents()).toEqual(
      expect.arrayContaining([markup, 'a\\u{202e}b', '1,234']),
    );
    expect(await view.locator('img').count()).toBe(0);
    expect(await view.locator('#days').getAttribute('aria-label')).toContain(
      '2026-11-20: 4 calls, 1 failed, 2 changes',
    );
    const bars = await view
      .locator('#days > div')
      .evaluateAll((all) => all.map((bar) => bar.getBoundingClientRect().height));
    expect(bars.every((height) => height > 20)).toBe(true);
    expect((bars[1] ?? 0) > (bars[0] ?? 0)).toBe(true);
    expect(complaints).toEqual([]);
  });
});
