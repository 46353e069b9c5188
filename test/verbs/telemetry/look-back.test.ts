import { generateKeyPairSync } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { guide } from '../../../src/cli/output/advice.ts';
import type { Author } from '../../../src/core/commit/statement.ts';
import { StoreError } from '../../../src/core/errors.ts';
import type { Store } from '../../../src/store/api/store.ts';
import type { EventRecord } from '../../../src/telemetry/events/event-line.ts';
import { ago, changeText, type LookBack } from '../../../src/telemetry/review/look-facts.ts';
import { reviewEvents } from '../../../src/telemetry/review/review-events.ts';
import type { Context } from '../../../src/verbs/shared/context.ts';
import { scopedStore } from '../../../src/verbs/shared/scoped-store.ts';
import { lookBack } from '../../../src/verbs/telemetry/look-back/look-back.ts';
import { telemetryPage } from '../../../src/verbs/telemetry/report-telemetry.ts';
import { committed, writeEvents } from '../../telemetry/day-files.ts';
import { HOSTILE } from '../../telemetry/report-facts.ts';
import { makeMachine } from '../clients/machine.ts';
import { openContext } from '../configs/open-context.ts';

const DAY_MS = 86_400_000;
const ADA: Author = { name: 'ada (claude-ai)', version: '1', via: 'mcp' };
const DESKTOP: Author = { name: 'claude-ai', version: '1', via: 'mcp' };
const CLI: Author = { name: 'config-store', version: '1', via: 'cli' };

const put = (store: Store, name: string, content: unknown, author = DESKTOP, mediaType = 'application/json') =>
  store.writer.commit({
    changes: [
      {
        action: 'put',
        name,
        bytes: Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)),
        mediaType,
      },
    ],
    message: '',
    author,
  });
const servers = (table: object) => ({ mcpServers: table });
const npx = (what: string) => ({ command: 'npx', args: ['-y', what, '--token', 'not-shown'] });

/** Looks back over the last week, on events that are given. */
async function look(
  ctx: Context,
  {
    events = [],
    limit = 50,
    nowMs = Date.now(),
    clientFiles = false,
    name,
  }: {
    readonly events?: readonly EventRecord[];
    readonly limit?: number;
    readonly nowMs?: number;
    readonly clientFiles?: boolean;
    readonly name?: string;
  } = {},
): Promise<LookBack> {
  const folder = ctx.installation.settings().paths.telemetry;
  await mkdir(folder, { recursive: true });
  await writeEvents(folder, events);
  const window = { sinceMs: nowMs - 7 * DAY_MS, untilMs: nowMs };
  const reviewed = await reviewEvents(folder, window, { limit: 10 }, nowMs, { upkeepSinceMs: nowMs - 9 * DAY_MS });
  return lookBack(ctx, { window, nowMs, reviewed, limit, clientFiles, name });
}

const sentences = ({ changes }: LookBack) => (changes?.listed ?? []).map(changeText);
const titles = ({ attention }: LookBack) => attention.map(({ title }) => title);

