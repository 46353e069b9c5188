import { describe, expect, test } from 'vitest';
import { StoreError } from '../../src/core/errors.ts';
import type { ServeObserver } from '../../src/mcp/observer.ts';
import type { StoreObserver } from '../../src/store/api/observer.ts';
import type { EventFields, Severity } from '../../src/telemetry/events/event-line.ts';
import { createEvents } from '../../src/telemetry/events/events.ts';
import { serveObserver, storeObserver } from '../../src/telemetry/events/observers.ts';

function observe() {
  const written: Array<{ severity: Severity } & EventFields> = [];
  const events = createEvents({
    write: (severity, fields) => written.push({ severity, ...fields }),
    state: () => ({ status: 'on', lost: 0 }),
    flush: async () => undefined,
    close: async () => undefined,
  });
  const store: Required<StoreObserver> = storeObserver(events);
  const serve: Required<Omit<ServeObserver, 'connected' | 'draining'>> = serveObserver(events);
  return { written, store, serve };
}

const digest = 'ab'.repeat(32);
const receipt = { store: digest, index: 4, commit: digest, keyId: digest, time: '2026-11-20T12:00:00.000Z' };

describe('the store tells', () => {
  test('of a commit and of the keys it changes', () => {
    const { written, store } = observe();
    store.committed(receipt, {
      names: [],
      versions: [],
      bytes: 0,
      durationMs: 1.23456,
      keys: [
        { action: 'add', keyId: digest, label: 'l', role: 'writer', spki: '' },
        { action: 'retire', keyId: digest },
        { action: 'revoke', keyId: digest, fromIndex: 2, reason: 'a reason that is only in the log' },
      ],
    });
    expect(written.map((event) => event['event.name'])).toEqual([
      'config.committed',
      'key.added',
      'key.retired',
      'key.revoked',
    ]);
    expect(written[0]).toMatchObject({ 'log.index': 4, duration_ms: 1.235 });
    expect(JSON.stringify(written)).not.toContain('reason');
  });

  test.each([
    ['CORRUPT', 'error'],
    ['STATE_UNKNOWN', 'error'],
    ['STORE_BUSY', 'warn'],
  ] as const)('of a fault %s as %s', (code, severity) => {
    const { written, store } = observe();
    store.fault(new StoreError(code, 'a message that may name a file', { hint: 'h' }));
    expect(written).toEqual([{ severity, 'event.name': 'store.fault', 'error.type': code }]);
  });
});

describe('the server tells', () => {
  const call = {
    tool: 'put_config',
    config: 'a/b',
    client: { name: 'c', version: '1' },
    durationMs: 1,
    argumentsFromText: 2,
    bytesIn: 1,
    bytesOut: 1,
  };

  test('how many arguments were read from text', () => {
    const { written, serve } = observe();
    serve.toolCalled(call);
    serve.toolCalled({ ...call, argumentsFromText: 0 });
    expect(written.map((event) => event['arguments_from_text'])).toEqual([2, undefined]);
  });

  test.each([
    [undefined, 'info', 1],
    ['NOT_FOUND', 'warn', 1],
    ['CANCELLED', 'warn', 1],
    ['INTERNAL', 'error', 1],
    ['VERSION_CONFLICT', 'warn', 2],
    ['SECRET_FOUND', 'warn', 2],
  ] as const)('of a call that ended with %s as %s', (code, severity, count) => {
    const { written, serve } = observe();
    serve.toolCalled({ ...call, code });
    expect(written.map((event) => event.severity)).toEqual([severity, 'warn'].slice(0, count));
    expect(written[0]?.['outcome']).toBe(code === undefined ? 'ok' : code === 'CANCELLED' ? 'cancelled' : 'error');
  });
});
