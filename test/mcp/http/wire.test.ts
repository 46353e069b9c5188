import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { propertyRuns } from '../../property-runs.ts';
import { post, secretOf, send, startTestServer } from './start.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

/** Writes to a socket as it is, and reads until the server closes it. */
async function raw(url: string, ...pieces: ReadonlyArray<string | Buffer>): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  for (const piece of pieces) socket.write(piece);
  await once(socket, 'close');
  return text;
}

/** The JSON of an answer as it stood on the wire. */
function bodyOf(answer: string): unknown {
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
}

const call = (name: string, args: string) =>
  `{"jsonrpc":"2.0","id":"x","method":"tools/call","params":{"name":"${name}","arguments":${args}}}`;
const request = (method: string, params: unknown) => JSON.stringify({ jsonrpc: '2.0', id: 'x', method, params });

/** Bodies that are no message, or none that can be served, and the JSON-RPC code of the answer. */
const HOSTILE: ReadonlyArray<readonly [what: string, body: string | Buffer, code: number]> = [
  ['cut off', '{"jsonrpc":"2.0","id":1', -32_700],
  ['zeroes', '\0\0\0', -32_700],
  ['a byte order mark', `\ufeff${request('ping', {})}`, -32_700],
  ['no UTF-8', Buffer.from('7b226a736f6e727063223ac328227d', 'hex'), -32_700],
  ['a batch', `[${request('ping', {})}]`, -32_600],
  ['an empty batch', '[]', -32_600],
  ['a number', '5', -32_600],
  ['another version', '{"jsonrpc":"1.0","id":"x","method":"ping"}', -32_600],
  ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"ping"}', -32_600],
  ['a member twice', '{"jsonrpc":"2.0","id":"x","id":"y","method":"ping"}', -32_600],
  ['a method that is none', request('no/such/method', {}), -32_601],
  ['a method of objects', request('__proto__', {}), -32_601],
  ['params that are a list', request('tools/call', []), -32_602],
  ['a tool of objects', request('tools/call', { name: 'constructor' }), -32_602],
  ['a tool that is a number', request('tools/call', { name: 5 }), -32_602],
  ['arguments that are text', request('tools/call', { name: 'get_config', arguments: 'x' }), -32_602],
  ['a URI that is null', request('resources/read', { uri: null }), -32_602],
  ['a prompt without a name', request('prompts/get', {}), -32_602],
  ['a completion of nothing', request('completion/complete', { ref: { type: 'ref/none' }, argument: {} }), -32_602],
  ['a cursor of none', request('tools/list', { cursor: 'nonsense' }), -32_602],
  ['a version that is a number', request('initialize', { protocolVersion: 5 }), -32_602],
  ['an argument twice', call('put_config', '{"name":"a","name":"b","content":"x"}'), -32_602],
  ['a prototype', call('put_config', '{"name":"a","content":"x","__proto__":{"draft":true}}'), -32_602],
  ['half a character', call('put_config', '{"name":"a","content":"\\ud800"}'), -32_602],
  ['depth', call('put_config', `{"name":"a","json":${'['.repeat(100_000)}${']'.repeat(100_000)}}`), -32_602],
  ['a number that JSON cannot keep', call('put_config', '{"name":"a","json":{"n":12345678901234567890}}'), -32_602],
];

test('whatever a body holds, its answer is an error in JSON, and the server lives on', async () => {
  const { url, faults } = await startTestServer();
  for (const [what, body, code] of HOSTILE) {
    const { status, json } = await send(url, { body, headers: JSON_TYPE });
    expect(json?.error, `${what}: ${status}`).toMatchObject({ code });
    // A sentence, not a validator's dump.
    expect(json.error.message, what).not.toMatch(/[[{]\s*"/);
    expect([200, 400, 404], what).toContain(status);
  }
  for (const body of ['', ' \r\n']) expect((await send(url, { body, headers: JSON_TYPE })).status).toBe(400);
  const { json } = await post(url, JSON.parse(call('list_configs', '{}')));
  expect(json.result.structuredContent).toMatchObject({ total: 0 });
  expect(faults).toEqual([]);
});

/** A message that can be served, as bytes. */
const MESSAGES = [
  request('ping', {}),
  request('tools/list', {}),
  request('resources/read', { uri: 'store://log' }),
  request('prompts/get', { name: 'roll-back', arguments: { name: 'a/b' } }),
  request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } }),
  call('put_config', '{"name":"a/b","json":{"x":[1,null,"\u00e9"]},"message":"m","expected_version":0}'),
  call('get_config', '{"name":"a/b","version":1,"max_chars":10}'),
].map((text) => Buffer.from(text));

