import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { timeWindow } from '../../src/telemetry/read/time-window.ts';
import { reviewTelemetry } from '../../src/telemetry/review/review-telemetry.ts';
import { call, committed, writeEvents } from './day-files.ts';
import { temporaryFolder } from './temporary-folder.ts';

const NOW = Date.parse('2026-11-20T12:00:00.000Z');

describe('a time window', () => {
  test.each([
    [undefined, undefined, '2026-11-13T12:00:00.000Z', '2026-11-20T12:00:00.000Z'],
    ['90m', undefined, '2026-11-20T10:30:00.000Z', '2026-11-20T12:00:00.000Z'],
    ['2w', '1d', '2026-11-06T12:00:00.000Z', '2026-11-19T12:00:00.000Z'],
    ['2026-11-01', '2026-11-02T03:04:05Z', '2026-11-01T00:00:00.000Z', '2026-11-02T03:04:05.000Z'],
    ['2026-11-01T00:00:00+02:00', '30s', '2026-10-31T22:00:00.000Z', '2026-11-20T11:59:30.000Z'],
  ])('from %s until %s', (since, until, from, to) => {
    const { sinceMs, untilMs } = timeWindow(since, until, NOW);
    expect([new Date(sinceMs).toISOString(), new Date(untilMs).toISOString()]).toEqual([from, to]);
  });

  test.each([
    ['yesterday', undefined, 'since is "yesterday"'],
    ['7d', '7 days', 'until is "7 days"'],
    ['7', undefined, 'since is "7"'],
    ['2026-13-01', undefined, 'since is'],
    ['999999w', undefined, 'since is'],
    ['1d', '2d', 'is later than until'],
  ])('from %s until %s is refused', (since, until, message) => {
    expect(() => timeWindow(since, until, NOW)).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID', message: expect.stringContaining(message) }),
    );
  });
});

describe('a review', () => {
  const source = (folder: string) => ({ folder, state: () => ({ status: 'on', lost: 0 }) as const, now: () => NOW });

  test('tells the facts, and what needs a person', async () => {
    const folder = await temporaryFolder();
    await writeEvents(folder, [
      call('2026-11-20T10:00:00.000Z', { 'config.name': 'a/b' }),
      committed('2026-11-20T10:00:01.000Z', 3),
      call('2026-11-20T10:00:02.000Z', { level: 'error', 'error.type': 'CORRUPT' }),
      call('2026-10-01T10:00:00.000Z'),
    ]);
    const result = await reviewTelemetry(source(folder), {});
    expect(result).toMatchObject({
      summary: '2 calls, 1 failure, 1 commit, 0 refusals, 1 signature fault, 0 busy waits; 1 critical event.',
      next: { hint: expect.stringContaining('did not hold'), advice: [{ do: 'verify' }] },
      since: '2026-11-13T12:00:00.000Z',
      events: 3,
      configs: [{ name: 'a/b', commit: '000000000000' }],
      cut: false,
    });
    expect(await reviewTelemetry(source(folder), { name: 'a/b' })).toMatchObject({ events: 2 });
  });

  test('names servers that ended without a word, and none that said so or did something lately', async () => {
    const folder = await temporaryFolder();
    const server = (name: string, session: string, at: string) =>
      call(`2026-11-20T${at}:00.000Z`, { 'event.name': `server.${name}`, 'mcp.session.id': session });
    await writeEvents(folder, [
      server('started', 'killed', '08:00'),
      server('started', 'ended', '08:01'),
      server('stopped', 'ended', '08:02'),
      server('started', 'busy', '08:03'),
      call('2026-11-20T11:58:00.000Z', { 'mcp.session.id': 'busy' }),
    ]);
    expect((await reviewTelemetry(source(folder), {})).notices).toMatchObject([
      { code: 'NO_STOP_EVENT', message: '1 server has no stop event, the last one begun at 2026-11-20T08:00:00.000Z' },
    ]);
  });

  test('says why there is nothing', async () => {
    const folder = await temporaryFolder();
    expect(await reviewTelemetry(source(folder), {})).toMatchObject({
      summary: 'No events in this time.',
      events: 0,
      tools: [],
    });
    const off = { ...source(folder), state: () => ({ status: 'off', lost: 0 }) as const };
    expect((await reviewTelemetry(off, {})).summary).toContain('telemetry is off');
  });

  test('stays under 5,000 tokens however much there is, and says that it was cut', async () => {
    const folder = await temporaryFolder();
    const days = Array.from({ length: 30 }, (_, day) => new Date(NOW - day * 86_400_000).toISOString());
    const name = (n: number) => `${'x'.repeat(60)}/${'y'.repeat(60)}/${n}`;
    await writeEvents(
      folder,
      days.flatMap((time, day) => [
        committed(time, day, { 'config.names': [0, 1, 2].map((n) => name(day * 3 + n)) }),
        call(time, {
          level: 'warn',
          'error.type': 'NOT_FOUND',
          'config.name': name(day),
          'gen_ai.tool.name': `a_tool_of_a_name_${day}`,
          duration_ms: day,
        }),
      ]),
    );
    const result = await reviewTelemetry(source(folder), { since: '60d', limit: 50 });
    expect(result.cut).toBe(true);
    // Hex and digits are the worst for tokenizers: about two characters a token.
    expect(JSON.stringify(result).length / 2).toBeLessThan(5_000);
    for (const list of [result.tools, result.slowest, result.lastFailures, result.configs, result.days])
      expect(list.length).toBeGreaterThan(0);
    expect(result.days.at(-1)?.start).toBe('2026-11-20');
  });

  test('names the folder it cannot read', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'telemetry'), '');
    await expect(reviewTelemetry(source(join(folder, 'telemetry')), {})).rejects.toMatchObject({
      code: 'STORE_UNREADABLE',
      message: expect.stringContaining(folder),
    });
  });
});
