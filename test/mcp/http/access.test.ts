import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openAccess } from '../../../src/app/access-tokens.ts';
import { sha256Hex } from '../../../src/core/digest.ts';
import { type Answer, callTool, post, secretOf, send, startTestServer } from './start.ts';

const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
const READ = { name: 'reader', scopes: ['read'] } as const;
const WRITE = { name: 'writer', scopes: ['write'] } as const;

function expectRefusal({ status, headers, json }: Answer, expected: number): void {
  expect(status).toBe(expected);
  expect(headers['content-type']).toBe('application/json');
  expect(json).toMatchObject({ jsonrpc: '2.0', error: { code: expect.any(Number), message: expect.any(String) } });
}

describe('tokens', () => {
  test('on loopback none is needed until there is one, then every request needs one at once', async () => {
    const { url, tokens } = await startTestServer();
    expect((await post(url, LIST)).status).toBe(200);
    await tokens.change(() => [{ name: 'a', scopes: ['read'], sha256: sha256Hex(secretOf('a')) }]);
    expectRefusal(await post(url, LIST), 401);
    expect((await post(url, LIST, 'a')).status).toBe(200);
    await tokens.change(() => []);
    expectRefusal(await post(url, LIST, 'a'), 401);
    expectRefusal(await post(url, LIST), 401);
  });

  test.each([
    ['none', undefined],
    ['another', `Bearer ${secretOf('other')}`],
    ['another kind', `Basic ${Buffer.from('reader:x').toString('base64')}`],
    ['one without its kind', secretOf('reader')],
    ['an empty one', 'Bearer '],
    ['a hash of it', `Bearer ${sha256Hex(secretOf('reader'))}`],
  ])('%s is 401 with a challenge, in JSON, and nothing says what there is', async (_, authorization) => {
    const { url } = await startTestServer([READ]);
    const there = { ...LIST, method: 'tools/call', params: { name: 'get_config', arguments: { name: 'a/b' } } };
    for (const message of [LIST, there]) {
      const answer = await post(url, message, undefined, authorization === undefined ? {} : { authorization });
      expectRefusal(answer, 401);
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm="mcp-config-store"/);
      expect(answer.text).not.toMatch(/a\/b|reader/);
    }
  });

  test('the scheme is read in any case', async () => {
    const { url } = await startTestServer([READ]);
    expect((await post(url, LIST, undefined, { authorization: `bearer ${secretOf('reader')}` })).status).toBe(200);
  });

  test('read lists the tools that read and has no others; write has all', async () => {
    const { url } = await startTestServer([READ, WRITE]);
    const names = async (token: string) =>
      (await post(url, LIST, token)).json.result.tools.map(({ name }: { name: string }) => name);
    expect(await names('reader')).not.toContain('put_config');
    expect(await names('writer')).toContain('put_config');
    const put = {
      ...LIST,
      method: 'tools/call',
      params: { name: 'put_config', arguments: { name: 'a', content: 'x' } },
    };
    expect((await post(url, put, 'reader')).json.error).toMatchObject({ code: -32_602 });
    expect((await post(url, put, 'writer')).json.result.structuredContent).toMatchObject({ created: true });
  });

  test('metrics alone reads nothing', async () => {
    const { url } = await startTestServer([{ name: 'prometheus', scopes: ['metrics'] }]);
    expectRefusal(await post(url, LIST, 'prometheus'), 403);
  });

  test("the token's name is the author of its commits, with the client's claim behind it", async () => {
    const { url } = await startTestServer([WRITE]);
    await callTool(url, 'put_config', { name: 'a', content: 'x' }, 'writer');
    const { versions } = await callTool(url, 'list_history', { name: 'a' }, 'writer');
    expect(versions[0].author).toMatchObject({ name: 'writer', via: 'mcp' });
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'acme', version: '7' },
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const params = { name: 'put_config', arguments: { name: 'a', content: 'y' }, _meta };
    const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'put_config' };
    expect((await post(url, { ...LIST, method: 'tools/call', params }, 'writer', headers)).status).toBe(200);
    const later = await callTool(url, 'list_history', { name: 'a' }, 'writer');
    expect(later.versions[0].author).toMatchObject({ name: 'writer (acme)', version: '7' });
  });

  test('the observer learns who asked and by which way', async () => {
    const calls: unknown[] = [];
    const { url } = await startTestServer([READ], { observer: { toolCalled: (facts) => calls.push(facts) } });
    await callTool(url, 'list_configs', {}, 'reader');
    expect(calls).toEqual([expect.objectContaining({ principal: 'reader', transport: 'tcp', tool: 'list_configs' })]);
  });

  test('too many wrong tokens from one address are 429, and the right one still works', async () => {
    const { url } = await startTestServer([READ], { limits: { failuresPerSecond: 3 } });
    const answers = await Promise.all(Array.from({ length: 12 }, () => post(url, LIST, 'other')));
    const statuses = answers.map(({ status }) => status);
    expect(statuses).toContain(401);
    expect(statuses).toContain(429);
    for (const answer of answers) expectRefusal(answer, answer.status);
    expect((await post(url, LIST, 'reader')).status).toBe(200);
  });
});

