import { execFileSync } from 'node:child_process';
import { appendFile, link, lstat, mkdir, readFile, rename, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSink } from '../../src/telemetry/events/sink.ts';
import { criticalEvents } from '../../src/telemetry/read/critical-events.ts';
import { followEvents } from '../../src/telemetry/read/follow-events.ts';
import { readEvents } from '../../src/telemetry/read/read-events.ts';
import { reviewTelemetry } from '../../src/telemetry/review/review-telemetry.ts';
import { call, committed, writeEvents } from './day-files.ts';
import { temporaryFolder } from './temporary-folder.ts';

const NOW = Date.parse('2026-11-20T12:00:00.000Z');
const TODAY = 'events-2026-11-20.jsonl';
const YESTERDAY = 'events-2026-11-19.jsonl';
const MIB = 1_048_576;

async function telemetryFolder(): Promise<{ folder: string; outside: string }> {
  const root = await temporaryFolder();
  const [folder, outside] = [join(root, 'telemetry'), join(root, 'outside')];
  await mkdir(folder);
  await writeFile(outside, 'theirs\n');
  return { folder, outside };
}

/** Writes one event, and returns what became of it. */
async function write(folder: string, days = 30) {
  const sink = openSink({ folder, days, enabled: true, now: () => NOW });
  sink.write('info', { 'event.name': 'store.busy' });
  await sink.close();
  return sink.state();
}

const review = (folder: string) =>
  reviewTelemetry({ folder, state: () => ({ status: 'on', lost: 0 }), now: () => NOW }, {});

/** What another program can put in the place of today's file, and how it is named to people. */
const PLANTED: ReadonlyArray<
  [kind: string, found: string, plant: (path: string, outside: string) => Promise<unknown> | unknown]
> = [
  ['a link', 'a link', (path, outside) => symlink(outside, path)],
  ['a link to nothing', 'a link', (path, outside) => symlink(`${outside}-new`, path)],
  ['a link to a device', 'a link', (path) => symlink('/dev/full', path)],
  ['a link to itself', 'a link', (path) => symlink(path, path)],
  ['a FIFO', 'a FIFO', (path) => execFileSync('mkfifo', [path])],
  ['a folder', 'a folder', (path) => mkdir(path)],
  ['a socket', 'a socket', (path) => listenAt(path)],
];

async function listenAt(path: string): Promise<void> {
  const server = createServer();
  // The path of a socket is short on every system, so it is made elsewhere.
  const near = join('/tmp', `s-${process.pid}-${Math.random().toString(36).slice(2)}`);
  await new Promise<void>((resolve) => server.listen(near, resolve));
  await rename(near, path);
  onTestFinished(() => void server.close());
}

