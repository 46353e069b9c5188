import { beforeAll, expect, test } from 'vitest';
import { answers, ERAS } from '../answers.ts';

const SHOWS = { extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } } };
const PAGES = ['ui://mcp-config-store/diff', 'ui://mcp-config-store/review'];

// A server that ends waits for what is in flight, and not for pages that are loaded on a busy machine.
beforeAll(() =>
  Promise.all([import('../../../src/mcp/apps/diff-page.ts'), import('../../../src/mcp/apps/review-page.ts')]),
);

/** The `_meta` of each tool that has one, as a client with these capabilities gets it. */
async function metaOfTools(era: (typeof ERAS)[number], capabilities: object): Promise<unknown> {
  const [list = ''] = await answers(era, [{ method: 'tools/list' }], capabilities);
  const { tools } = JSON.parse(list).result as { tools: ReadonlyArray<{ name: string; _meta?: unknown }> };
  return Object.fromEntries(tools.flatMap(({ name, _meta }) => (_meta === undefined ? [] : [[name, _meta]])));
}

test.each(ERAS)('the pages are named to hosts that show pages, and to no other (%s)', async (era) => {
  expect(await metaOfTools(era, SHOWS)).toEqual({
    diff_configs: { ui: { resourceUri: PAGES[0] } },
    review_telemetry: { ui: { resourceUri: PAGES[1] } },
  });
  for (const capabilities of [
    {},
    { extensions: {} },
    { extensions: { 'io.modelcontextprotocol/ui': {} } },
    { extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html+other'] } } },
    { extensions: { 'com.example/ui': SHOWS.extensions['io.modelcontextprotocol/ui'] } },
  ])
    expect(await metaOfTools(era, capabilities), JSON.stringify(capabilities)).toEqual({});
});

test.each(ERAS)('the pages can be read, are in no list, and load nothing (%s)', async (era) => {
  const reads = PAGES.map((uri) => ({ method: 'resources/read', params: { uri } }));
  const [list = '', ...pages] = await answers(era, [{ method: 'resources/list' }, ...reads], SHOWS);
  expect(list).not.toContain('ui://');
  for (const [at, read] of pages.entries()) {
    const { contents } = JSON.parse(read).result as { contents: ReadonlyArray<{ text: string }> };
    expect(contents).toMatchObject([
      { uri: PAGES[at], mimeType: 'text/html;profile=mcp-app', _meta: { ui: { prefersBorder: true } } },
    ]);
    expect(contents[0]?.text).toMatch(/^<!doctype html>/);
    expect(contents[0]?.text).not.toMatch(/https?:|src=|href=|@import|url\(|innerHTML|eval\(/);
  }
});