describe('the changes of the log, in words', () => {
  it('say who did what to which servers, and from which client', async () => {
    const { ctx, store } = await openContext();
    await put(store, 'cursor/default', servers({ github: npx('@a/github@1.0') }), ADA);
    await put(store, 'cursor/default', servers({ github: npx('@a/github@1.0'), git: npx('@a/git@1.0') }), ADA);
    await put(store, 'cursor/default', servers({ github: npx('@a/other@1.0') }), DESKTOP);
    await put(store, 'cursor/default', servers({ github: { ...npx('@a/other@1.0'), env: { A: 'b' } } }), CLI);
    await put(store, 'notes', 'one\ntwo\n', { ...DESKTOP, name: 'cursor-vscode' }, 'text/plain');
    await put(store, 'notes', 'one\ntwo\nthree\n', DESKTOP, 'text/plain');
    const change = { action: 'restore', name: 'cursor/default', version: 1 } as const;
    await store.writer.commit({ changes: [change], message: '', author: CLI });
    await store.writer.commit({ changes: [{ action: 'delete', name: 'notes' }], message: '', author: DESKTOP });
    const spki = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' });
    await store.keys.trust({ author: CLI, spki, label: 'laptop of Ben', role: 'writer' });
    expect(sentences(await look(ctx)).reverse()).toEqual([
      expect.stringMatching(/^.* made this store/),
      'ada made cursor/default with server github, from Claude Desktop',
      'ada added server git to cursor/default, from Claude Desktop',
      'Claude Desktop removed server git and gave server github another program in cursor/default',
      'The command line changed server github in cursor/default',
      'Cursor made notes',
      'Claude Desktop changed notes (1 line added, 0 removed)',
      'The command line brought back version 1 of cursor/default',
      'Claude Desktop deleted notes',
      'The command line trusted the writer key laptop of Ben',
    ]);
  });

  it('are counted whole, listed so many as asked, and of one config where one is named', async () => {
    const { ctx, store } = await openContext();
    for (let n = 0; n < 6; n++) await put(store, `team/${n % 2}`, { n });
    const { changes } = await look(ctx, { limit: 2 });
    expect(changes).toMatchObject({ total: 7, isMore: false, configs: 2 });
    expect(changes?.listed.map(({ index }) => index)).toEqual([6, 5]);
    expect((await look(ctx, { name: 'team/1' })).changes).toMatchObject({ total: 3, configs: 1 });
  });

  it('of a quiet time are none, and the newest before it is named', async () => {
    const { ctx, store } = await openContext();
    await put(store, 'team/a', { n: 1 });
    const { changes } = await look(ctx, { nowMs: Date.now() + 30 * DAY_MS });
    expect(changes).toMatchObject({ total: 0, listed: [], newest: { index: 1 } });
  });

  it('show neither a value nor what could be a secret in a name', async () => {
    const { ctx, store } = await openContext();
    const name = 'ghp0aB3dE6gH9jK2mN5pQ8sT1vW4xY7zC0fG2h';
    await put(
      store,
      'a',
      servers({
        [name]: { command: `/opt/${name}`, args: [name] },
        web: { url: `https://u:${name}@host.example/${name}` },
      }),
    );
    expect(JSON.stringify(await look(ctx))).not.toContain(name);
    expect(JSON.stringify(await look(ctx))).toContain('host.example');
  });

  it('end a page that is safe whatever the log and the events hold', async () => {
    const { ctx, store } = await openContext();
    const author = { ...DESKTOP, name: HOSTILE.slice(0, 90) };
    await put(store, 'a', servers({ [HOSTILE]: { command: HOSTILE, args: [HOSTILE] } }), author);
    await put(store, 'a', servers({ [HOSTILE]: { command: 'b' } }), author);
    await store.writer.commit({ changes: [{ action: 'delete', name: 'a' }], message: `${HOSTILE}\u202e`, author });
    await mkdir(ctx.installation.settings().paths.telemetry, { recursive: true });
    await writeEvents(ctx.installation.settings().paths.telemetry, [
      committed(new Date().toISOString(), 1, { 'log.commit': HOSTILE, 'config.names': [HOSTILE] }),
    ]);
    const { page } = await telemetryPage(ctx, { guide, clientFiles: true });
    expect(page).toContain('deleted <b>a</b>');
    expect(page).toContain('&lt;img src=x');
    expect(page).not.toMatch(/<img|\u202e/);
    expect(page.match(/<script/g)).toHaveLength(1);
  });

  it('of a caller with a prefix are of its configs only', async () => {
    const { ctx, store } = await openContext();
    await put(store, 'team-a/x', servers({ a: npx('@team-a/server') }));
    await put(store, 'team-b/x', servers({ b: npx('@team-b/server') }));
    const scoped: Context = { ...ctx, prefix: 'team-a/', store: async () => scopedStore(store, 'team-a/') };
    const found = await look(scoped);
    expect(JSON.stringify(found)).not.toContain('team-b');
    expect(found.changes).toMatchObject({ configs: 1 });
    expect(found.store).toMatchObject({ folder: undefined, backup: undefined });
  });
});

