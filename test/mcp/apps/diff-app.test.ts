import { expect, test } from 'vitest';
import { answers, ERAS } from '../answers.ts';

const SHOWS = { extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } } };
const PAGE = 'ui://mcp-config-store/diff';

/** The `_meta` of each tool that has one, as a client with these capabilities gets it. */
async function metaOfTools(era: (typeof ERAS)[number], capabilities: object): Promise<unknown> {
  const [list = ''] = await answers(era, [{ method: 'tools/list' }], capabilities);
  const { tools } = JSON.parse(list).result as { tools: ReadonlyArray<{ name: string; _meta?: unknown }> };
  return Object.fromEntries(tools.flatMap(({ name, _meta }) => (_meta === undefined ? [] : [[name, _meta]])));
}

test.each(ERAS)('a page for comparisons is named to hosts that show pages, and to no other (%s)', async (era) => {
  // On stdio the SDK does not tell the list of tools what a 2026-era request declares: plain text there.
  const named = era === '2025-11-25' ? { diff_configs: { ui: { resourceUri: PAGE } } } : {};
  expect(await metaOfTools(era, SHOWS)).toEqual(named);
  for (const capabilities of [
    {},
    { extensions: {} },
    { extensions: { 'io.modelcontextprotocol/ui': {} } },
    { extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html+other'] } } },
    { extensions: { 'com.example/ui': SHOWS.extensions['io.modelcontextprotocol/ui'] } },
  ])
    expect(await metaOfTools(era, capabilities), JSON.stringify(capabilities)).toEqual({});
});

test.each(ERAS)('the page can be read, is in no list, and loads nothing (%s)', async (era) => {
  const [read = '', list = ''] = await answers(
    era,
    [{ method: 'resources/read', params: { uri: PAGE } }, { method: 'resources/list' }],
    SHOWS,
  );
  const { contents } = JSON.parse(read).result as { contents: ReadonlyArray<{ text: string }> };
  expect(contents).toMatchObject([
    { uri: PAGE, mimeType: 'text/html;profile=mcp-app', _meta: { ui: { prefersBorder: true } } },
  ]);
  expect(contents[0]?.text).toMatch(/^<!doctype html>/);
  expect(contents[0]?.text).not.toMatch(/https?:|src=|href=|@import|url\(|innerHTML|eval\(/);
  expect(list).not.toContain('ui://');
});
