import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { openAccess } from '../../../src/app/access-tokens.ts';
import { createApp } from '../../../src/app/app.ts';
import { sha256Hex } from '../../../src/core/digest.ts';
import { startTcp } from '../../../src/mcp/tcp/serve-tcp.ts';
import { StateFolder } from '../../../src/state/state-folder.ts';
import { TokenFile } from '../../../src/state/token-file.ts';

const TOKEN = 'mcs_a-token-of-some-length';

async function start(
  scope: 'read' | 'write',
  tokens: ReadonlyArray<{ scopes: ['read' | 'write' | 'metrics']; prefix?: string }> = [],
) {
  const folder = await mkdtemp(join(tmpdir(), 'tcp-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const state = join(folder, 'state');
  const kept = tokens.map((token, n) => ({ ...token, name: `t${n}`, sha256: sha256Hex(TOKEN) }));
  const file = new TokenFile(new StateFolder(state));
  if (kept.length > 0) await file.change(() => kept);
  const app = createApp({ flags: { var: folder }, via: 'mcp' });
  const none = { tokensFile: undefined, serviceToken: undefined, serviceTokenFile: undefined };
  const faults: Error[] = [];
  const server = await startTcp({
    listen: { host: '127.0.0.1', port: 0 },
    access: openAccess(none, state, (error) => faults.push(error)),
    scope,
    context: app.context,
    observer: {},
    onFault: (error) => faults.push(error),
    readOnly: false,
    version: '1.2.3',
    drainMs: 5_000,
  });
  onTestFinished(async () => {
    await server.end();
    server.close();
    await app.close();
    expect(faults).toEqual([]);
  });
  return { ...server, port: Number(new URL(server.url).port), file };
}

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 'init',
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'nc', version: '1' } },
};
const list = { jsonrpc: '2.0', id: 'list', method: 'tools/list' };
const put = (name: string) => ({
  jsonrpc: '2.0',
  id: name,
  method: 'tools/call',
  params: { name: 'put_config', arguments: { name, content: 'x' } },
});

function open(port: number): Socket {
  return connect({ port, host: '127.0.0.1', allowHalfOpen: true });
}

/** Sends lines, ends its half, and reads the answers by id, as `nc -N` does. */
async function exchange(port: number, ...lines: ReadonlyArray<string | object>) {
  const socket = open(port);
  socket.end(lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''));
  const answers = (await text(socket)).trim().split('\n').filter(Boolean);
  // biome-ignore lint/suspicious/noExplicitAny: the tests say what they expect of it.
  const values = answers.map((answer) => JSON.parse(answer) as any);
  return new Map(values.map((value) => [value.id, value]));
}

const toolNames = (answer: { result: { tools: ReadonlyArray<{ name: string }> } }) =>
  answer.result.tools.map(({ name }) => name);

test('each connection is served as standard input and output are, and gets its last answers', async () => {
  const { port } = await start('write');
  const answers = await exchange(port, INITIALIZE, list, put('a/b'));
  expect(toolNames(answers.get('list'))).toContain('put_config');
  expect(answers.get('a/b').result.structuredContent).toMatchObject({ created: true });
  expect((await exchange(port, INITIALIZE, 'no JSON')).get(undefined).error).toMatchObject({ code: -32_700 });
});

test('the scope that was said is what anyone has', async () => {
  const { port } = await start('read');
  expect(toolNames((await exchange(port, INITIALIZE, list)).get('list'))).not.toContain('put_config');
});

test('a first line with a token gives its scope and prefix; without one, where there are tokens, it only reads', async () => {
  const { port } = await start('write', [{ scopes: ['write'], prefix: 'a/' }]);
  expect(toolNames((await exchange(port, INITIALIZE, list)).get('list'))).not.toContain('put_config');
  const answers = await exchange(port, `Bearer ${TOKEN}`, INITIALIZE, put('a/b'), put('b/c'));
  expect(answers.get('a/b').result.structuredContent).toMatchObject({ created: true });
  expect(answers.get('b/c').result.structuredContent).toMatchObject({ code: 'NAME_INVALID' });
});