describe('what needs a person', () => {
  it('names new programs and addresses, and that nothing was verified', async () => {
    const { ctx, store } = await openContext();
    await put(store, 'a', servers({ one: npx('@a/one@1.0') }));
    await put(store, 'a', servers({ one: npx('@a/one@1.0'), two: { url: 'https://mcp.example.com/x?y=z' } }));
    const found = await look(ctx);
    expect(found.attention).toContainEqual(
      expect.objectContaining({ severity: 'info', details: ['a: mcp.example.com, npx @a/one@1.0'] }),
    );
    expect(titles(found)).toContain('Never verified as a whole on this machine');
    await store.maintenance.verify({});
    expect(titles(await look(ctx)).join()).not.toContain('erified');
  });

  it('says that a backup is due only where events reach back far enough', async () => {
    const { ctx, store } = await openContext();
    await put(store, 'a', {});
    const at = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();
    const backup = (days: number): EventRecord => ({
      level: 'info',
      time: at(days),
      'event.name': 'backup.made',
      'backup.scope': 'store',
    });
    expect(titles(await look(ctx)).join()).not.toMatch(/backup/i);
    expect(titles(await look(ctx, { events: [committed(at(7.5), 0)] }))).toContain(
      'No backup of the store for 7 days at least',
    );
    expect(titles(await look(ctx, { events: [backup(8)] }))).toContain(
      'The newest backup of the store is from 8 days ago',
    );
    expect(titles(await look(ctx, { events: [backup(1)] })).join()).not.toMatch(/backup/i);
  });

  it('names events that are of no commit of this log', async () => {
    const { ctx, store } = await openContext();
    const { receipt } = await put(store, 'a', {});
    const now = new Date().toISOString();
    const good = committed(now, receipt.index, { 'log.commit': receipt.commit });
    expect(titles(await look(ctx, { events: [good] })).join()).not.toContain('not in the log');
    expect(titles(await look(ctx, { events: [committed(now, 0)] }))).toContain(
      'Events name commits that are not in the log',
    );
  });

  it('finds a credential that was refused and still stands in a client’s file, and nothing else that is there', async () => {
    const { ctx, write } = await makeMachine();
    const secret = `ghp_${'aB3dE6gH9jK2mN5pQ8sT1vW4xY7zC0fG2hJ5'}`;
    const entry = (token: string) => ({ command: 'npx', args: [], env: { GITHUB_TOKEN: token } });
    await write('.cursor/mcp.json', JSON.stringify(servers({ github: entry(secret), other: entry(secret) })));
    const refused: EventRecord = {
      level: 'warn',
      time: new Date().toISOString(),
      'event.name': 'config.refused',
      'error.type': 'SECRET_FOUND',
      rule: 'github-token',
      path: '/mcpServers/github/env/GITHUB_TOKEN',
    };
    expect(titles(await look(ctx, { clientFiles: true })).join()).not.toContain('still stands');
    const found = await look(ctx, { events: [refused], clientFiles: true });
    expect(found.attention).toContainEqual(
      expect.objectContaining({
        title: "A credential that was refused still stands in Cursor's file",
        details: ['github: GITHUB_TOKEN'],
      }),
    );
    expect(JSON.stringify(found)).not.toContain(secret);
  });

  it('is a log that cannot be read, too', async () => {
    const { ctx } = await openContext();
    const broken: Context = {
      ...ctx,
      store: async () => {
        throw new StoreError('STORE_UNREADABLE', 'it cannot be opened', { hint: 'Mount it.' });
      },
    };
    const found = await look(broken);
    expect(found.changes).toBeUndefined();
    expect(found.attention).toMatchObject([{ severity: 'error', title: 'STORE_UNREADABLE: it cannot be opened' }]);
  });
});

it.each([
  [10_000, 'just now'],
  [-10_000, 'just now'],
  [60_000, '1 minute ago'],
  [2 * 3_600_000, '2 hours ago'],
  [9 * DAY_MS, '9 days ago'],
  [65 * DAY_MS, '2 months ago'],
])('%i ms are %s', (ms, text) => {
  expect(ago(new Date(1e12 - ms).toISOString(), 1e12)).toBe(text);
});