describe.skipIf(process.platform === 'win32')('in the place of a day file', () => {
  test.each(PLANTED)('%s is neither written to nor read, and the rest goes on', async (_kind, found, plant) => {
    const { folder, outside } = await telemetryFolder();
    await writeEvents(folder, [call('2026-11-19T12:00:00.000Z')]);
    await plant(join(folder, TODAY), outside);
    expect(await write(folder)).toMatchObject({
      status: 'failing',
      lost: 1,
      message: expect.stringContaining(`${TODAY} is ${found}`),
    });
    expect(await readFile(outside, 'utf8')).toBe('theirs\n');
    expect(await lstat(`${outside}-new`).catch(() => undefined)).toBeUndefined();
    expect(await review(folder)).toMatchObject({
      events: 1,
      notices: [{ code: 'STORE_UNREADABLE', message: expect.stringContaining(found) }],
    });
    await expect(criticalEvents(folder, NOW - 60_000, NOW)).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
    const stop = new AbortController();
    await expect(followEvents(folder, { signal: stop.signal, now: () => NOW }).next()).rejects.toMatchObject({
      code: 'STORE_UNREADABLE',
    });
  });

  test('a second name of a file elsewhere is not written to', async () => {
    const { folder, outside } = await telemetryFolder();
    await link(outside, join(folder, TODAY));
    expect(await write(folder)).toMatchObject({ status: 'failing', lost: 1 });
    expect(await readFile(outside, 'utf8')).toBe('theirs\n');
  });

  test('a FIFO that another program reads gets nothing', async () => {
    const { folder } = await telemetryFolder();
    execFileSync('mkfifo', [join(folder, TODAY)]);
    const { openSync, closeSync, readSync, constants } = await import('node:fs');
    const reader = openSync(join(folder, TODAY), constants.O_RDWR | constants.O_NONBLOCK);
    onTestFinished(() => closeSync(reader));
    expect(await write(folder)).toMatchObject({ status: 'failing', lost: 1 });
    expect(() => readSync(reader, Buffer.alloc(9))).toThrow('EAGAIN');
  });

  test('the file is given up when it gets a second name, or another takes its place', async () => {
    const { folder, outside } = await telemetryFolder();
    let now = NOW;
    const sink = openSink({ folder, days: 30, enabled: true, now: () => now });
    sink.write('info', { 'event.name': 'store.busy' });
    await sink.flush();
    await rename(join(folder, TODAY), join(folder, 'moved'));
    await link(join(folder, 'moved'), join(folder, 'second'));
    await symlink(outside, join(folder, TODAY));
    now += 2_000;
    sink.write('info', { 'event.name': 'store.busy' });
    await sink.close();
    expect(sink.state()).toMatchObject({ status: 'failing', lost: 1 });
    expect(await readFile(outside, 'utf8')).toBe('theirs\n');
  });

  test.each(['dir', 'nothing'] as const)('a folder that is a link to %s is not followed', async (kind) => {
    const { folder } = await telemetryFolder();
    const elsewhere = join(dirname(folder), 'elsewhere');
    if (kind === 'dir') await mkdir(elsewhere);
    const linked = join(dirname(folder), 'linked');
    await symlink(elsewhere, linked);
    expect((await write(linked)).status).toBe('failing');
    expect(await lstat(join(elsewhere, TODAY)).catch(() => undefined)).toBeUndefined();
    await expect(review(linked)).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
  });
});

describe.skipIf(process.platform === 'win32')('a file past keeping', () => {
  test('that is a link is removed, and not what it leads to; a folder stands in no way', async () => {
    const { folder, outside } = await telemetryFolder();
    await mkdir(join(folder, 'events-2020-01-01.jsonl'));
    await symlink(outside, join(folder, 'events-2020-01-02.jsonl'));
    await writeFile(join(folder, 'events-2020-01-03.jsonl'), '');
    await writeFile(join(folder, 'events-2020-01-03.jsonl.bak'), '');
    await writeFile(join(folder, YESTERDAY), '');
    expect(await write(folder, 1)).toMatchObject({ status: 'on' });
    const left = (await import('node:fs')).readdirSync(folder).sort();
    expect(left).toEqual(['events-2020-01-01.jsonl', 'events-2020-01-03.jsonl.bak', YESTERDAY, TODAY]);
    expect(await readFile(outside, 'utf8')).toBe('theirs\n');
  });
});

describe('lines without an end', () => {
  test('of zeros cost no memory, and the file is left', async () => {
    const { folder } = await telemetryFolder();
    await writeEvents(folder, [call('2026-11-19T12:00:00.000Z'), call('2026-11-20T11:59:00.000Z')]);
    await truncate(join(folder, TODAY), 100_000 * MIB);
    const result = await review(folder);
    expect(result).toMatchObject({ events: 2, notices: [{ message: expect.stringContaining('goes on') }] });
    expect(await criticalEvents(folder, NOW - 60_000, NOW)).toEqual({ count: 0, codes: [] });
  });

  test('in thousands of files are left as well', async () => {
    const { folder } = await telemetryFolder();
    for (let day = 0; day < 300; day++) {
      const date = new Date(NOW - day * 86_400_000).toISOString().slice(0, 10);
      await writeFile(join(folder, `events-${date}.jsonl`), '');
      await truncate(join(folder, `events-${date}.jsonl`), 64 * MIB);
    }
    const reasons: string[] = [];
    const all = { sinceMs: 0, untilMs: NOW + 86_400_000 };
    for await (const _ of readEvents(folder, all, ({ message }) => reasons.push(message)));
    expect(reasons.length).toBeGreaterThan(290);
  });

  test('between events cost only themselves', async () => {
    const { folder } = await telemetryFolder();
    const critical = (time: string) => call(time, { level: 'error', 'error.type': 'CORRUPT' });
    await writeEvents(folder, [critical('2026-11-20T11:59:58.000Z')]);
    await appendFile(join(folder, TODAY), `${'x'.repeat(3 * MIB)}\n`);
    await writeEvents(folder, [critical('2026-11-20T11:59:59.000Z')]);
    await appendFile(join(folder, TODAY), `{"level":"error"${' '.repeat(2 * MIB)}`);
    expect(await criticalEvents(folder, NOW - 60_000, NOW)).toEqual({ count: 2, codes: ['CORRUPT'] });
    expect(await review(folder)).toMatchObject({ events: 2 });
  });

  test('are not written', async () => {
    const { folder } = await telemetryFolder();
    const sink = openSink({ folder, days: 30, enabled: true, now: () => NOW });
    sink.write('info', {
      'event.name': 'config.committed',
      'config.names': Array.from({ length: 9_000 }, () => 'x'.repeat(200)),
    });
    sink.write('info', { 'event.name': 'store.busy' });
    await sink.close();
    expect(sink.state()).toEqual({ status: 'on', lost: 1 });
    expect((await readFile(join(folder, TODAY), 'utf8')).length).toBeLessThan(200);
  });
});

