import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expiredDates } from '../../src/telemetry/events/day-file.ts';
import { openSink } from '../../src/telemetry/events/sink.ts';
import { temporaryFolder } from './temporary-folder.ts';

const DAY_MS = 86_400_000;
const TODAY = Date.parse('2026-11-20T12:00:00.000Z');

function dateAt(days: number): string {
  return new Date(TODAY + days * DAY_MS).toISOString().slice(0, 10);
}

/** Dates of consecutive days, the last of them `last` days from today. */
function run(count: number, last: number): string[] {
  return Array.from({ length: count }, (_, at) => dateAt(last - at));
}

describe('which days are past keeping', () => {
  test.each([1, 2, 30])('used daily, %i days are kept, today among them', (days) => {
    const kept = run(days - 1, -1);
    expect(expiredDates([...kept, dateAt(-days)], dateAt(0), days)).toEqual([dateAt(-days)]);
  });

  test.each([2, 20, 31, 60, 4_000])('a clock %i days ahead removes nothing', (ahead) => {
    for (const days of [1, 7, 30]) expect(expiredDates(run(days, 0), dateAt(ahead), days)).toEqual([]);
  });

  test('a clock that is ahead for a second day removes nothing either', () => {
    expect(expiredDates([...run(29, 0), dateAt(60)], dateAt(61), 30)).toEqual([]);
  });

  test('the file of a clock that was ahead ages nothing afterwards', () => {
    expect(expiredDates([...run(29, -1), dateAt(60)], dateAt(0), 30)).toEqual([]);
  });

  test('a clock that is behind removes nothing', () => {
    expect(expiredDates(run(30, 0), '1970-01-01', 30)).toEqual([]);
  });

  test('after a long pause, a few days of use let go what was before it', () => {
    const before = run(5, -100);
    expect(expiredDates(before, dateAt(0), 30)).toEqual([]);
    expect(expiredDates([...before, dateAt(0), dateAt(1)], dateAt(2), 30)).toEqual([]);
    expect(expiredDates([...before, ...run(3, 2)], dateAt(3), 30)).toEqual([...before]);
  });

  test('used seldom, no more files are kept than days', () => {
    const seldom = Array.from({ length: 12 }, (_, at) => dateAt(-20 * (at + 1)));
    expect(expiredDates(seldom, dateAt(0), 7)).toEqual(seldom.slice(7));
  });
});

test('a process whose clock is 60 days ahead leaves every file, and the next with the right clock too', async () => {
  const folder = await temporaryFolder();
  const names = run(10, 0).map((date) => `events-${date}.jsonl`);
  for (const name of names) await writeFile(join(folder, name), '');
  for (const ahead of [60, 61, 1]) {
    const sink = openSink({ folder, days: 30, enabled: true, now: () => TODAY + ahead * DAY_MS });
    sink.write('info', { 'event.name': 'store.busy' });
    await sink.close();
  }
  expect(await readdir(folder)).toEqual(expect.arrayContaining(names));
});
