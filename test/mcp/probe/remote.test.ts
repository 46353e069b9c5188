import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { probeEntry } from '../../../src/app/probe-entry.ts';
import { secretOf, startTestServer } from '../http/start.ts';

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const http = (url: string, headers?: Record<string, string>) =>
  probeEntry({ type: 'streamable-http', url, ...(headers && { headers }) });

/** A server of the first era of the protocol over HTTP, by the SDK of its time. */
async function startSse(seen: IncomingMessage['headers'][] = []): Promise<string> {
  const open = new Map<string, SSEServerTransport>();
  const greet = { name: 'greet', description: 'says hello', inputSchema: { type: 'object' as const } };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    seen.push(request.headers);
    if (request.method === 'GET') {
      const transport = new SSEServerTransport('/messages', response);
      open.set(transport.sessionId, transport);
      const server = new Server({ name: 'old', version: '0.1.0' }, { capabilities: { tools: {} } });
      server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [greet] }));
      return server.connect(transport);
    }
    const id = new URL(request.url ?? '', 'http://x').searchParams.get('sessionId') ?? '';
    return open.get(id)?.handlePostMessage(request, response);
  };
  return listen((request, response) => void answer(request, response));
}

describe('a server at an address', () => {
  it('answers in both eras over streamable HTTP, with the headers of its entry', async () => {
    const server = await startTestServer([{ name: 'probe', scopes: ['read'] }]);
    const probed = await http(server.url, { Authorization: `Bearer ${secretOf('probe')}` });
    expect(probed).toMatchObject({ name: 'mcp-config-store', initialize: '2025-11-25', discover: '2026-07-28' });
    expect(probed.tools.length).toBeGreaterThan(5);
    await expect(http(server.url)).rejects.toThrow('it wants another authorization (status 401)');
  });

  it('answers over server-sent events, in the older era alone', async () => {
    const seen: IncomingMessage['headers'][] = [];
    const url = `${await startSse(seen)}/sse`;
    const probed = await probeEntry({ type: 'sse', url, headers: { 'x-key': 'k' } });
    expect(probed).toMatchObject({ name: 'old', version: '0.1.0', tools: [{ name: 'greet' }] });
    expect([probed.initialize, probed.discover]).toEqual(['2025-11-25', undefined]);
    expect(seen.length).toBeGreaterThan(3);
    expect(seen.every((headers) => headers['x-key'] === 'k')).toBe(true);
  });
});

describe('is said to fail, without a word of address or headers', () => {
  const plain =
    (status: number, body = '', headers: Record<string, string> = {}): RequestListener =>
    (_, response) =>
      response.writeHead(status, headers).end(body);
  const refusing: RequestListener = async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { id } = JSON.parse(body) as { id: number };
    const error = { code: -32_000, message: 's3cr3t' };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, error }));
  };
  const endless =
    (type: string): RequestListener =>
    (_, response) => {
      response.writeHead(200, { 'content-type': type });
      const more = () => response.write('x'.repeat(65_536)) && setImmediate(more);
      response.on('drain', more);
      more();
    };
  it.each([
    ['another status', plain(500), 'it answered with status 500'],
    ['a page', plain(200, '<html>'), 'it answers something else than the protocol'],
    ['a refusal', refusing, 'it refused with code -32000'],
    ['a redirection, which would take the headers along', plain(307, '', { location: '/other' }), 'another address'],
    ['an answer without end', endless('application/json'), 'it answered with more than 4194304 bytes'],
    ['a stream without end', endless('text/event-stream'), 'it answered with more than 4194304 bytes'],
  ])('%s', async (_, answer, why) => {
    const url = `${await listen(answer)}/s3cr3t`;
    const failed = http(url, { 'x-key': 's3cr3t' });
    await expect(failed).rejects.toThrow(why);
    await expect(failed).rejects.not.toThrow('s3cr3t');
  });

  it('one that is not there', async () => {
    await expect(http('http://127.0.0.1:1/mcp')).rejects.toThrow(/it cannot be reached/);
    await expect(probeEntry({ type: 'sse', url: 'http://127.0.0.1:1/sse' })).rejects.toThrow(/it cannot be reached/);
  });

  it('a stream that would have the messages, and their headers, sent to another server', async () => {
    const asked: string[] = [];
    const elsewhere = await listen((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    const data = `event: endpoint\ndata: ${elsewhere}/take\n\n`;
    const url = await listen(plain(200, data, { 'content-type': 'text/event-stream' }));
    await expect(probeEntry({ type: 'sse', url })).rejects.toThrow('it answers something else than the protocol');
    expect(asked).toEqual([]);
  });
});

describe('a server as a process', () => {
  const script = (code: string) => probeEntry({ type: 'stdio', command: process.execPath, args: ['-e', code] });

  it('is said to fail in a few words', async () => {
    await expect(script('process.exit(3)')).rejects.toThrow('it ended before it answered');
    await expect(probeEntry({ type: 'stdio', command: '/nowhere/at-all' })).rejects.toThrow(
      'it cannot be started (ENOENT)',
    );
  });

  it('may speak the newer era alone', async () => {
    const probed = await script(`
      require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
        const { id, method } = JSON.parse(line);
        const meta = { resultType: 'complete', ttlMs: 0, cacheScope: 'public' };
        const results = {
          'server/discover': { supportedVersions: ['2026-07-28'], capabilities: { tools: {} },
            serverInfo: { name: 'new', version: '2.0.0' }, ...meta },
          'tools/list': { tools: [{ name: 'greet', inputSchema: { type: 'object' }, 'x-more': 1 }], ...meta },
        };
        const answer = results[method] ? { result: results[method] } : { error: { code: -32601, message: 'no' } };
        if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
      });`);
    expect(probed).toMatchObject({ initialize: undefined, discover: '2026-07-28' });
    // As it was sent: a digest of it says whether the server is still the same.
    expect(probed.tools).toEqual([{ name: 'greet', inputSchema: { type: 'object' }, 'x-more': 1 }]);
  });
});
