import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMON_FIELDS, EVENT_CATALOG, type EventName, FIELD_MEANINGS } from '../../src/telemetry/events/catalog.ts';
import type { EventRecord } from '../../src/telemetry/events/event-line.ts';
import type { Events } from '../../src/telemetry/events/events.ts';
import { openTelemetry } from '../../src/telemetry/events/telemetry.ts';
import { ALL_EVENTS } from './all-events.ts';
import { temporaryFolder } from './temporary-folder.ts';

const NAMES = Object.keys(EVENT_CATALOG) as EventName[];

async function written(record: (events: Events) => void): Promise<EventRecord[]> {
  const folder = await temporaryFolder();
  const telemetry = openTelemetry({ folder, days: 30, enabled: true, version: '1.2.3', sessionId: 'session' });
  telemetry.events.storeBusy({ attempts: 1, waitedMs: 1 });
  record(telemetry.events);
  await telemetry.close();
  const files = await readdir(folder);
  const text = (await Promise.all(files.sort().map((file) => readFile(join(folder, file), 'utf8')))).join('');
  return text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line));
}

describe('every event', () => {
  test.each(NAMES)('%s has the fields of the catalogue, no more and no fewer', async (name) => {
    const [event, ...more] = await written(ALL_EVENTS[name]);
    expect(more).toEqual([]);
    expect(event?.['event.name']).toBe(name);
    expect(EVENT_CATALOG[name].severity).toContain(event?.level);
    expect(new Set(Object.keys(event ?? {}))).toEqual(new Set([...COMMON_FIELDS, ...EVENT_CATALOG[name].fields]));
    expect(event).toMatchObject({
      'service.version': '1.2.3',
      'mcp.session.id': 'session',
      'process.pid': process.pid,
    });
  });

  test('has only fields whose meaning is documented', () => {
    const used = new Set([...COMMON_FIELDS, ...NAMES.flatMap((name) => EVENT_CATALOG[name].fields)]);
    expect(new Set(Object.keys(FIELD_MEANINGS))).toEqual(used);
  });
});

describe('what a caller chose itself', () => {
  const request = { client: { name: 'c', version: '1' }, durationMs: 1 };

  test('is left out when it is not in its form', async () => {
    const secret = 'Hunter2-Hunter2-Hunter2';
    const events = await written((log) => {
      log.toolCalled({
        ...request,
        tool: secret,
        config: secret,
        traceparent: secret,
        protocolVersion: secret,
        bytesIn: 0,
        bytesOut: 0,
      });
      log.toolCalled({ ...request, tool: 'get_config', config: 'hunter2', code: 'NOT_FOUND', bytesIn: 0, bytesOut: 0 });
      log.resourceRead({ ...request, uri: `config://${secret}`, bytesOut: 0 });
      log.resourceRead({ ...request, uri: `file:///${secret}`, bytesOut: 0 });
      log.configRefused({
        tool: 'put_config',
        code: 'SECRET_FOUND',
        details: { rule: secret.repeat(9), path: `/env/${secret}` },
        config: 'hunter2',
      });
    });
    expect(events).toHaveLength(5);
    expect(JSON.stringify(events)).not.toMatch(/hunter2/i);
    expect(events[4]).toMatchObject({ path: '/env/…', 'error.type': 'SECRET_FOUND' });
  });

  test.each([
    ['config://claude-desktop/default', true],
    ['config://claude-desktop/default@7', true],
    [`artifact://sha256/${'0'.repeat(64)}`, true],
    ['store://health', true],
    ['config://Up', false],
    ['artifact://sha256/00', false],
    ['https://example.com', false],
  ])('the URI %s is kept: %s', async (uri, kept) => {
    const [event] = await written((log) => log.resourceRead({ ...request, uri, bytesOut: 0 }));
    expect(event?.['mcp.resource.uri']).toBe(kept ? uri : '(other)');
  });

  test('is cut when it is long', async () => {
    const [event] = await written((log) =>
      log.toolCalled({
        ...request,
        client: { name: 'x'.repeat(9_999), version: '\ud800' },
        tool: 't',
        bytesIn: 0,
        bytesOut: 0,
      }),
    );
    expect(event).toMatchObject({ 'client.name': 'x'.repeat(100), 'client.version': '\ufffd' });
  });
});
