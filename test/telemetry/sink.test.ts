import { constants } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSink } from '../../src/telemetry/events/sink.ts';
import { temporaryFolder } from './temporary-folder.ts';

const NOON = Date.parse('2026-11-20T12:00:00Z');
const event = (n: number) => ({ 'event.name': 'store.busy', attempts: n });

/** The sink loads pino in a later turn of the event loop; its first line tells that it has. */
async function loaded(folder: string): Promise<void> {
  for (;;) {
    const files = await readdir(folder).catch(() => []);
    if (files.length > 0) return;
    await new Promise((again) => setTimeout(again, 2));
  }
}

async function lines(folder: string, date: string): Promise<string[]> {
  const text = await readFile(join(folder, `events-${date}.jsonl`), 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text.trimEnd().split('\n');
}

describe('a sink', () => {
  test('writes one JSON object a line, in order, with the time of the event', async () => {
    const folder = join(await temporaryFolder(), 'made', 'by-it');
    let now = NOON;
    const sink = openSink({ folder, days: 30, enabled: true, common: { 'process.pid': 7 }, now: () => now++ });
    expect(sink.state().status).toBe('waiting');
    for (let n = 0; n < 5; n++) sink.write('info', event(n));
    await sink.close();
    const written = (await lines(folder, '2026-11-20')).map((line) => JSON.parse(line));
    expect(written[3]).toEqual({
      level: 'info',
      time: '2026-11-20T12:00:00.003Z',
      'process.pid': 7,
      'event.name': 'store.busy',
      attempts: 3,
    });
    expect(written.map(({ attempts }) => attempts)).toEqual([0, 1, 2, 3, 4]);
    expect(sink.state()).toEqual({ status: 'on', lost: 0 });
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, 'events-2026-11-20.jsonl'))).mode & 0o777).toBe(0o600);
  });

  test('leaves no trace of a process that only started and stopped', async () => {
    const folder = join(await temporaryFolder(), 'telemetry');
    const sink = openSink({ folder, days: 30, enabled: true });
    sink.write('info', event(1), true);
    sink.write('info', event(2), true);
    await sink.close();
    await expect(stat(folder)).rejects.toThrow('ENOENT');
  });

  test('writes held events before the first that counts', async () => {
    const folder = await temporaryFolder();
    const sink = openSink({ folder, days: 30, enabled: true, now: () => NOON });
    sink.write('info', event(1), true);
    sink.write('info', event(2));
    await sink.close();
    expect(await lines(folder, '2026-11-20')).toHaveLength(2);
  });

  test('writes nothing when it is off', async () => {
    const folder = await temporaryFolder();
    const sink = openSink({ folder, days: 30, enabled: false });
    sink.write('error', event(1));
    await sink.close();
    expect(await readdir(folder)).toEqual([]);
    expect(sink.state()).toEqual({ status: 'off', lost: 0 });
  });

  test('goes to the next file at midnight UTC', async () => {
    const folder = await temporaryFolder();
    let now = Date.parse('2026-11-20T23:59:59.999Z');
    const sink = openSink({ folder, days: 30, enabled: true, now: () => now });
    sink.write('info', event(1));
    await loaded(folder);
    now += 1;
    sink.write('info', event(2));
    now += 1;
    sink.write('info', event(3));
    await sink.close();
    expect(await lines(folder, '2026-11-20')).toHaveLength(1);
    expect(await lines(folder, '2026-11-21')).toHaveLength(2);
  });

  test('keeps the files of the last days only, and nothing else is touched', async () => {
    const folder = await temporaryFolder();
    const others = ['events-2026-13-01.jsonl', 'events-2020-01-01.jsonl.gz', 'notes.txt', 'events-2026-11-25.jsonl'];
    const kept = ['events-2026-11-18.jsonl', 'events-2026-11-19.jsonl'];
    for (const name of [...others, ...kept, 'events-2026-11-17.jsonl', 'events-2019-01-01.jsonl'])
      await writeFile(join(folder, name), '');
    const sink = openSink({ folder, days: 3, enabled: true, now: () => NOON });
    sink.write('info', event(1));
    await sink.close();
    expect((await readdir(folder)).sort()).toEqual([...others, ...kept, 'events-2026-11-20.jsonl'].sort());
  });

  test('makes its file anew when somebody removes it', async () => {
    const folder = await temporaryFolder();
    let now = NOON;
    const sink = openSink({ folder, days: 30, enabled: true, now: () => now });
    sink.write('info', event(1));
    await loaded(folder);
    await unlink(join(folder, 'events-2026-11-20.jsonl'));
    now += 2_000;
    sink.write('info', event(2));
    await sink.close();
    expect(await lines(folder, '2026-11-20')).toHaveLength(1);
  });
});

