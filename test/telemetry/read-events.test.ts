import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EventRecord, parseEventLine, parseEventLines } from '../../src/telemetry/events/event-line.ts';
import { LineBlocks } from '../../src/telemetry/read/line-blocks.ts';
import { readEvents } from '../../src/telemetry/read/read-events.ts';
import { call, writeEvents } from './day-files.ts';
import { temporaryFolder } from './temporary-folder.ts';

const ALL = { sinceMs: 0, untilMs: Date.parse('2030-01-01') };

async function read(folder: string, window = ALL): Promise<EventRecord[]> {
  const events: EventRecord[] = [];
  for await (const batch of readEvents(folder, window)) events.push(...batch);
  return events;
}

describe('a line', () => {
  const whole = call('2026-11-20T12:00:00.000Z', { note: '{"level":"' });

  test.each([
    ['', 0],
    ['{}', 0],
    ['null', 0],
    ['"text"', 0],
    ['{"level":"info","time":"2026-', 0],
    [JSON.stringify(whole).slice(0, 40) + JSON.stringify(whole), 1],
    [JSON.stringify(whole), 1],
  ])('%j holds %i events', (line, count) => {
    expect([parseEventLine(line)].filter((event) => event !== undefined)).toEqual(count === 1 ? [whole] : []);
  });

  test('that is torn costs its block no other line', () => {
    const line = JSON.stringify(whole);
    expect(parseEventLines(`${line}\n${line.slice(0, 30)}\n\n[]\n${line}\n`)).toEqual([whole, whole]);
  });
});

describe('blocks of lines', () => {
  test('hold the same lines however the bytes are cut', () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ''));
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (lines, sizes) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
        const blocks = new LineBlocks();
        let text = '';
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          text += blocks.push(bytes.subarray(at, at + size));
          at += size;
        }
        expect(text + blocks.rest()).toBe(bytes.toString('utf8'));
      }),
    );
  });

  test('leave out a line that is too long, and go on with the next', () => {
    const blocks = new LineBlocks();
    const chunk = Buffer.alloc(300_000, 'x');
    for (let n = 0; n < 20; n++) expect(blocks.push(chunk)).toBe('');
    expect(blocks.push(Buffer.from('the end\nnext\n'))).toBe('next\n');
    expect(blocks.push(Buffer.from('last\n'))).toBe('last\n');
  });
});

describe('reading', () => {
  test('gives what lies in the window, oldest file first', async () => {
    const folder = await temporaryFolder();
    const times = [
      '2026-11-18T23:59:59.999Z',
      '2026-11-19T00:00:00.000Z',
      '2026-11-20T12:00:00.000Z',
      '2026-11-20T12:00:00.001Z',
    ];
    await writeEvents(
      folder,
      [...times].reverse().map((time) => call(time)),
    );
    const since = Date.parse('2026-11-19T00:00:00.000Z');
    const found = await read(folder, { sinceMs: since, untilMs: Date.parse('2026-11-20T12:00:00.000Z') });
    expect(found.map(({ time }) => time)).toEqual(times.slice(1, 3));
    expect(await read(folder)).toHaveLength(4);
  });

  test('skips torn lines, other files and lines of other programs', async () => {
    const folder = await temporaryFolder();
    await writeEvents(folder, [call('2026-11-20T12:00:00.000Z')]);
    const file = join(folder, 'events-2026-11-20.jsonl');
    await appendFile(file, '{"level":"info","time":"2026-11-20T12:00:01.000Z","event.na\n\0\0\0\nhello\n{"a":1}\n');
    await writeEvents(folder, [call('2026-11-20T12:00:02.000Z')]);
    await appendFile(file, '{"level":"info","time":"2026-11-20T12:00:03.000Z"');
    await writeFile(
      join(folder, 'events-2026-11-20.jsonl.bak'),
      `${JSON.stringify(call('2026-11-20T13:00:00.000Z'))}\n`,
    );
    expect((await read(folder)).map(({ time }) => time)).toEqual([
      '2026-11-20T12:00:00.000Z',
      '2026-11-20T12:00:02.000Z',
    ]);
  });

  test('finds nothing where there is no folder, and says when it cannot read', async () => {
    const folder = await temporaryFolder();
    expect(await read(join(folder, 'none'))).toEqual([]);
    await mkdir(join(folder, 'events-2026-11-20.jsonl'));
    await expect(read(folder)).rejects.toThrow('is a folder, where a plain file has to be');
  });
});