/** Such a message with some bytes cut out, replaced or put in. */
const bent = fc
  .tuple(fc.constantFrom(...MESSAGES), fc.nat(), fc.nat({ max: 12 }), fc.uint8Array({ maxLength: 12 }))
  .map(([message, place, cut, put]) => {
    const at = place % message.length;
    return Buffer.concat([message.subarray(0, at), put, message.subarray(at + cut)]);
  });

test('so is that of any JSON, and of any message with bytes that are not its own', async () => {
  const { url, faults } = await startTestServer();
  const value = fc.oneof(
    fc.json(),
    fc
      .record({ jsonrpc: fc.constant('2.0'), id: fc.jsonValue(), method: fc.string(), params: fc.jsonValue() })
      .map((message) => JSON.stringify(message)),
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(bent, value), async (body) => {
      const answer = await send(url, { body, headers: JSON_TYPE });
      expect([200, 202, 400, 404]).toContain(answer.status);
      if (answer.status === 202) expect(answer.text).toBe('');
      else expect(answer.json).toMatchObject({ jsonrpc: '2.0' });
    }),
    propertyRuns,
  );
  expect(faults).toEqual([]);
});

test('a version that header and body name differently is a mismatch, one that is not known is refused with those that are', async () => {
  const { url } = await startTestServer();
  const ask = (header: string, claimed: string) => {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': claimed,
      'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const headers = { 'mcp-protocol-version': header, 'mcp-method': 'tools/list' };
    return post(url, { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta } }, undefined, headers);
  };
  expect(await ask('2026-07-28', '2099-01-01')).toMatchObject({ status: 400, json: { error: { code: -32_020 } } });
  expect(await ask('2099-01-01', '2099-01-01')).toMatchObject({
    status: 400,
    json: { error: { code: -32_022, data: { supported: ['2026-07-28'] } } },
  });
  expect((await ask('2026-07-28', '2026-07-28')).json.result.tools).toBeDefined();
});

test('notifications and answers are taken without one', async () => {
  const { url } = await startTestServer();
  for (const message of [
    { jsonrpc: '2.0', method: 'notifications/initialized' },
    { jsonrpc: '2.0', id: 9, result: {} },
  ])
    expect(await post(url, message)).toMatchObject({ status: 202, text: '' });
});

