import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { callTool, secretOf, startTestServer } from './start.ts';

const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` };
const hasNginx = (() => {
  try {
    execFileSync('nginx', ['-v'], { env, stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write('\nno nginx here: not tested behind it\n\n');
    return false; // not installed, and said
  }
})();

const WRITE = { name: 'writer', scopes: ['write'] } as const;
/** What nginx does of itself, without a word on streams. */
const BARE = 'location / { proxy_pass http://127.0.0.1:3000; proxy_set_header Host localhost; }';

/** The snippet of the documentation, as it stands there. */
async function documented(): Promise<string> {
  const docs = await readFile(join(import.meta.dirname, '../../../docs/http.md'), 'utf8');
  return /```nginx\n([\s\S]+?)```/.exec(docs)?.[1] ?? '';
}

/** Starts nginx in front of a server; the path of the socket it listens on. */
async function startNginx(url: string, snippet: string, more = ''): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nginx-'));
  const socket = join(folder, 'socket');
  const locations = snippet.replaceAll('127.0.0.1:3000', new URL(url).host);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (of) => `${of}_temp_path ${folder}/${of};`,
  );
  const file = join(folder, 'nginx.conf');
  await writeFile(
    file,
    `${process.getuid?.() === 0 ? 'user root;' : ''}
    daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
    events { worker_connections 64; }
    http { access_log off; ${temporary.join(' ')} ${more} server { listen unix:${socket}; ${locations} } }`,
  );
  const nginx: ChildProcess = spawn('nginx', ['-c', file, '-e', join(folder, 'error.log')], { env, stdio: 'inherit' });
  onTestFinished(async () => {
    const ended = once(nginx, 'exit');
    nginx.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  });
  await expect
    .poll(() =>
      ask(socket, 'GET', '/readyz').then(
        ({ statusCode }) => statusCode,
        () => 0,
      ),
    )
    .toBe(200);
  return socket;
}

/** Sends a request through nginx; the answer once its headers are here. */
function ask(socketPath: string, method: string, path: string, body?: string, headers = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const all = { 'content-type': 'application/json', authorization: `Bearer ${secretOf('writer')}`, ...headers };
    httpRequest({ socketPath, method, path, headers: all, agent: false }, resolve).on('error', reject).end(body);
  });
}

const list = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });

/** Opens a stream of notifications through nginx; what comes is appended to the answer. */
async function listen(socket: string): Promise<{ heard(): string }> {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const params = { notifications: { resourceSubscriptions: ['config://a/b'] }, _meta };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'subscriptions/listen', params });
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' };
  const answer = await ask(socket, 'POST', '/mcp', body, { ...headers, accept: 'text/event-stream' });
  let heard = '';
  answer.setEncoding('utf8').on('data', (chunk: string) => {
    heard += chunk;
  });
  await expect.poll(() => heard).toContain('acknowledged');
  return { heard: () => heard };
}

describe.skipIf(!hasNginx)('behind nginx', () => {
  test('the documented snippet passes on answers, refusals and events', async () => {
    const { url } = await startTestServer([WRITE]);
    const socket = await startNginx(url, await documented());
    const answer = await ask(socket, 'POST', '/mcp', list);
    expect(answer.statusCode).toBe(200);
    expect(await text(answer)).toContain('put_config');
    const refused = await ask(socket, 'POST', '/mcp', list, { authorization: 'Bearer other' });
    expect(refused.statusCode).toBe(401);
    expect(JSON.parse(await text(refused))).toMatchObject({ error: { message: expect.any(String) } });
    expect((await ask(socket, 'GET', '/metrics')).statusCode).toBe(404);
    const stream = await listen(socket);
    await callTool(url, 'put_config', { name: 'a/b', content: '1' }, 'writer');
    await expect.poll(stream.heard).toContain('notifications/resources/updated');
  });

  test('without a word on streams, buffering holds no event back and an idle stream is not cut', async () => {
    // nginx cuts at 60 s unless told otherwise, the server says something every 15 s; here both are 15 times as fast.
    const { url } = await startTestServer([WRITE], { limits: { keepAliveMs: 1_000 } });
    const socket = await startNginx(url, BARE, 'proxy_read_timeout 4s;');
    const stream = await listen(socket);
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    await callTool(url, 'put_config', { name: 'a/b', content: '1' }, 'writer');
    await expect.poll(stream.heard).toContain('notifications/resources/updated');
  });

  test.runIf(process.env['SLOW'])(
    '60 s of silence, with everything as it is of itself',
    { timeout: 120_000 },
    async () => {
      const { url } = await startTestServer([WRITE]);
      const stream = await listen(await startNginx(url, BARE));
      await new Promise((resolve) => setTimeout(resolve, 75_000));
      await callTool(url, 'put_config', { name: 'a/b', content: '1' }, 'writer');
      await expect.poll(stream.heard).toContain('notifications/resources/updated');
    },
  );
});
