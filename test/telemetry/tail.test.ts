import { appendFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { EventRecord } from '../../src/telemetry/events/event-line.ts';
import { criticalEvents } from '../../src/telemetry/read/critical-events.ts';
import { followEvents } from '../../src/telemetry/read/follow-events.ts';
import { call, writeEvents } from './day-files.ts';
import { temporaryFolder } from './temporary-folder.ts';

const NOW = Date.parse('2026-11-20T00:05:00.000Z');
const QUARTER_MS = 15 * 60_000;
const critical = (time: string, code: string) => call(time, { level: 'error', 'error.type': code });

describe('critical events', () => {
  test('are those of the window, yesterday before midnight among them, newest first', async () => {
    const folder = await temporaryFolder();
    await writeEvents(folder, [
      critical('2026-11-19T23:49:59.000Z', 'TOO_OLD'),
      critical('2026-11-19T23:50:00.000Z', 'CORRUPT'),
      call('2026-11-19T23:59:00.000Z', { level: 'warn', 'error.type': 'NOT_FOUND' }),
      critical('2026-11-20T00:01:00.000Z', 'STORE_FULL'),
      critical('2026-11-20T00:02:00.000Z', 'CORRUPT'),
      {
        level: 'error',
        time: '2026-11-20T00:03:00.000Z',
        'event.name': 'verify.finished',
        'finding.types': ['SIGNATURE_INVALID'],
      },
    ]);
    expect(await criticalEvents(folder, NOW - QUARTER_MS, NOW)).toEqual({
      count: 4,
      codes: ['SIGNATURE_INVALID', 'CORRUPT', 'STORE_FULL'],
    });
  });

  test('are none where there is no file', async () => {
    expect(await criticalEvents(await temporaryFolder(), NOW - QUARTER_MS, NOW)).toEqual({ count: 0, codes: [] });
  });

  test('are found across blocks, in lines of any length, behind a torn end', async () => {
    const folder = await temporaryFolder();
    const long = 'ü'.repeat(70_000);
    await writeEvents(folder, [
      critical('2026-11-20T00:00:10.000Z', 'STORE_FULL'),
      call('2026-11-20T00:00:20.000Z', { note: long }),
      critical('2026-11-20T00:00:30.000Z', 'CORRUPT'),
      ...Array.from({ length: 500 }, (_, n) => call('2026-11-20T00:01:00.000Z', { n })),
    ]);
    await appendFile(join(folder, 'events-2026-11-20.jsonl'), '{"level":"error","time":"2026');
    expect(await criticalEvents(folder, NOW - QUARTER_MS, NOW)).toEqual({ count: 2, codes: ['CORRUPT', 'STORE_FULL'] });
  });

  test.skipIf(process.platform !== 'linux')('read only the tail of a large file', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'events-2026-11-20.jsonl');
    const old = `${JSON.stringify(call('2026-11-19T00:00:00.000Z'))}\n`;
    await appendFile(file, old.repeat(100_000));
    await writeEvents(folder, [critical('2026-11-20T00:04:00.000Z', 'CORRUPT')]);
    const before = await bytesRead();
    expect(await criticalEvents(folder, NOW - QUARTER_MS, NOW)).toEqual({ count: 1, codes: ['CORRUPT'] });
    const { size } = await stat(file);
    expect(size).toBeGreaterThan(10_000_000);
    expect((await bytesRead()) - before).toBeLessThan(1_000_000);
  });
});

/** Bytes this process has read so far, as the kernel counts them. */
async function bytesRead(): Promise<number> {
  const { readFile } = await import('node:fs/promises');
  return Number(/rchar: (\d+)/.exec(await readFile('/proc/self/io', 'utf8'))?.[1]);
}

describe('following', () => {
  test('gives what is written from now on, across midnight, and ends when told to', async () => {
    const folder = await temporaryFolder();
    let nowMs = Date.parse('2026-11-20T23:59:59.000Z');
    await writeEvents(folder, [call('2026-11-20T10:00:00.000Z', { n: 'before' })]);
    const stop = new AbortController();
    // The follower asks for the time, looks where the file ends, and asks again: then it has begun.
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    let asked = 0;
    const now = () => {
      asked += 1;
      if (asked === 2) begin();
      return nowMs;
    };
    const followed = followEvents(folder, { signal: stop.signal, now });
    const first = followed.next();
    await begun;
    const half = JSON.stringify(call('2026-11-20T23:59:59.000Z', { n: 1 }));
    await appendFile(join(folder, 'events-2026-11-20.jsonl'), half.slice(0, 20));
    await appendFile(join(folder, 'events-2026-11-20.jsonl'), `${half.slice(20)}\n`);
    expect((await first).value).toMatchObject({ n: 1 });

    await writeEvents(folder, [call('2026-11-20T23:59:59.900Z', { n: 2 }), call('2026-11-21T00:00:00.000Z', { n: 3 })]);
    nowMs += 2_000;
    const seen: Array<EventRecord | undefined> = [
      (await followed.next()).value ?? undefined,
      (await followed.next()).value ?? undefined,
    ];
    expect(seen.map((event) => event?.['n'])).toEqual([2, 3]);

    const last = followed.next();
    stop.abort();
    expect(await last).toEqual({ done: true, value: undefined });
  });
});
