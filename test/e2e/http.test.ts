import { execFileSync } from 'node:child_process';
import { request as requestTls } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hasOpenssl } from '../keys/openssl.ts';
import { command, startHttpProcess } from './http-process.ts';
import { temporaryVar } from './server-process.ts';

interface AnyClient {
  listTools(): Promise<{ tools: ReadonlyArray<{ name: string }> }>;
  callTool(request: { name: string; arguments: Record<string, unknown> }): Promise<{ structuredContent?: unknown }>;
  readResource(request: { uri: string }): Promise<{ contents: ReadonlyArray<{ text?: unknown }> }>;
}

const withToken = (token: string) => ({ requestInit: { headers: { Authorization: `Bearer ${token}` } } });

async function connectV1(url: string, token: string): Promise<AnyClient> {
  const client = new ClientV1({ name: 'test-v1', version: '1.0.0' });
  onTestFinished(() => client.close());
  // The types of that line do not know exactOptionalPropertyTypes.
  await client.connect(new TransportV1(new URL(url), withToken(token)) as Parameters<ClientV1['connect']>[0]);
  return client as unknown as AnyClient;
}

const connectV2 = (mode: 'legacy' | 'auto' | { pin: string }) => async (url: string, token: string) => {
  const client = new Client({ name: 'test-v2', version: '1.0.0' }, { versionNegotiation: { mode } });
  onTestFinished(() => client.close());
  await client.connect(new StreamableHTTPClientTransport(new URL(url), withToken(token)));
  return client as unknown as AnyClient & Client;
};

const CLIENTS = [
  ['v1', connectV1],
  ['v2, legacy', connectV2('legacy')],
  ['v2, auto', connectV2('auto')],
  ['v2, pinned', connectV2({ pin: '2026-07-28' })],
] as const;

describe('clients of the SDK with a token', () => {
  test.each(CLIENTS)('%s lists, writes and reads; a wrong token is refused', async (_, connectClient) => {
    const folder = await temporaryVar();
    const token = command(folder, 'tokens', 'add', 'ci', '--scope', 'write');
    const { url } = await startHttpProcess(folder);
    const client = await connectClient(url, token);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('put_config');
    const put = await client.callTool({ name: 'put_config', arguments: { name: 'a/b', json: { x: 1 } } });
    expect(put.structuredContent).toMatchObject({ created: true, version: 1 });
    expect((await client.readResource({ uri: 'config://a/b' })).contents[0]?.text).toBe('{"x":1}');
    expect((await client.callTool({ name: 'verify_store', arguments: {} })).structuredContent).toMatchObject({
      ok: true,
    });
    await expect(connectClient(url, `${token}x`)).rejects.toThrow();
    command(folder, 'tokens', 'revoke', 'ci');
    await expect(client.listTools()).rejects.toThrow();
  });
});

describe('a listener of the 2026 era', () => {
  test('hears of commits of this and other processes, until its token is revoked', async () => {
    const folder = await temporaryVar();
    const writer = command(folder, 'tokens', 'add', 'writer', '--scope', 'write');
    const reader = command(folder, 'tokens', 'add', 'reader', '--scope', 'read', '--prefix', 'a/');
    const { url } = await startHttpProcess(folder);
    const client = await connectV2({ pin: '2026-07-28' })(url, writer);
    await client.callTool({ name: 'put_config', arguments: { name: 'a/b', content: '1' } });
    const heard: string[] = [];
    const stream = await openListen(url, reader, ['config://a/b', 'config://b/c', 'store://log'], heard);
    await expect.poll(() => heard.join()).toContain('acknowledged');
    await client.callTool({ name: 'put_config', arguments: { name: 'b/c', content: '1' } });
    await client.callTool({ name: 'put_config', arguments: { name: 'a/b', content: '2' } });
    await expect.poll(() => heard.join()).toContain('config://a/b');
    heard.length = 0;
    execFileSync(
      process.execPath,
      [join(import.meta.dirname, '../../dist/main.js'), 'put', 'a/b', '-', '--var', folder],
      {
        input: '3',
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
    await expect.poll(() => heard.join(), { timeout: 10_000 }).toContain('config://a/b');
    expect(heard.join()).not.toContain('b/c');
    command(folder, 'tokens', 'revoke', 'reader');
    await stream.ended;
  });
});

/** Opens a stream of notifications by hand; what comes is appended to `heard`. */
async function openListen(url: string, token: string | undefined, uris: readonly string[], heard: string[]) {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const params = { notifications: { resourceSubscriptions: uris, resourcesListChanged: true }, _meta };
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'subscriptions/listen',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'subscriptions/listen', params }),
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('x-accel-buffering')).toBe('no');
  const ended = (async () => {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body ?? []) heard.push(decoder.decode(chunk, { stream: true }));
    } catch {
      // Ended by the server.
    }
  })();
  return { ended };
}

