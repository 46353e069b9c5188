import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventRecord } from '../../src/telemetry/events/event-line.ts';
import { sparkline } from '../../src/telemetry/report/sparkline.ts';
import { entryOf, Greatest, Last } from '../../src/telemetry/review/bounded-collections.ts';
import { Latency } from '../../src/telemetry/review/latency.ts';
import { nextStep } from '../../src/telemetry/review/next-step.ts';
import { Review, type ReviewFilter } from '../../src/telemetry/review/review.ts';
import { call, committed } from './day-files.ts';

const T = '2026-11-20T12:00:00.000Z';

function facts(events: readonly EventRecord[], filter: ReviewFilter = {}, limit = 10) {
  const review = new Review({ filter, limit });
  for (const event of events) review.add(event);
  return review.facts();
}

const refusal = (code: string, fields = {}) => [
  call(T, { level: 'warn', 'gen_ai.tool.name': 'put_config', 'error.type': code, ...fields }),
  {
    level: 'warn',
    time: T,
    'event.name': 'config.refused',
    'gen_ai.tool.name': 'put_config',
    'error.type': code,
    rule: 'github-token',
    path: '/env',
    ...fields,
  },
];

describe('the headline', () => {
  test('counts each kind once', () => {
    const events = [
      call(T),
      ...refusal('SECRET_FOUND'),
      call(T, { level: 'error', 'error.type': 'CORRUPT' }),
      call(T, { 'event.name': 'resource.read', 'gen_ai.tool.name': undefined, 'mcp.method.name': 'resources/read' }),
      committed(T, 1),
      { level: 'info', time: T, 'event.name': 'store.busy' },
      { level: 'error', time: T, 'event.name': 'verify.finished', 'finding.types': ['SIGNATURE_INVALID'] },
    ];
    expect(facts(events)).toMatchObject({
      events: 8,
      headline: {
        calls: 4,
        failures: 2,
        commits: 1,
        refusals: 1,
        signatureFaults: 2,
        busyWaits: 1,
        critical: 2,
      },
      criticalCodes: { CORRUPT: 1, 'verify.finished': 1 },
      refusalCodes: { SECRET_FOUND: 1 },
      periods: [{ start: '2026-11-20', calls: 4, failures: 2, commits: 1, refusals: 1 }],
    });
  });

  test('is all zero without events', () => {
    expect(facts([]).headline).toEqual({
      calls: 0,
      failures: 0,
      commits: 0,
      refusals: 0,
      signatureFaults: 0,
      busyWaits: 0,
      critical: 0,
    });
  });
});

describe('the lists', () => {
  test('tell a refusal once, with rule and path, newest first', () => {
    const { lastFailures } = facts([
      ...refusal('SECRET_FOUND'),
      call('2026-11-20T13:00:00.000Z', { level: 'warn', 'error.type': 'NOT_FOUND' }),
    ]);
    expect(lastFailures.map(({ event, code }) => `${event} ${code}`)).toEqual([
      'tool.called NOT_FOUND',
      'config.refused SECRET_FOUND',
    ]);
    expect(lastFailures[1]).toMatchObject({ tool: 'put_config', rule: 'github-token', path: '/env' });
  });

  test('name the slowest calls and the most changed configs', () => {
    const events = [
      ...[3, 1, 2].map((ms) => call(T, { duration_ms: ms })),
      committed(T, 5, { 'config.names': ['a/b', 'c'], 'config.versions': [2, 1] }),
      committed(T, 4),
    ];
    const { slowest, configs } = facts(events, {}, 2);
    expect(slowest.map(({ durationMs }) => durationMs)).toEqual([3, 2]);
    expect(configs).toMatchObject([
      { name: 'a/b', commits: 2, version: 2, index: 5 },
      { name: 'c', commits: 1, version: 1, index: 5 },
    ]);
  });

  test.each([
    [{ config: 'a/b' }, 2],
    [{ config: 'a' }, 0],
    [{ tool: 'put_config' }, 2],
    [{ failuresOnly: true }, 2],
    [{ failuresOnly: true, tool: 'get_config' }, 0],
  ] as const)('keep to the filter %j', (filter, count) => {
    const events = [call(T, { 'config.name': 'a/b' }), committed(T, 1), ...refusal('VERSION_CONFLICT')];
    expect(facts(events, filter).events).toBe(count);
  });
});

test('fields of the wrong type change nothing but their own figure', () => {
  const odd = {
    duration_ms: 'long',
    'gen_ai.tool.name': 7,
    'config.names': 'x',
    'error.type': { a: 1 },
    'log.index': Number.NaN,
  };
  expect(facts([call(T, odd), committed(T, 1, odd)])).toMatchObject({
    headline: { calls: 1, commits: 1 },
    tools: [{ tool: '(other)', maxMs: 0 }],
  });
});