describe('the files and settings of tokens', () => {
  const none = { tokensFile: undefined, serviceToken: undefined, serviceTokenFile: undefined };
  const ignore = () => undefined;

  test('a file of tokens is read again when it changes; a damaged one has none', async () => {
    const { folder } = await startTestServer();
    const tokensFile = join(folder, 'tokens.txt');
    const hash = sha256Hex(secretOf('ci'));
    await writeFile(
      tokensFile,
      `# who may\n\nci read,metrics sha256:${hash}\nana write sha256:${sha256Hex('x')} team-a/\n`,
    );
    const faults: unknown[] = [];
    const access = openAccess({ ...none, tokensFile }, join(folder, 'state'), (error) => faults.push(error));
    expect(access.required()).toBe(true);
    expect(access.find(secretOf('ci'))).toMatchObject({ name: 'ci', scopes: ['read', 'metrics'] });
    expect(access.find('x')).toMatchObject({ name: 'ana', prefix: 'team-a/' });
    await writeFile(tokensFile, `bob read sha256:${hash}\n`);
    expect(access.find(secretOf('ci'))).toMatchObject({ name: 'bob' });
    await writeFile(tokensFile, 'bob everything\n');
    expect(access.find(secretOf('ci'))).toBeUndefined();
    expect(access.required()).toBe(true);
    expect(faults).toHaveLength(1);
    expect(() => openAccess({ ...none, tokensFile }, join(folder, 'state'), ignore)).toThrow('line 1 is no token');
  });

  test('the service token may write, and its file is read without its line feed', async () => {
    const { folder } = await startTestServer();
    const serviceTokenFile = join(folder, 'service');
    await writeFile(serviceTokenFile, `${secretOf('service')}\n`);
    const state = join(folder, 'state');
    expect(openAccess({ ...none, serviceTokenFile }, state, ignore).find(secretOf('service'))).toMatchObject({
      name: 'service',
      scopes: ['write'],
    });
    expect(openAccess({ ...none, serviceToken: 'y'.repeat(16) }, state, ignore).find('y'.repeat(16))).toBeDefined();
    await writeFile(serviceTokenFile, 'short\n');
    expect(() => openAccess({ ...none, serviceTokenFile }, state, ignore)).toThrow('has 5 characters');
  });

  test('a damaged tokens.json is no token for anyone', async () => {
    const { url, folder, faults } = await startTestServer([READ]);
    await writeFile(join(folder, 'state', 'tokens.json'), '{"revision":1,"tokens":[{"name":"reader"}]}');
    expectRefusal(await post(url, LIST, 'reader'), 401);
    expectRefusal(await post(url, LIST), 401);
    expect(faults).toHaveLength(1);
  });
});

