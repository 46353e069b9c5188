import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { StoreError } from '../../src/core/errors.ts';
import { serve } from '../../src/mcp/serve.ts';
import { TOOLS } from '../../src/mcp/tools/index.ts';
import { contextAt, misconfigured } from '../verbs/context-at.ts';

/** What every conversation of a model begins with, in bytes. */
const MOST_BYTES = 30_000;

const client = { name: 'unit', version: '9' };
const ERAS: ReadonlyArray<[string, readonly object[]]> = [
  [
    '2025-11-25',
    [
      { id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: client } },
      { method: 'notifications/initialized' },
      { id: 2, method: 'tools/list' },
    ],
  ],
  [
    '2026-07-28',
    [
      {
        id: 2,
        method: 'tools/list',
        params: {
          _meta: {
            'io.modelcontextprotocol/protocolVersion': '2026-07-28',
            'io.modelcontextprotocol/clientInfo': client,
            'io.modelcontextprotocol/clientCapabilities': {},
          },
        },
      },
    ],
  ],
];

/** The lines a server answers the messages with, before its input ends. */
async function answers(messages: readonly object[]): Promise<string[]> {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const fault = new StoreError('STORE_MISSING', 'no storage', { hint: 'Mount it.' });
  const exit = serve({
    ...{ stdin, stdout, readOnly: false, version: '1.2.3', close: async () => undefined },
    context: () =>
      contextAt({
        store: () => Promise.reject(fault),
        installation: misconfigured(),
        author: () => ({ ...client, via: 'mcp' }),
      }),
  });
  for (const message of messages) stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  stdin.end();
  await exit;
  return String(stdout.read()).trimEnd().split('\n');
}

test.each(ERAS)('the list of all tools is short (%s)', async (_era, messages) => {
  const lines = await answers(messages);
  const list = lines.at(-1) ?? '';
  const { result } = JSON.parse(list) as { result: { tools: ReadonlyArray<{ name: string }> } };
  expect(result.tools.map(({ name }) => name)).toEqual(TOOLS.map(({ name }) => name));
  expect(Buffer.byteLength(list)).toBeLessThanOrEqual(MOST_BYTES);
});
