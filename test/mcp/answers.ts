import { PassThrough } from 'node:stream';
import { StoreError } from '../../src/core/errors.ts';
import { serve } from '../../src/mcp/serve.ts';
import { contextAt, misconfigured } from '../verbs/context-at.ts';

const client = { name: 'unit', version: '9' };

interface Message {
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** Ways in which a client asks: the messages before, and what each request says of the client. */
export const ERAS = ['2025-11-25', '2026-07-28'] as const;

/** The lines that a server without a store answers requests with, by an era's client with these capabilities. */
export async function answers(
  era: (typeof ERAS)[number],
  requests: readonly Message[],
  capabilities: object = {},
): Promise<string[]> {
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
  const write = (message: object) => stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  if (era === '2025-11-25') {
    write({ id: 'first', method: 'initialize', params: { protocolVersion: era, capabilities, clientInfo: client } });
    write({ method: 'notifications/initialized' });
  }
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': era,
    'io.modelcontextprotocol/clientInfo': client,
    'io.modelcontextprotocol/clientCapabilities': capabilities,
  };
  for (const [id, { method, params }] of requests.entries())
    write({ id, method, params: era === '2026-07-28' ? { ...params, _meta } : params });
  stdin.end();
  await exit;
  const lines = String(stdout.read()).trimEnd().split('\n');
  return requests.map((_, id) => lines.find((line) => JSON.parse(line).id === id) ?? '');
}