describe('routes', () => {
  test.each([
    ['/mcp/', 404],
    ['/.well-known/oauth-authorization-server', 404],
    ['/.well-known/oauth-protected-resource/mcp', 404],
    ['/register', 404],
    ['/sse', 404],
  ])('%s is %i in JSON', async (path, status) => {
    const { url } = await startTestServer([READ]);
    for (const method of ['GET', 'POST']) expectRefusal(await send(url, { path, method }), status);
  });

  test.each(['GET', 'DELETE', 'PUT', 'PATCH', 'OPTIONS'])('%s /mcp is 405', async (method) => {
    const { url } = await startTestServer([READ]);
    const headers = { authorization: `Bearer ${secretOf('reader')}` };
    const answer = await send(url, { method, headers });
    expectRefusal(answer, 405);
    expect(answer.headers.allow).toBe('POST');
    expectRefusal(await send(url, { method }), 401);
  });

  test('health needs no token and no host, and says nothing about the store', async () => {
    const { url } = await startTestServer([READ]);
    for (const path of ['/healthz', '/livez', '/health'])
      expect(await send(url, { method: 'GET', path, headers: { host: 'pod-7:3000' } })).toMatchObject({
        status: 200,
        json: { status: 'ok', version: '1.2.3' },
      });
    const ready = await send(url, { method: 'GET', path: '/readyz', headers: { host: '10.1.2.3' } });
    expect(ready).toMatchObject({ status: 200, json: { ready: true, writable: true } });
    expect((await send(url, { method: 'HEAD', path: '/readyz' })).status).toBe(200);
    expectRefusal(await send(url, { method: 'POST', path: '/readyz' }), 405);
  });

  test('a store that cannot be opened is not ready, and alive', async () => {
    const { url, folder } = await startTestServer();
    await writeFile(join(folder, 'storage'), 'a file where the folder should be');
    const ready = await send(url, { method: 'GET', path: '/readyz' });
    expect(ready).toMatchObject({ status: 503, json: { ready: false, reason: 'STORE_UNREADABLE' } });
    expect(ready.text).not.toContain(folder);
    expect((await send(url, { method: 'GET', path: '/healthz' })).status).toBe(200);
  });
});

describe('a token with a prefix', () => {
  const ANA = { name: 'ana', scopes: ['write'], prefix: 'team-a/' } as const;

  test('sees and changes only what begins with it, and learns of nothing else', async () => {
    const { url } = await startTestServer([WRITE, ANA]);
    const others = await callTool(url, 'put_config', { name: 'team-b/x', content: 'secret of b' }, 'writer');
    await callTool(url, 'put_config', { name: 'team-b/draft', content: 'd', draft: true }, 'writer');
    await callTool(url, 'put_config', { name: 'team-a/y', content: 'of a' }, 'writer');
    const ana = (tool: string, args: object) => callTool(url, tool, args, 'ana');

    expect(await ana('list_configs', {})).toMatchObject({ total: 1, configs: [{ name: 'team-a/y' }] });
    expect(await ana('list_configs', { prefix: 'team-b/' })).toMatchObject({ total: 0, configs: [] });
    expect(await ana('get_config', { name: 'team-a/y' })).toMatchObject({ content: 'of a' });
    for (const name of ['team-b/x', 'team-b/draft']) {
      const is = (answer: unknown) => JSON.stringify(answer).replaceAll(name, 'NAME');
      const none = name.replace('team-b', 'team-c');
      const isNone = (answer: unknown) => JSON.stringify(answer).replaceAll(none, 'NAME');
      for (const [tool, more] of [
        ['get_config', {}],
        ['list_history', {}],
        ['patch_config', { patch: { a: 1 } }],
        ['put_config', { content: 'z' }],
        ['put_config', { content: 'z', draft: true }],
        ['delete_config', {}],
        ['restore_config', { version: 1 }],
        ['discard_draft', {}],
        ['diff_configs', {}],
        ['verify_store', {}],
      ] as const) {
        const answer = await ana(tool, { name, ...more });
        expect(answer, tool).toMatchObject({ code: expect.any(String) });
        expect(is(answer), tool).toBe(isNone(await ana(tool, { name: none, ...more })));
      }
    }
    expect(await ana('get_config', { digest: others.digest })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await ana('publish_drafts', {})).toMatchObject({ code: 'NOT_FOUND' });
    expect(await ana('put_config', { name: 'team-b/x', content: 'z' })).toMatchObject({
      code: 'NAME_INVALID',
      details: { prefix: 'team-a/' },
    });
    expect(await ana('put_config', { name: 'team-a/z', content: 'z' })).toMatchObject({ created: true });

    const said = [
      await ana('review_telemetry', {}),
      await ana('verify_store', {}),
      await ana('check_health', {}),
      await post(url, { ...LIST, method: 'resources/list' }, 'ana').then(({ json }) => json),
      await post(url, { ...LIST, method: 'resources/read', params: { uri: 'store://log' } }, 'ana').then(
        ({ json }) => json,
      ),
      await post(
        url,
        {
          ...LIST,
          method: 'completion/complete',
          params: { ref: { type: 'ref/prompt', name: 'roll-back' }, argument: { name: 'name', value: 'team' } },
        },
        'ana',
      ).then(({ json }) => json),
    ];
    for (const answer of said) expect(JSON.stringify(answer)).not.toMatch(/team-b|secret of b/);
    expect(JSON.stringify(said[3])).toContain('team-a/y');
    expect(said[5]).toMatchObject({ result: { completion: { values: ['team-a/y', 'team-a/z'] } } });
  });

  test('the same bytes are found in its own config, whoever else has them', async () => {
    const { url } = await startTestServer([WRITE, ANA]);
    await callTool(url, 'put_config', { name: 'team-a/y', content: 'the same' }, 'writer');
    const { digest } = await callTool(url, 'put_config', { name: 'team-b/x', content: 'the same' }, 'writer');
    expect(await callTool(url, 'get_config', { digest }, 'ana')).toMatchObject({ name: 'team-a/y' });
    expect(await callTool(url, 'get_config', { digest }, 'writer')).toMatchObject({ name: 'team-b/x' });
  });
});

