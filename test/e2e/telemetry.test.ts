import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMMON_FIELDS, EVENT_CATALOG, type EventName } from '../../src/telemetry/events/catalog.ts';
import type { EventRecord } from '../../src/telemetry/events/event-line.ts';
import { ServerProcess, temporaryVar } from './server-process.ts';

/** In the form of a GitHub token, made up here. */
const TOKEN = `ghp_${'aB3dE6gH9jK2mN5pQ8sT1vW4xY7zC0fG2hJ5'}`;

const ON = { CONFIG_STORE_TELEMETRY: 'on', CONFIG_STORE_LOG_LEVEL: 'trace' };
const RUNS = process.env['SLOW'] === '1' ? 100 : 4;

async function telemetryText(folder: string): Promise<string> {
  const files = await readdir(join(folder, 'telemetry'));
  return (await Promise.all(files.map((file) => readFile(join(folder, 'telemetry', file), 'utf8')))).join('');
}

async function events(folder: string): Promise<EventRecord[]> {
  return (await telemetryText(folder))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Ends a server as its host does, and waits until it has written everything. */
async function end(server: ServerProcess): Promise<void> {
  server.child.stdin.end();
  expect(await server.exited).toEqual([0, null]);
}

describe('a served client', () => {
  test('leaves events with what OpenTelemetry asks for, and can review them', async () => {
    const folder = await temporaryVar();
    const server = new ServerProcess(folder, [], ON);
    await server.initialize();
    const traceparent = `00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01`;
    server.request(1, 'tools/call', {
      name: 'put_config',
      arguments: { name: 'a/b', json: { mcpServers: {} } },
      _meta: { traceparent },
    });
    await server.reply(1);
    server.call(2, 'put_config', { name: 'a/b', json: { token: TOKEN } });
    await server.reply(2);
    server.call(3, 'put_config', { name: 'a/c', json: {}, draft: true });
    await server.reply(3);
    server.call(4, 'discard_draft', { name: 'a/c' });
    await server.reply(4);
    server.call(5, 'verify_store', {});
    await server.reply(5);
    server.request(6, 'resources/read', { uri: 'config://a/b' });
    await server.reply(6);
    server.call(7, 'review_telemetry', { since: '1h' });
    const review = (await server.reply(7)).result?.['structuredContent'];
    expect(review).toMatchObject({
      headline: { commits: 2, refusals: 1, failures: 1, critical: 0 },
      next: expect.stringContaining('credential'),
      last_failures: [{ event: 'config.refused', code: 'SECRET_FOUND', path: '/token' }],
      configs: [{ name: 'a/b', version: 1, commits: 1 }],
    });
    await end(server);

    const written = await events(folder);
    const names = written.map((event) => event['event.name']);
    expect(names[0]).toBe('server.started');
    expect(names.at(-1)).toBe('server.stopped');
    expect(new Set(names)).toEqual(
      new Set([
        'server.started',
        'config.committed',
        'key.added',
        'tool.called',
        'config.refused',
        'draft.saved',
        'draft.discarded',
        'verify.finished',
        'resource.read',
        'server.stopped',
      ]),
    );
    expect(written.find((event) => event['event.name'] === 'tool.called')).toMatchObject({
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': 'put_config',
      'mcp.protocol.version': '2025-11-25',
      'network.transport': 'pipe',
      'client.name': 'raw',
      'client.version': '1',
      'config.name': 'a/b',
      outcome: 'ok',
      traceparent,
    });
    for (const event of written) {
      const known: readonly string[] = [...COMMON_FIELDS, ...EVENT_CATALOG[event['event.name'] as EventName].fields];
      expect(known).toEqual(expect.arrayContaining(Object.keys(event)));
    }
    expect(new Set(written.map((event) => event['mcp.session.id'])).size).toBe(1);
  });

  test('leaves nothing when it only started, listed tools and went away', async () => {
    const folder = await temporaryVar();
    const server = new ServerProcess(folder, [], ON);
    await server.initialize();
    server.request(1, 'tools/list');
    await server.reply(1);
    await end(server);
    expect(await readdir(folder)).toEqual([]);
  });
});

/** What every tool is called with: the secret wherever a client can put text. */
function calls(secret: string): Array<[tool: string, args: object]> {
  const json = { env: { TOKEN: secret, [secret]: 1 }, list: [secret] };
  const texts = { name: 'a/b', message: secret };
  return [
    ['put_config', { name: 'plain', content: secret }],
    ['put_config', { ...texts, json }],
    ['put_config', { name: secret, json }],
    ['put_config', { name: 'a/d', json, draft: true }],
    ['put_config', { name: 'a/e', content: secret, media_type: secret }],
    ['put_config', { name: 'a/f', content: secret, encoding: 'base64' }],
    ['put_config', { name: 'a/g', json, expected_version: 9 }],
    ['put_config', { name: 'a/h', content: `{"x": "${secret}`, media_type: 'application/json' }],
    ['patch_config', { ...texts, patch: json }],
    ['patch_config', { name: 'a/d', patch: { [secret]: secret }, draft: true }],
    ['publish_drafts', { message: secret, expected: [{ name: 'a/d', digest: secret }] }],
    ['publish_drafts', { names: [secret] }],
    ['get_config', { name: secret }],
    ['get_config', { digest: secret }],
    ['list_configs', { prefix: secret, cursor: secret }],
    ['list_history', { name: 'a/b', cursor: secret }],
    ['diff_configs', { name: 'a/b', content: secret, to_name: secret }],
    ['diff_configs', { name: 'plain', content: secret }],
    ['validate_config', { json, media_type: secret }],
    ['validate_config', { content: secret }],
    ['restore_config', { name: 'a/b', version: 1, message: secret }],
    ['verify_store', { name: secret }],
    ['review_telemetry', { since: secret, tool: secret }],
    ['review_telemetry', { tool: secret, name: secret }],
    ['check_health', { [secret]: secret }],
    ['discard_draft', { name: 'a/d', [secret]: secret }],
    ['delete_config', { name: 'a/b', message: secret }],
    [secret, { name: secret }],
  ];
}

test('no secret that is put through any tool, resource or prompt occurs in telemetry or on stderr', async () => {
  // An upper-case letter first: a text that is a config name would be stored as one, and names are recorded.
  const secrets = fc.tuple(
    fc.stringMatching(/^[A-Z][A-Za-z0-9]{23,47}$/),
    fc.constantFrom('', 'ghp_', 'sk-ant-api03-', 'AKIA', 'ü '),
  );
  await fc.assert(
    fc.asyncProperty(secrets, async ([random, prefix]) => {
      const secret = `${prefix}${random}`;
      const folder = await temporaryVar();
      const server = new ServerProcess(folder, [], ON);
      await server.initialize();
      let id = 0;
      const ask = async (method: string, params: object) => {
        id += 1;
        server.request(id, method, params);
        return server.reply(id);
      };
      for (const [name, args] of calls(secret))
        await ask('tools/call', { name, arguments: args, _meta: { traceparent: secret } });
      for (const uri of [`config://${secret}`, `artifact://sha256/${secret}`, `store://${secret}`, secret])
        await ask('resources/read', { uri });
      await ask('prompts/get', { name: secret, arguments: { [secret]: secret } });
      await ask('prompts/get', { name: 'roll-back', arguments: { name: secret } });
      await ask(secret, { secret });
      await end(server);

      const text = (await telemetryText(folder)) + server.stderr;
      expect(text).toContain('tool.called');
      for (const form of [secret, random, Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('hex')])
        expect(text).not.toContain(form);
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
}, 240_000);