describe('a sink that cannot write', () => {
  test('says why, counts what is lost, and goes on when it can', async () => {
    const parent = await temporaryFolder();
    const folder = join(parent, 'telemetry');
    await writeFile(folder, 'in the way');
    let now = NOON;
    const sink = openSink({ folder, days: 30, enabled: true, now: () => now });
    sink.write('info', event(1));
    while (sink.state().status === 'waiting') await new Promise((again) => setImmediate(again));
    sink.write('info', event(2));
    expect(sink.state()).toEqual({
      status: 'failing',
      lost: 2,
      message: expect.stringContaining(folder),
      hint: expect.stringContaining('go without'),
      advice: [
        { do: 'set', setting: 'CONFIG_STORE_TELEMETRY_DIR' },
        { do: 'set', setting: 'CONFIG_STORE_TELEMETRY', to: 'off' },
      ],
    });
    await rm(folder);
    now += 10_000;
    sink.write('info', event(3));
    await sink.close();
    expect(sink.state()).toEqual({ status: 'on', lost: 2 });
    expect(await lines(folder, '2026-11-20')).toHaveLength(1);
  });

  test.skipIf(process.getuid?.() === 0)(
    'explains a folder without write access (skipped as root, who may write anywhere)',
    async () => {
      const folder = join(await temporaryFolder(), 'telemetry');
      await mkdir(folder, { mode: 0o500 });
      onTestFinished(() => chmod(folder, 0o700));
      const sink = openSink({ folder, days: 30, enabled: true });
      sink.write('info', event(1));
      await sink.close();
      expect(sink.state()).toMatchObject({
        status: 'failing',
        lost: 1,
        message: expect.stringContaining('EACCES'),
        hint: expect.stringContaining('write access'),
      });
    },
  );

  test('explains a full disk', async () => {
    const full = {
      append: () => {
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      },
      close: () => undefined,
    };
    const sink = openSink({ folder: '/telemetry', days: 30, enabled: true, now: () => NOON, file: full });
    sink.write('info', event(1));
    await sink.close();
    expect(sink.state()).toMatchObject({
      status: 'failing',
      lost: 1,
      message: expect.stringContaining('ENOSPC'),
      hint: expect.stringContaining('space'),
    });
  });
});

test('the file is opened for appending', async () => {
  const folder = await temporaryFolder();
  const sink = openSink({ folder, days: 30, enabled: true, now: () => NOON });
  sink.write('info', event(1));
  await loaded(folder);
  if (process.platform !== 'linux') return expect(await lines(folder, '2026-11-20')).toHaveLength(1);
  const fds = await readdir('/proc/self/fd');
  const { readlink } = await import('node:fs/promises');
  const targets = await Promise.all(
    fds.map(async (fd) => ({ fd, to: await readlink(`/proc/self/fd/${fd}`).catch(() => '') })),
  );
  const open = targets.find(({ to }) => to === join(folder, 'events-2026-11-20.jsonl'));
  const flags = /flags:\s+(\d+)/.exec(await readFile(`/proc/self/fdinfo/${open?.fd}`, 'utf8'))?.[1];
  expect(Number.parseInt(flags ?? '0', 8) & constants.O_APPEND).toBe(constants.O_APPEND);
  await sink.close();
});
