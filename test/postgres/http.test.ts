import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import pg from 'pg';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { SOURCES } from '../cli/run-cli.ts';
import { type HttpProcess, startHttpProcess } from '../e2e/http-process.ts';
import { temporaryVar } from '../e2e/server-process.ts';
import { twoMachines } from './installations.ts';
import type { DatabasePlace } from './subject.ts';

const { current } = inject('postgres');
const TOKEN = 'a-token-of-sixteen-characters-or-more';

/** A server for the network, and a client of the 2026 era that speaks to it. */
interface Served extends HttpProcess {
  readonly client: Client;
}

/** Starts a server on a store in a database, as its installation on a machine of its own does, and connects to it. */
async function serve(folder: string, settings: Readonly<Record<string, string>>): Promise<Served> {
  const more = { SERVICE_AUTH_TOKEN: TOKEN, CONFIG_STORE_LOG_LEVEL: 'info', ...settings };
  const server = await startHttpProcess(folder, [], more, SOURCES);
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  onTestFinished(() => client.close());
  const requestInit = { headers: { Authorization: `Bearer ${TOKEN}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(server.url), { requestInit }));
  return { ...server, client };
}

/**
 * Two servers on one store that has the config `a`: Ben's has folders of its own, Ada's has what a hosting platform gives it,
 * which is the address, the store id, her key as a file, and an empty folder.
 */
async function twoServers(): Promise<{ place: DatabasePlace; ada: Served; ben: Served; keys: readonly string[] }> {
  const { place, folders, storeId, keys } = await twoMachines(current ?? '');
  const secrets = await temporaryVar();
  await copyFile(join(folders[0], 'keys', `${keys[0]}.key.pem`), join(secrets, `${keys[0]}.key.pem`));
  const settings = { CONFIG_STORE_STORAGE: place.url, CONFIG_STORE_ID: storeId };
  const empty = await temporaryVar();
  const [ada, ben] = await Promise.all([
    serve(empty, { ...settings, CONFIG_STORE_KEYS_DIR: secrets }),
    serve(folders[1], settings),
  ]);
  return { place, ada, ben, keys };
}

async function call({ client }: Served, name: string, args: Readonly<Record<string, unknown>>): Promise<unknown> {
  const { structuredContent, isError, content } = await client.callTool({ name, arguments: args });
  expect(isError, JSON.stringify(content)).not.toBe(true);
  return structuredContent;
}

describe.skipIf(current === undefined)('two servers for the network on one store', () => {
  it('hear of the commits of each other, read them at once, and end with what is in flight answered', async () => {
    const { place, ada, ben, keys } = await twoServers();
    const heard: string[] = [];
    ben.client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
      heard.push(params.uri);
    });
    ben.client.setNotificationHandler('notifications/resources/list_changed', () => {
      heard.push('list');
    });
    const subscription = await ben.client.listen({
      resourcesListChanged: true,
      resourceSubscriptions: ['config://a', 'config://b'],
    });
    await call(ada, 'put_config', { name: 'a', content: 'through ada' });
    expect(await call(ben, 'get_config', { name: 'a' })).toMatchObject({
      ...{ content: 'through ada', version: 2, verified: true },
      receipt: { key_id: keys[0] },
    });
    await expect.poll(() => heard).toEqual(['config://a']);
    await call(ada, 'put_config', { name: 'c', content: 'new' });
    await expect.poll(() => heard).toEqual(['config://a', 'list']);

    await call(ben, 'put_config', { name: 'a', content: 'through ben' });
    expect(await call(ada, 'get_config', { name: 'a' })).toMatchObject({
      ...{ content: 'through ben', version: 3, verified: true },
      receipt: { key_id: keys[1] },
    });
    await expect.poll(() => heard).toEqual(['config://a', 'list', 'config://a']);

    const blocker = new pg.Client(current ?? '');
    await blocker.connect();
    onTestFinished(() => blocker.end());
    const table = `${place.schema}.log`;
    await blocker.query(`BEGIN; LOCK TABLE ${table} IN SHARE MODE`); // it can be read, and not appended to
    const put = call(ada, 'put_config', { name: 'c', content: 'in flight' });
    const waiting = `SELECT 1 FROM pg_locks WHERE NOT granted AND relation = '${table}'::regclass`;
    await expect.poll(async () => (await blocker.query(waiting)).rowCount, { interval: 10 }).toBe(1);
    ada.child.kill('SIGTERM');
    await expect.poll(ada.stderr, { interval: 10 }).toContain('draining');
    await blocker.query('COMMIT');
    expect(await put).toMatchObject({ created: true, version: 2 });
    expect(await call(ben, 'get_config', { name: 'c' })).toMatchObject({ content: 'in flight', verified: true });
    expect(await ada.exited).toEqual([0, null]);

    ben.child.kill('SIGTERM');
    expect(await subscription.closed).toBe('graceful');
    expect(await ben.exited).toEqual([0, null]);
  });
});
