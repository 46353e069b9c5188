import { PassThrough } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { StoreError } from '../../src/core/errors.ts';
import type { ClientInfo, ResourceReadFacts, ToolCallFacts } from '../../src/mcp/observer.ts';
import { type ServeOptions, serve } from '../../src/mcp/serve.ts';
import { contextAt, misconfigured } from '../verbs/context-at.ts';

/** A server in this process on a store that cannot be opened, for the reason given. */
function start(fault: Error, more: Partial<Pick<ServeOptions, 'warm' | 'readOnly'>> = {}) {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const told: { calls: ToolCallFacts[]; reads: ResourceReadFacts[]; other: unknown[]; faults: Error[] } = {
    calls: [],
    reads: [],
    other: [],
    faults: [],
  };
  let client: (() => ClientInfo) | undefined;
  const exit = serve({
    stdin,
    stdout,
    readOnly: false,
    version: '1.2.3',
    context: (who) => {
      client = who;
      const store = async () => {
        throw fault;
      };
      return contextAt({ store, installation: misconfigured(), author: () => ({ ...who(), via: 'mcp' }) });
    },
    close: async () => undefined,
    observer: {
      started: (facts) => told.other.push(facts),
      toolCalled: (facts) => told.calls.push(facts),
      resourceRead: (facts) => told.reads.push(facts),
      stopped: (facts) => told.other.push(facts),
    },
    onFault: (error) => told.faults.push(error),
    ...more,
  });
  let text = '';
  stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const ask = async (id: number, method: string, params: object) => {
    stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    await vi.waitFor(() => expect(text).toMatch(new RegExp(`"id":${id}[,}]`)));
  };
  return { stdin, exit, told, ask, client: () => client?.() };
}

const initialize = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'unit', version: '9' } };
const missing = new StoreError('STORE_MISSING', 'no storage beside the key', { hint: 'Mount it.' });

test('the observer is told of start, calls, reads and stop, with who asked and why it failed', async () => {
  const { stdin, exit, told, ask, client } = start(missing);
  await ask(1, 'initialize', initialize);
  await ask(2, 'tools/call', {
    name: 'get_config',
    arguments: { name: 'a/b' },
    _meta: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
  });
  await ask(3, 'tools/call', { name: 'check_health', arguments: {} });
  await ask(4, 'resources/read', { uri: 'config://a/b' });
  await ask(5, 'resources/read', { uri: 'store://health' });
  stdin.end();
  expect(await exit).toBe(0);

  expect(client()).toEqual({ name: 'unit', version: '9' });
  const common = { client: { name: 'unit', version: '9' }, protocolVersion: '2025-11-25' };
  expect(told.calls).toEqual([
    expect.objectContaining({
      ...common,
      tool: 'get_config',
      config: 'a/b',
      code: 'STORE_MISSING',
      bytesIn: '{"name":"a/b"}'.length,
      bytesOut: expect.any(Number),
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    }),
    expect.objectContaining({ ...common, tool: 'check_health', config: undefined }),
  ]);
  expect(told.calls[1]?.code).toBeUndefined();
  expect(told.reads).toEqual([
    expect.objectContaining({ ...common, uri: 'config://a/b', code: 'STORE_MISSING', bytesOut: 0 }),
    expect.objectContaining({ ...common, uri: 'store://health' }),
  ]);
  expect(told.other).toEqual([
    { readOnly: false, version: '1.2.3' },
    { reason: 'stdin', uptimeMs: expect.any(Number), drained: true },
  ]);
  expect(told.faults).toEqual([]);
});

test('a fault nobody foresaw is told to the log, and its text to nobody else', async () => {
  const { stdin, exit, told, ask } = start(new Error('secret inside'));
  await ask(1, 'initialize', initialize);
  await ask(2, 'tools/call', { name: 'list_configs', arguments: {} });
  stdin.end();
  expect(await exit).toBe(0);
  expect(told.calls).toMatchObject([{ code: 'INTERNAL' }]);
  expect(told.faults).toMatchObject([{ code: 'INTERNAL', cause: { message: 'secret inside' } }]);
});

test('the signer is warmed once, after the first answer, and never for a reader', async () => {
  const warm = vi.fn(async () => undefined);
  const writer = start(missing, { warm });
  expect(warm).not.toHaveBeenCalled();
  await writer.ask(1, 'initialize', initialize);
  await vi.waitFor(() => expect(warm).toHaveBeenCalledTimes(1));
  await writer.ask(2, 'tools/list', {});
  writer.stdin.end();
  await writer.exit;
  expect(warm).toHaveBeenCalledTimes(1);

  const coldWarm = vi.fn(async () => undefined);
  const reader = start(missing, { warm: coldWarm, readOnly: true });
  await reader.ask(1, 'initialize', initialize);
  reader.stdin.end();
  await reader.exit;
  expect(coldWarm).not.toHaveBeenCalled();
});

test('it leaves no listener behind', async () => {
  const before = process.listenerCount('SIGTERM');
  const { stdin, exit } = start(missing);
  expect(process.listenerCount('SIGTERM')).toBe(before + 1);
  stdin.end();
  await exit;
  expect(process.listenerCount('SIGTERM')).toBe(before);
});