describe('made-up fields', () => {
  const HOSTILE = 'run: curl evil\n\u001b]52;c;AA==\u0007\u202e\u200b\u{e0041}';
  const T = '2026-11-20T11:59:00.000Z';

  test.each([
    'x',
    '2026-11-1x',
    '2026-11-20Tx',
    '2026-11-20T11:59:00Z',
    '2026-11-20T11:59:00.000+00:00',
    `${T}x`,
    '2026-11-99T00:00:00.000Z',
    '2026-11-20T25:00:00.000Z',
    '+12026-11-20T11:59:00.000Z',
  ])('a line of the time %j is no event', async (time) => {
    const { folder } = await telemetryFolder();
    await writeFile(join(folder, TODAY), `${JSON.stringify(call(time))}\n`);
    expect(await review(folder)).toMatchObject({ events: 0, days: [] });
  });

  test('of text reach no reader', async () => {
    const { folder } = await telemetryFolder();
    const fields = Object.fromEntries(
      ['gen_ai.tool.name', 'mcp.method.name', 'config.name', 'error.type', 'rule', 'path', 'log.commit'].map((name) => [
        name,
        HOSTILE,
      ]),
    );
    await writeEvents(folder, [
      call(T, { level: 'error', ...fields }),
      call(T, { level: 'error', 'event.name': HOSTILE, 'finding.types': [HOSTILE] }),
      committed(T, 1, { 'config.names': [HOSTILE, 'a/b'], 'config.versions': [HOSTILE, -1], 'log.commit': HOSTILE }),
      { level: HOSTILE, time: T, 'event.name': 'tool.called' },
    ]);
    const told = JSON.stringify([await review(folder), await criticalEvents(folder, NOW - 3_600_000, NOW)]);
    expect(told).not.toMatch(/curl|\\u001b|\u202e|\u200b|\u{e0041}/u);
    expect(told).toContain('(other)');
  });

  test.each([-1, 1e308, 0.5, null, '7', [1], { a: 1 }, 2 ** 60])('of the number %j give sound sums', async (number) => {
    const { folder } = await telemetryFolder();
    const numbers = { duration_ms: number, 'log.index': number, 'config.versions': [number] };
    await writeEvents(folder, [call(T, numbers), committed(T, 1, numbers)]);
    const { tools, slowest, configs } = await review(folder);
    for (const value of [...tools, ...slowest, ...configs].flatMap((facts) => Object.values(facts)))
      if (typeof value === 'number')
        expect(value).toSatisfy((one: number) => one >= 0 && one <= Number.MAX_SAFE_INTEGER);
    for (const { version, index } of configs) expect([version, index].every(Number.isSafeInteger)).toBe(true);
  });

  test('of a megabyte each do not stay in memory', async () => {
    const { folder } = await telemetryFolder();
    const long = 'x'.repeat(MIB - 1_000);
    for (let n = 0; n < 40; n++)
      await writeEvents(folder, [
        call(T, { level: 'error', 'error.type': 'CORRUPT', path: `/${long}`, duration_ms: n }),
      ]);
    const result = await review(folder);
    expect(result.events).toBe(40);
    expect(JSON.stringify(result).length).toBeLessThan(20_000);
  });
});
