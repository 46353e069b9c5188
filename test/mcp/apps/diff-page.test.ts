import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { toStoreError } from '../../../src/core/errors.ts';
import { diffPage } from '../../../src/mcp/apps/diff-page.ts';
import { toErrorResult, toResult } from '../../../src/mcp/results/result.ts';
import { TOOLS } from '../../../src/mcp/tools/index.ts';
import { deleteConfig } from '../../../src/verbs/configs/delete-config.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import type { Context } from '../../../src/verbs/shared/context.ts';
import { openContext } from '../../verbs/configs/open-context.ts';
import { CHROMIUM, launch, showApp } from './host.ts';

const name = 'team/limits';

/** Calls a tool as the server does. */
async function call(context: Context, tool: string, args: object): Promise<object> {
  const found = TOOLS.find((one) => one.name === tool);
  if (found === undefined) throw new Error(`there is no tool ${tool}`);
  const signal = new AbortController().signal;
  try {
    return toResult(await found.run(args, { context, signal, progress: () => undefined })).result;
  } catch (error) {
    return toErrorResult(toStoreError(error)).result;
  }
}

describe.skipIf(CHROMIUM === undefined)('the page in a host (skipped where no Chromium is installed)', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  /** Calls `diff_configs`, and shows its result in the page. */
  async function show(ctx: Context, args: object, capabilities?: object) {
    const shown = await showApp(
      browser,
      diffPage(),
      { args, result: await call(ctx, 'diff_configs', args), ...(capabilities !== undefined && { capabilities }) },
      (params) => call(ctx, params.name, params.arguments),
    );
    onTestFinished(() => shown.page.close());
    return shown;
  }

  test('shows each change as text, in the colours of the host, and loads nothing', async () => {
    const { ctx } = await openContext();
    const markup = '<img src=x onerror="parent.broken = 1"><b>x</b>';
    await putConfig(ctx, { name, json: { burst: 10, text: 'old' }, message: markup });
    await putConfig(ctx, { name, json: { burst: 20, text: markup, more: [1] }, message: markup });
    const { view, complaints } = await show(ctx, { name, from: 1, to: 2 });
    await view.getByText('3 changes between').waitFor();
    expect(await view.locator('dt').allTextContents()).toEqual(['/burst', '/more', '/text']);
    expect(await view.locator('dd').first().locator('del, ins').allTextContents()).toEqual(['10', '20']);
    expect(await view.locator('ins').allTextContents()).toContain(markup);
    expect(await view.locator('img, b').count()).toBe(0);
    expect(await view.locator('#approval').isVisible()).toBe(false);
    expect(await view.evaluate('getComputedStyle(document.body).color')).toBe('rgb(201, 202, 203)');
    expect(complaints).toEqual([]);
  });

  test('shows steps with who made them, text as lines, and a failure with what to do', async () => {
    const { ctx } = await openContext({ client: 'nightly' });
    await putConfig(ctx, { name, json: { a: 1 }, message: 'first' });
    await putConfig(ctx, { name, json: { a: 2 }, message: 'raise a' });
    await deleteConfig(ctx, { name });
    const steps = await show(ctx, { name, steps: true });
    expect(
      (await steps.view.locator('h2').allTextContents()).map((text) => text.replace(/\d{4}-\S+Z/, 'TIME')),
    ).toEqual(['Version 3TIME, delete by nightly, verified', 'Version 2: raise aTIME, put by nightly, verified']);
    expect(await steps.view.locator('del, ins').allTextContents()).toEqual(['removed', '1', '2']);
    await putConfig(ctx, { name: 'notes', content: 'one\ntwo\n' });
    const lines = await show(ctx, { name: 'notes', content: 'one\n2\n' });
    expect(await lines.view.locator('pre').textContent()).toContain('-two\n+2');
    const failed = await show(ctx, { name: 'no/such', from: 1, to: 2 });
    expect(await failed.view.locator('#summary').textContent()).toMatch(/^there is no config no\/such\. \S/);
    expect([...steps.complaints, ...lines.complaints, ...failed.complaints]).toEqual([]);
  });

  test('writes out what cannot be seen, and takes no approval of what is not shown whole', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, json: { url: 'https://paypal.example', safe: 'да', list: 'x' } });
    const json = { url: 'https://p\u0430ypal.example', safe: 'не', list: `\u202e${'y'.repeat(3_000)}` };
    await putConfig(ctx, { name, json, draft: true });
    const { view } = await show(ctx, { name, draft: true });
    const shown = await view.locator('dl').textContent();
    expect(shown).toContain('https://p\\u{430}ypal.example');
    expect(shown).toContain('дане');
    expect(shown).not.toContain('\u202e');
    expect(await view.locator('#said').textContent()).toContain('Not all of it is shown here');
    expect(await view.getByRole('button').count()).toBe(0);
  });

  test('publishes a draft that the person approves, exactly as it was shown', async () => {
    const { ctx, store } = await openContext();
    await putConfig(ctx, { name, json: { burst: 10 } });
    await putConfig(ctx, { name, json: { burst: 20 }, draft: true });
    const { view } = await show(ctx, { name, draft: true });
    await view.getByRole('button', { name: 'Approve and publish' }).click();
    await view.getByText(`Published 1 draft in commit 2: ${name} version 2`).waitFor();
    expect(await view.getByRole('button').count()).toBe(0);
    expect(await store.drafts.has(name)).toBe(false);
  });

  test('publishes nothing when the draft changed since it was shown', async () => {
    const { ctx, store } = await openContext();
    await putConfig(ctx, { name, json: { burst: 10 } });
    await putConfig(ctx, { name, json: { burst: 20 }, draft: true });
    const { view } = await show(ctx, { name, draft: true });
    await putConfig(ctx, { name, json: { burst: 9_999 }, draft: true });
    await view.getByRole('button').click();
    await view.locator('#said', { hasText: /\S/ }).waitFor();
    expect((await store.reader.head(name))?.version).toBe(1);
    expect(await view.getByRole('button').count()).toBe(1);
  });

  test('asks for no approval where the host calls no tools, and of no draft', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, json: { burst: 10 } });
    await putConfig(ctx, { name, json: { burst: 20 }, draft: true });
    const { view } = await show(ctx, { name, draft: true }, {});
    await view.getByText('1 change between').waitFor();
    expect(await view.getByRole('button').count()).toBe(0);
  });
});
