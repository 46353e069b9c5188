import { describe, expect, test } from 'vitest';
import { openLog } from '../../src/telemetry/log.ts';
import type { LogLevel } from '../../src/telemetry/log-level.ts';

function open(level: LogLevel, pretty = false) {
  const lines: string[] = [];
  const log = openLog({ level, sessionId: 'session', pretty, write: (line) => lines.push(line) });
  return { log, lines };
}

describe('the operational log', () => {
  test('writes JSON lines with the session id, in order', async () => {
    const { log, lines } = open('info');
    log.info('first', { index: 1 });
    log.warn('second');
    await log.flush();
    log.info('third');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { level: 'info', time: expect.any(String), 'mcp.session.id': 'session', index: 1, msg: 'first' },
      { level: 'warn', time: expect.any(String), 'mcp.session.id': 'session', msg: 'second' },
      { level: 'info', time: expect.any(String), 'mcp.session.id': 'session', msg: 'third' },
    ]);
    expect(lines.every((line) => line.endsWith('\n'))).toBe(true);
  });

  test.each([
    ['debug', 4],
    ['info', 3],
    ['warn', 2],
    ['error', 1],
    ['fatal', 0],
    ['silent', 0],
  ] as const)('at %s writes %i of four lines', async (level, count) => {
    const { log, lines } = open(level);
    log.debug('d');
    log.info('i');
    log.warn('w');
    log.error('e');
    await log.flush();
    expect(lines).toHaveLength(count);
  });

  test('never repeats what an error says, because that may quote content', async () => {
    const { log, lines } = open('error');
    log.error('the call failed', Object.assign(new TypeError('value is hunter2\nand hunter2'), { code: 'EBAD' }));
    log.error('thrown text', 'hunter2');
    await log.flush();
    expect(lines.join('')).not.toContain('hunter2');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      error: 'TypeError',
      code: 'EBAD',
      stack: expect.stringContaining('log.test.ts'),
    });
  });

  test('is readable on a terminal', async () => {
    const { log, lines } = open('info', true);
    log.info('opened', { index: 42 });
    await log.flush();
    expect(lines.join('')).toContain('opened');
    expect(lines.join('')).not.toContain('{"');
    expect(lines.join('')).toContain('42');
  });
});