describe('Host and Origin', () => {
  const LOCAL = { allowedHosts: [], allowedOrigins: [] };
  const GIVEN = { allowedHosts: ['store.example.org'], allowedOrigins: ['https://app.example.org'] };

  test.each([
    [LOCAL, { host: 'localhost:3000' }, 200],
    [LOCAL, { host: '127.0.0.1' }, 200],
    [LOCAL, { host: '[::1]:80' }, 200],
    [LOCAL, { host: 'evil.example.org' }, 403],
    [LOCAL, { host: 'localhost.evil.example.org' }, 403],
    [LOCAL, { host: 'evil@localhost/' }, 403],
    [LOCAL, { origin: 'http://localhost:5173' }, 200],
    [LOCAL, { origin: 'https://evil.example.org' }, 403],
    [LOCAL, { origin: 'null' }, 403],
    [LOCAL, { origin: 'file://localhost' }, 403],
    [GIVEN, { host: 'store.example.org' }, 200],
    [GIVEN, { host: 'STORE.example.org:443', origin: 'https://app.example.org' }, 200],
    [GIVEN, { host: 'other.example.org' }, 403],
    [GIVEN, { origin: 'https://app.example.org.evil.example' }, 403],
    [GIVEN, { origin: 'http://app.example.org' }, 403],
  ])('%o: %o is %i', async (rules, headers, status) => {
    const { url } = await startTestServer([], rules);
    const answer = await post(url, LIST, undefined, headers);
    if (status === 200) expect(answer.status).toBe(200);
    else expectRefusal(answer, status);
  });

  test('beyond loopback any host will do unless some are given, and no page', async () => {
    const listen = { host: '0.0.0.0', port: 0 };
    const open = await startTestServer([READ], { listen });
    const at = (url: string) => url.replace('0.0.0.0', '127.0.0.1');
    expect((await post(at(open.url), LIST, 'reader', { host: 'config-store:3000' })).status).toBe(200);
    expectRefusal(await post(at(open.url), LIST, 'reader', { origin: 'http://localhost:3000' }), 403);
    const named = await startTestServer([READ], { listen, allowedHosts: ['config-store'] });
    expect((await post(at(named.url), LIST, 'reader', { host: 'config-store:3000' })).status).toBe(200);
    expectRefusal(await post(at(named.url), LIST, 'reader', { host: 'other:3000' }), 403);
  });

  test('headers of CORS only where a page is allowed, then on every answer, 401 too', async () => {
    const allowed = { origin: 'https://app.example.org' };
    const plain = await startTestServer([READ]);
    for (const answer of [await post(plain.url, LIST, 'reader'), await post(plain.url, LIST)])
      expect(Object.keys(answer.headers).join()).not.toContain('access-control');
    const { url } = await startTestServer([READ], GIVEN);
    const host = { host: 'store.example.org' };
    for (const answer of [
      await post(url, LIST, 'reader', { ...allowed, ...host }),
      await post(url, LIST, undefined, { ...allowed, ...host }),
      await send(url, {
        method: 'GET',
        headers: { ...allowed, ...host, authorization: `Bearer ${secretOf('reader')}` },
      }),
    ])
      expect(answer.headers).toMatchObject({ 'access-control-allow-origin': allowed.origin, vary: 'Origin' });
    const preflight = await send(url, { method: 'OPTIONS', headers: { ...allowed, ...host } });
    expect(preflight).toMatchObject({ status: 204, headers: { 'access-control-allow-methods': 'POST' } });
  });
});