test('memory is bounded however many names there are', () => {
  const events = Array.from({ length: 30_000 }, (_, n) => [
    call(T, { 'gen_ai.tool.name': `t${n}`, level: 'error', 'error.type': `E${n}` }),
    committed(T, n, { 'config.names': [`c${n}`] }),
  ]);
  const { tools, criticalCodes, configs, headline } = facts(events.flat(), {}, 10_000);
  expect(tools.length).toBeLessThanOrEqual(101);
  expect(Object.keys(criticalCodes).length).toBeLessThanOrEqual(51);
  expect(configs).toHaveLength(10_000);
  expect(headline).toMatchObject({ calls: 30_000, commits: 30_000 });
});

describe('latency', () => {
  test('has percentiles within 1 % of the exact ones', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.001, max: 100_000, noNaN: true }), { minLength: 1, maxLength: 300 }),
        (values) => {
          const latency = new Latency();
          for (const value of values) latency.add(value);
          const sorted = [...values].sort((a, b) => a - b);
          const { p50Ms, p95Ms, maxMs } = latency.figures();
          expect(maxMs).toBe(sorted.at(-1));
          for (const [found, percent] of [
            [p50Ms, 50],
            [p95Ms, 95],
          ] as const) {
            // Whether a percentile that falls between two values is the lower or the upper one is the histogram's choice.
            const rank = (percent / 100) * sorted.length;
            const [lower = 0, upper = 0] = [sorted[Math.max(0, Math.floor(rank) - 1)], sorted[Math.ceil(rank) - 1]];
            expect(found).toBeGreaterThanOrEqual(lower * 0.99 - 0.001);
            expect(found).toBeLessThanOrEqual(upper * 1.01 + 0.001);
          }
        },
      ),
    );
  });

  test('takes what is out of range', () => {
    const latency = new Latency();
    for (const value of [0, 1e12]) latency.add(value);
    expect(latency.figures().maxMs).toBe(1e12);
    expect(new Latency().figures()).toEqual({ p50Ms: 0, p95Ms: 0, maxMs: 0 });
  });
});

test('the greatest and the last of a list are those of the whole list', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), fc.nat(9), (numbers, limit) => {
      const greatest = new Greatest<number>(limit, (number) => number);
      const last = new Last<number>(limit);
      for (const number of numbers) {
        greatest.add(number);
        last.add(number);
      }
      expect(greatest.items()).toEqual([...numbers].sort((a, b) => b - a).slice(0, limit));
      expect(last.items()).toEqual(limit === 0 ? [] : numbers.slice(-limit));
    }),
  );
});

test('a full map counts the rest under one name', () => {
  const map = new Map<string, { n: number }>();
  for (const key of ['a', 'b', 'c', 'd', 'a']) entryOf(map, key, () => ({ n: 0 }), 2, 'rest').n++;
  expect(Object.fromEntries(map)).toEqual({ a: { n: 2 }, b: { n: 1 }, rest: { n: 2 } });
});

describe('the next step', () => {
  test.each([
    [[call(T)], undefined],
    [
      [call(T, { level: 'error', 'error.type': 'SIGNATURE_INVALID' }), ...refusal('SECRET_FOUND')],
      /did not hold.*"verify"/,
    ],
    [[call(T, { level: 'error', 'error.type': 'STORE_FULL' })], /STORE_FULL.*"check-health"/],
    [refusal('SECRET_FOUND'), /\$\{env:NAME\}/],
    [[1, 2, 3, 4].flatMap(() => refusal('VERSION_CONFLICT')), /newest version/],
    [refusal('VERSION_CONFLICT'), undefined],
  ] as const)('of case %# is the most urgent', (events, wanted) => {
    const step = nextStep(facts(events));
    if (wanted === undefined) expect(step).toBeUndefined();
    else expect(JSON.stringify(step)).toMatch(wanted);
  });

  test('says when telemetry cannot be written', () => {
    expect(nextStep(facts([]), { status: 'failing', lost: 1, message: 'm', hint: 'Free it.' })).toMatchObject({
      hint: 'Free it.',
    });
  });
});

test.each([
  [[], ''],
  [[0, 0], '··'],
  [[1, 4, 8, 0], '▁▄█·'],
  [[1, 1_000_000], '▁█'],
])('the sparkline of %j is %s', (values, line) => {
  expect(sparkline(values)).toBe(line);
});
