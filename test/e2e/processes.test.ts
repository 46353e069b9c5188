import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { type Reply, ServerProcess, temporaryVar } from './server-process.ts';

type Structured = Record<string, unknown>;

/** Servers that begin at the same moment. */
const MANY = process.env['SLOW'] === '1' ? 64 : 24;

/** The structured result of a call that must have worked. */
function structured(reply: Reply): Structured {
  expect(reply.result?.['isError'], JSON.stringify(reply)).toBeUndefined();
  return reply.result?.['structuredContent'] as Structured;
}

async function start(folder: string, count: number): Promise<ServerProcess[]> {
  const servers = Array.from({ length: count }, () => new ServerProcess(folder));
  await Promise.all(servers.map((server) => server.initialize()));
  return servers;
}

async function ask(server: ServerProcess, id: string, tool: string, args: object): Promise<Structured> {
  server.call(id, tool, args);
  return structured(await server.reply(id));
}

/** What writers left unfinished. */
function unfinished(folder: string): string[] {
  return readdirSync(join(folder, 'storage/tmp'));
}

/** Every row of every table of the cache. */
function cacheRows(folder: string): Record<string, unknown[]> {
  const cache = new Database(join(folder, 'state/cache.sqlite'), { readonly: true });
  try {
    const tables = cache
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .pluck()
      .all() as string[];
    return Object.fromEntries(
      tables.map((table) => [
        table,
        cache
          .prepare(`SELECT * FROM ${table}`)
          .all()
          .map((row) => JSON.stringify(row))
          .sort(),
      ]),
    );
  } finally {
    cache.close();
  }
}

describe('several processes on one store', () => {
  test('four write 1,000 versions, on names of their own and on a shared one, and none is lost', async () => {
    const folder = await temporaryVar();
    const servers = await start(folder, 4);
    for (const [s, server] of servers.entries()) {
      for (let n = 0; n < 200; n++)
        server.call(`own-${n}`, 'put_config', { name: `own/s${s}/n${n}`, content: `content ${s} ${n}` });
      for (let n = 0; n < 50; n++)
        server.call(`shared-${n}`, 'put_config', { name: 'shared', content: `shared ${s} ${n}` });
    }
    const shared: number[] = [];
    const indexes: number[] = [];
    for (const server of servers) {
      for (let n = 0; n < 200; n++) {
        const { version, receipt } = structured(await server.reply(`own-${n}`));
        expect(version).toBe(1);
        indexes.push((receipt as { index: number }).index);
      }
      for (let n = 0; n < 50; n++) {
        const { version, receipt } = structured(await server.reply(`shared-${n}`));
        shared.push(version as number);
        indexes.push((receipt as { index: number }).index);
      }
    }
    const upTo = (length: number) => Array.from({ length }, (_, i) => i + 1);
    expect(shared.toSorted((a, b) => a - b)).toEqual(upTo(200));
    expect(indexes.toSorted((a, b) => a - b)).toEqual(upTo(1_000));

    // Each of the four sees all of it, whoever wrote it.
    for (const [s, server] of servers.entries()) {
      const other = (s + 1) % 4;
      const read = await ask(server, 'read', 'get_config', { name: `own/s${other}/n199` });
      expect(read).toMatchObject({ content: `content ${other} 199`, verified: true });
      expect(await ask(server, 'list', 'list_configs', { limit: 1 })).toMatchObject({ total: 801 });
    }
    const [first] = servers as [ServerProcess];
    expect(await ask(first, 'verify', 'verify_store', {})).toMatchObject({
      ok: true,
      findings: [],
      checked: { commits: 1_001, artifacts: 1_000 },
    });
    expect(readdirSync(join(folder, 'storage/log/000'))).toEqual(['000', '001']);
    expect(unfinished(folder)).toEqual([]);
  }, 180_000);

  test('of two that expect the same version, exactly one wins, and the other is told the head', async () => {
    const folder = await temporaryVar();
    const servers = await start(folder, 2);
    for (let round = 0; round < 20; round++) {
      for (const [s, server] of servers.entries())
        server.call(`race-${round}`, 'put_config', {
          name: 'raced',
          content: `round ${round} of ${s}`,
          expected_version: round,
        });
      const replies = await Promise.all(servers.map((server) => server.reply(`race-${round}`)));
      const winner = replies.findIndex(({ result }) => result?.['isError'] === undefined);
      const [lost] = replies.filter(({ result }) => result?.['isError'] === true);
      expect(replies.filter(({ result }) => result?.['isError'] === true)).toHaveLength(1);
      expect(JSON.stringify(lost?.result)).toContain('VERSION_CONFLICT');
      expect(JSON.stringify(lost?.result)).toContain(`expected_version ${round + 1}`);
      const [reader] = servers as [ServerProcess];
      expect(await ask(reader, `after-${round}`, 'get_config', { name: 'raced' })).toMatchObject({
        version: round + 1,
        content: `round ${round} of ${winner}`,
      });
    }
  }, 120_000);

  test('many make the first write at once: one store, one key, a config each', async () => {
    const folder = await temporaryVar();
    const servers = await start(folder, MANY);
    expect(readdirSync(folder)).toEqual([]);
    for (const [s, server] of servers.entries())
      server.call('first', 'put_config', { name: `first/n${s}`, content: `of ${s}` });
    const receipts = await Promise.all(
      servers.map(
        async (server) => structured(await server.reply('first'))['receipt'] as { store: string; index: number },
      ),
    );
    expect(new Set(receipts.map(({ store }) => store)).size).toBe(1);
    expect(receipts.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: MANY }, (_, i) => i + 1),
    );
    for (const server of servers.slice(1)) server.child.stdin.end();
    await Promise.all(servers.slice(1).map((server) => server.exited));

    const [last] = servers as [ServerProcess];
    expect(await ask(last, 'list', 'list_configs', {})).toMatchObject({ total: MANY });
    expect(await ask(last, 'verify', 'verify_store', {})).toMatchObject({
      ok: true,
      findings: [],
      checked: { commits: MANY + 1 },
    });
    const store = receipts[0]?.store ?? '';
    // A process that was ended in the middle of writing its pin leaves an unfinished file, which is swept later.
    const keys = readdirSync(join(folder, 'keys')).filter((name) => !/^\d+-[0-9a-f]{16}$/.test(name));
    expect(keys.toSorted()).toEqual(
      [`${store}.key.pem`, `${store}.pub.pem`, '.gitignore', 'pending', 'pin.json'].toSorted(),
    );
    expect(readdirSync(join(folder, 'keys/pending'))).toEqual([]);
    expect(unfinished(folder)).toEqual([]);
  }, 180_000);
});