test.each([`Bearer ${TOKEN}x`, 'Bearer ', `Bearer ${'x'.repeat(10_000)}`])(
  'a wrong token ends it: %j',
  async (line) => {
    const { port } = await start('write', [{ scopes: ['write'] }]);
    const answers = await exchange(port, line, INITIALIZE);
    expect([...answers.values()]).toMatchObject([{ error: { code: -32_000 } }]);
  },
);

test.each([
  ['a request of a web page', 'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n\r'],
  ['a preflight of one', 'OPTIONS / HTTP/1.1\r'],
  ['the handshake of TLS', '\x16\x03\x01\x02'],
  ['text', 'hello'],
])('%s is refused, and no line behind it is read', async (_, begin) => {
  const { port } = await start('write');
  const answers = await exchange(port, begin, INITIALIZE, put('a'));
  expect([...answers.values()]).toMatchObject([{ error: { code: -32_700 } }]);
  const get = { ...put('a'), params: { name: 'get_config', arguments: { name: 'a' } } };
  expect((await exchange(port, INITIALIZE, get)).get('a').result.structuredContent).toMatchObject({
    code: 'NOT_FOUND',
  });
});

test('white space before the first message is none of it', async () => {
  const { port } = await start('write');
  expect((await exchange(port, '', ' \r', INITIALIZE, put('a'))).get('a').result.structuredContent).toMatchObject({
    created: true,
  });
});

test('a connection ends with its token, and one without any with the first token there is', async () => {
  for (const tokens of [[{ scopes: ['write'] as ['write'] }], []]) {
    const { port, file } = await start('write', tokens);
    const silent = connect(port, '127.0.0.1');
    const speaking = connect(port, '127.0.0.1');
    const all = [silent, speaking];
    for (const socket of all) socket.on('error', () => undefined); // ended by the server
    const ended = all.map((socket) => once(socket, 'close'));
    for (const socket of all) {
      if (tokens.length > 0) socket.write(`Bearer ${TOKEN}\n`);
      socket.write(`${JSON.stringify(INITIALIZE)}\n`);
    }
    await Promise.all(all.map((socket) => once(socket, 'data')));
    await file.change(() => []);
    let heard = '';
    speaking.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
    });
    silent.resume();
    speaking.write(`${JSON.stringify(put('a'))}\n`);
    await Promise.all(ended);
    expect(heard).toBe('');
    const reader = await exchange(port, INITIALIZE, {
      ...put('a'),
      params: { name: 'get_config', arguments: { name: 'a' } },
    });
    expect(reader.get('a').result.structuredContent).toMatchObject({ code: 'NOT_FOUND' });
  }
});

test('a first line that comes in pieces is read whole', async () => {
  const { port } = await start('read', [{ scopes: ['write'] }]);
  const socket = open(port);
  for (const piece of ['Bea', `rer ${TOKEN}`, `\n${JSON.stringify(INITIALIZE)}`, `\n${JSON.stringify(put('a'))}\n`]) {
    socket.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  socket.end();
  expect(await text(socket)).toContain('"created":true');
});

test('a client that goes away ends nothing else', async () => {
  const { port } = await start('write');
  for (let n = 0; n < 20; n++) {
    const socket = open(port);
    socket.on('error', () => undefined);
    socket.write(JSON.stringify(INITIALIZE).slice(0, n * 5));
    socket.destroy();
  }
  expect((await exchange(port, INITIALIZE, put('a'))).get('a').result.structuredContent).toMatchObject({
    created: true,
  });
});

const hasNetcat = (() => {
  try {
    execFileSync('nc', ['-h'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
})();

test.skipIf(!hasNetcat)('nc itself lists and calls tools', async () => {
  const { port } = await start('write');
  const input = [INITIALIZE, list, put('a')].map((line) => `${JSON.stringify(line)}\n`).join('');
  const { spawn } = await import('node:child_process');
  const child = spawn('nc', ['-N', '127.0.0.1', String(port)]);
  child.stdin.end(input);
  const said = await text(child.stdout);
  expect(said).toContain('put_config');
  expect(said).toContain('"created":true');
});