describe('the end', () => {
  const CALL = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'list_configs', arguments: {} } };

  /** Begins a call whose body comes later. */
  function beginCall(url: string) {
    const { hostname, port } = new URL(url);
    const body = JSON.stringify(CALL);
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('error', () => undefined);
    const head = `POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    socket.write(`${head}${body.slice(0, 10)}`);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    return { finish: () => socket.write(body.slice(10)), closed, text: () => text };
  }

  test('waits for a call in flight, answers it, and takes no other', async () => {
    const { url, child, exited } = await startHttpProcess(await temporaryVar());
    const call = beginCall(url);
    await expect.poll(async () => (await fetch(url.replace('/mcp', '/readyz'))).status).toBe(200);
    child.kill('SIGTERM');
    await expect
      .poll(() =>
        fetch(url.replace('/mcp', '/readyz')).then(
          ({ status }) => status,
          () => 'refused',
        ),
      )
      .toBe('refused');
    call.finish();
    await call.closed;
    expect(call.text()).toMatch(/^HTTP\/1\.1 200 /);
    expect(call.text()).toContain('structuredContent');
    expect(await exited).toEqual([0, null]);
  });

  test('does not wait longer than it may, nor after a second signal', async () => {
    const slow = await startHttpProcess(await temporaryVar(), [], { CONFIG_STORE_DRAIN_MS: '100' });
    beginCall(slow.url);
    await fetch(slow.url.replace('/mcp', '/readyz'));
    slow.child.kill('SIGTERM');
    expect(await slow.exited).toEqual([0, null]);
    const asked = await startHttpProcess(await temporaryVar(), [], { CONFIG_STORE_DRAIN_MS: '600000' });
    beginCall(asked.url);
    await fetch(asked.url.replace('/mcp', '/readyz'));
    asked.child.kill('SIGTERM');
    await expect
      .poll(() =>
        fetch(asked.url).then(
          () => 'served',
          () => 'refused',
        ),
      )
      .toBe('refused');
    asked.child.kill('SIGINT');
    expect(await asked.exited).toEqual([0, null]);
  });

  test('ends open streams', async () => {
    const { url, child, exited } = await startHttpProcess(await temporaryVar());
    const heard: string[] = [];
    const { ended } = await openListen(url, undefined, ['store://log'], heard);
    await expect.poll(() => heard.join()).toContain('acknowledged');
    child.kill('SIGTERM');
    await ended;
    expect(await exited).toEqual([0, null]);
  });
});

describe('TLS by files', () => {
  /** Makes a certificate of its own for a name. */
  function certificate(folder: string, name: string): void {
    const files = ['-keyout', join(folder, 'tls.key'), '-out', join(folder, 'tls.crt')];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
    execFileSync('openssl', ['req', '-x509', ...key, ...files, '-subj', `/CN=${name}`], { stdio: 'pipe' });
  }

  function subjectOf(url: string): Promise<string | string[] | undefined> {
    return new Promise((resolve, reject) => {
      requestTls(url.replace('/mcp', '/healthz'), { rejectUnauthorized: false, agent: false }, (response) => {
        const { socket } = response as unknown as { socket: import('node:tls').TLSSocket };
        resolve(socket.getPeerCertificate().subject.CN);
        response.resume();
      })
        .on('error', reject)
        .end();
    });
  }

  test.skipIf(!hasOpenssl)('serves the certificate, and another after SIGHUP', async () => {
    const folder = await temporaryVar();
    const tls = await temporaryVar();
    certificate(tls, 'first.example.org');
    const flags = ['--tls-cert', join(tls, 'tls.crt'), '--tls-key', join(tls, 'tls.key')];
    const { url, child, exited } = await startHttpProcess(folder, flags);
    expect(url).toMatch(/^https:/);
    expect(await subjectOf(url)).toBe('first.example.org');
    certificate(tls, 'second.example.org');
    child.kill('SIGHUP');
    await expect.poll(() => subjectOf(url)).toBe('second.example.org');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  });
});