describe('sizes', () => {
  const large = 5 * 1_048_576;

  test('5 MiB are 413 in JSON and the connection is closed, with and without a length', async () => {
    const { url } = await startTestServer();
    const body = Buffer.alloc(large, 0x20);
    for (const headers of [{ 'content-length': large }, { 'transfer-encoding': 'chunked' }]) {
      const answer = await send(url, { body, headers: { ...JSON_TYPE, ...headers } });
      expect(answer).toMatchObject({ status: 413, headers: { connection: 'close' } });
      expect(answer.json.error.message).toContain('4194304');
    }
    expect((await post(url, { jsonrpc: '2.0', id: 1, method: 'ping' })).status).toBe(200);
  });

  test('a body is not read before its sender is known', async () => {
    const { url } = await startTestServer([{ name: 'a', scopes: ['read'] }]);
    const head = `POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${large}\r\n`;
    const answer = await raw(url, `${head}\r\n{`);
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(bodyOf(answer)).toMatchObject({ error: { message: expect.stringContaining('token') } });
  });

  test('more than all bodies may have together is 503, and room is given back', async () => {
    const { url } = await startTestServer([], { limits: { bodyBytesTogether: 1_000 } });
    const put = (chars: number) =>
      post(url, { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'x'.repeat(chars) } });
    expect(await put(2_000)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    for (let n = 0; n < 5; n++) expect((await put(500)).status).toBe(200);
  });

  test.each([
    ['text/plain', undefined],
    ['application/x-www-form-urlencoded', undefined],
    ['application/jsonp', undefined],
    ['application/json', 'gzip'],
  ])('a body that is %s, %s is 415', async (type, encoding) => {
    const { url } = await startTestServer();
    const headers = { 'content-type': type, ...(encoding !== undefined && { 'content-encoding': encoding }) };
    const answer = await send(url, { body: '{}', headers });
    expect(answer).toMatchObject({ status: 415, headers: { 'content-type': 'application/json' } });
  });

  test('headers over 16 kB are 431 in JSON', async () => {
    const { url } = await startTestServer();
    const answer = await raw(url, `POST /mcp HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(bodyOf(answer)).toMatchObject({ error: { message: 'the headers are too large' } });
  });
});

describe('connections', () => {
  test('headers that never end are 408 in JSON, and the connection is closed', async () => {
    const { url } = await startTestServer([], { limits: { headersMs: 300, requestMs: 300 } });
    const answer = await raw(url, 'POST /mcp HTTP/1.1\r\nHost: localhost\r\nX-Slow: 1\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(bodyOf(answer)).toMatchObject({ error: { message: expect.stringContaining('too long') } });
  });

  test('so is a body that never ends', async () => {
    const { url } = await startTestServer([], { limits: { headersMs: 300, requestMs: 300 } });
    const head = 'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n';
    expect(await raw(url, `${head}\r\n{"a`)).toMatch(/^HTTP\/1\.1 408 /);
  });

  test.each([
    ['no HTTP', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['a line of JSON-RPC', `${request('ping', {})}\n`],
    ['two lengths', 'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
    ['no host', 'POST /mcp HTTP/1.1\r\n\r\n'],
  ])('%s is 400', async (_, text) => {
    const { url } = await startTestServer();
    expect(await raw(url, text)).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('more calls at once than are served are 503 with Retry-After', async () => {
    const { url } = await startTestServer([], { limits: { calls: 1 } });
    const { hostname, port } = new URL(url);
    const waiting = connect(Number(port), hostname);
    const head =
      'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 60\r\n\r\n';
    await once(waiting, 'connect');
    waiting.write(head);
    const message = { jsonrpc: '2.0', id: 1, method: 'ping' };
    await expect.poll(async () => (await post(url, message)).status).toBe(503);
    expect((await post(url, message)).headers['retry-after']).toBe('1');
    expect((await send(url, { method: 'GET', path: '/readyz' })).status).toBe(200);
    waiting.destroy();
    await expect.poll(async () => (await post(url, message)).status).toBe(200);
  });
});

describe('the forms of an answer', () => {
  const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

  test.each([undefined, '*/*', 'application/json, text/event-stream'])('Accept %s: served', async (accept) => {
    const { url } = await startTestServer();
    const answer = await post(url, list, undefined, accept === undefined ? {} : { accept });
    expect(answer).toMatchObject({ status: 200, json: { id: 1, result: { tools: expect.any(Array) } } });
  });

  test('a client that takes only JSON gets it', async () => {
    const { url } = await startTestServer();
    const answer = await post(url, list, undefined, { accept: 'application/json' });
    expect(answer.headers['content-type']).toBe('application/json');
    expect(JSON.parse(answer.text)).toMatchObject({ id: 1, result: { tools: expect.any(Array) } });
  });

  test.each([
    ['at once', 0],
    ['one after the other', 20],
  ])(
    'progress and the answer behind it arrive whole, sent %s, and the connection serves the next',
    async (_, waitMs) => {
      const { url } = await startTestServer([], {
        extend: (server) =>
          server.registerTool('steps', { inputSchema: z.object({}) }, async (_args, { mcpReq }) => {
            for (const progress of [1, 2, 3]) {
              const params = { progressToken: 't', progress, message: 'm'.repeat(progress * 1_000) };
              await mcpReq.notify({ method: 'notifications/progress', params });
              if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
            }
            return { content: [] };
          }),
      });
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      onTestFinished(() => agent.destroy());
      const body = request('tools/call', { name: 'steps', arguments: {}, _meta: { progressToken: 't' } });
      for (let round = 0; round < 2; round++) {
        const { text } = await send(url, { headers: JSON_TYPE, body, agent });
        const messages = [...text.matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data ?? ''));
        expect(messages.map(({ params, result }) => params?.progress ?? result)).toEqual([1, 2, 3, { content: [] }]);
      }
    },
  );

  test('a client of the 2025 era is offered nothing that needs a session', async () => {
    const { url } = await startTestServer([{ name: 'a', scopes: ['read'] }]);
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } };
    const { headers, json } = await post(url, { jsonrpc: '2.0', id: 1, method: 'initialize', params }, 'a');
    expect(headers['mcp-session-id']).toBeUndefined();
    expect(json.result.capabilities.resources).not.toMatchObject({ subscribe: true });
    const subscribe = { jsonrpc: '2.0', id: 2, method: 'resources/subscribe', params: { uri: 'store://log' } };
    expect((await post(url, subscribe, 'a')).json.error).toMatchObject({ code: -32_601 });
  });

  test('no answer holds the token', async () => {
    const { url } = await startTestServer([{ name: 'a', scopes: ['read'] }]);
    for (const message of [list, { ...list, method: 'none' }, {}])
      expect((await post(url, message, 'a')).text).not.toContain(secretOf('a'));
  });
});
