import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callTool, post, secretOf, send, startTestServer } from './start.ts';

const READ = { name: 'reader', scopes: ['read'] } as const;
const WRITE = { name: 'writer', scopes: ['write'] } as const;
const ANA = { name: 'ana', scopes: ['read'], prefix: 'team-a/' } as const;
const METRICS = { name: 'prometheus', scopes: ['metrics'] } as const;
const PATHS = ['/', '/store/health', '/store/log'];

const get = async (url: string, path: string, headers: Record<string, string> = {}) => {
  const answer = await send(url, { method: 'GET', path, headers });
  // A browser may break a line there.
  return { ...answer, text: answer.text.replaceAll('<wbr>', '') };
};
const password = (token: string) => ({
  authorization: `Basic ${Buffer.from(`any:${secretOf(token)}`).toString('base64')}`,
});
const bearer = (token: string) => ({ authorization: `Bearer ${secretOf(token)}` });

test('the report and the views of the store, for a token as a password or in a header', async () => {
  const { url } = await startTestServer([READ, WRITE]);
  await callTool(url, 'put_config', { name: 'a/b', content: 'x' }, 'writer');
  for (const headers of [password('reader'), bearer('reader'), password('writer')]) {
    const page = await get(url, '/', headers);
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(page.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(page.text).toContain('a/b');
    expect(page.text).toContain('href="/store/log"');
  }
  expect((await get(url, '/store/health', password('reader'))).json).toMatchObject({ ok: true });
  expect((await get(url, '/store/log', password('reader'))).json).toMatchObject({
    total: 2,
    commits: [{ index: 1, verified: 'ok' }, { index: 0 }],
  });
  expect((await send(url, { method: 'HEAD', path: '/', headers: password('reader') })).text).toBe('');
});

test('are for those with a token that reads; a browser is asked for it', async () => {
  const { url } = await startTestServer([READ, METRICS], { limits: { failuresPerSecond: 100 } });
  for (const path of PATHS) {
    for (const headers of [{}, password('other'), bearer('other'), { authorization: 'Basic !' }]) {
      const answer = await get(url, path, headers);
      expect(answer).toMatchObject({ status: 401, headers: { 'content-type': 'application/json' } });
      expect(answer.headers['www-authenticate']).toMatch(/^Basic realm="mcp-config-store", charset="UTF-8", Bearer /);
    }
    expect((await get(url, path, password('prometheus'))).status).toBe(403);
    expect((await get(url, path, { ...password('reader'), host: 'evil.example.org' })).status).toBe(403);
    expect((await get(url, path, { ...password('reader'), origin: 'https://evil.example.org' })).status).toBe(403);
    expect((await send(url, { method: 'POST', path, headers: password('reader') })).status).toBe(405);
  }
});

test('a password is no token at /mcp, so that no other page can use it there', async () => {
  const { url } = await startTestServer([WRITE]);
  const answer = await post(url, { jsonrpc: '2.0', id: 1, method: 'tools/list' }, undefined, password('writer'));
  expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': expect.stringMatching(/^Bearer /) } });
});

test('a token with a prefix sees nothing of the others', async () => {
  const { url, folder } = await startTestServer([WRITE, ANA]);
  await callTool(url, 'put_config', { name: 'team-b/x', content: 'secret of b', message: 'for b' }, 'writer');
  const json = { mcpServers: { 'b-server': { command: 'npx', args: ['b-package'] } } };
  await callTool(url, 'put_config', { name: 'team-b/mcp', json, message: 'for b' }, 'writer');
  await callTool(url, 'put_config', { name: 'team-a/y', content: 'of a' }, 'writer');
  await callTool(url, 'get_config', { name: 'team-b/none' }, 'writer');
  const pages = await Promise.all(PATHS.map((path) => get(url, path, password('ana'))));
  for (const { status, text } of pages) {
    expect(status).toBe(200);
    expect(text).not.toMatch(/team-b|for b|secret of b|b-server|b-package/);
  }
  expect(pages[0]?.text).toContain('team-a/y');
  // Neither where the whole store is, nor what is about all of it.
  expect(pages[0]?.text).not.toContain(folder);
  const whole = (await get(url, '/', password('writer'))).text;
  expect(whole).toMatch(/b-server[\s\S]*npx b-package/);
  expect(whole).toContain(folder);
  expect(pages[2]?.text).toContain('team-a/y');
});

test('a time that is none is 400, a store that cannot be read 503, in JSON', async () => {
  const { url, folder } = await startTestServer();
  const bad = await get(url, '/?since=whenever');
  expect(bad).toMatchObject({ status: 400, headers: { 'content-type': 'application/json' } });
  expect(bad.json.error.message).toContain('whenever');
  await writeFile(join(folder, 'storage'), 'a file where the folder should be');
  expect(await get(url, '/store/log')).toMatchObject({
    status: 503,
    json: { error: { message: expect.stringContaining('storage') } },
  });
  expect((await get(url, '/store/health')).json).toMatchObject({ ok: false });
});