test('the cache can be deleted between two calls: nothing is lost, and the new one equals the old row for row', async () => {
  const folder = await temporaryVar();
  const [server, other] = (await start(folder, 2)) as [ServerProcess, ServerProcess];
  for (let n = 0; n < 30; n++)
    await ask(server, `put-${n}`, 'put_config', {
      name: `n/${n % 7}`,
      content: `content ${n}`,
      message: `number ${n}`,
    });
  await ask(server, 'delete', 'delete_config', { name: 'n/1' });
  await ask(server, 'restore', 'restore_config', { name: 'n/1', version: 1 });
  await ask(server, 'list-before', 'list_configs', { include_deleted: true });
  const before = cacheRows(folder);
  expect(before['commits']).toHaveLength(33);
  for (const name of readdirSync(join(folder, 'state')).filter((file) => file.startsWith('cache.sqlite')))
    rmSync(join(folder, 'state', name));

  for (const [p, process] of [server, other].entries()) {
    expect(await ask(process, `list-${p}`, 'list_configs', {})).toMatchObject({ total: 7 });
    expect(await ask(process, `get-${p}`, 'get_config', { name: 'n/6' })).toMatchObject({
      content: 'content 27',
      verified: true,
    });
    expect(await ask(process, `history-${p}`, 'list_history', { name: 'n/1' })).toMatchObject({ total: 7 });
  }
  expect(cacheRows(folder)).toEqual(before);
  await ask(other, 'put-after', 'put_config', { name: 'after', content: 'x' });
  expect(await ask(server, 'get-after', 'get_config', { name: 'after' })).toMatchObject({
    content: 'x',
    verified: true,
  });
});
