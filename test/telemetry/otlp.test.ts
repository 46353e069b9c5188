import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { readSettings } from '../../src/app/settings/settings.ts';
import { createMetrics } from '../../src/telemetry/metrics/metrics.ts';
import { OtlpExporter } from '../../src/telemetry/otlp/exporter.ts';

interface Received {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: the tests say what they expect of it.
  readonly body: any;
}

interface Point {
  readonly count: string;
  readonly sum: number;
  readonly explicitBounds: readonly number[];
  readonly bucketCounts: readonly string[];
}

/** A collector that keeps what it gets, and answers with the next of `statuses`, then with 200. */
async function startCollector(statuses: number[] = []) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    received.push({ path: request.url, headers: request.headers, body: await json(request) });
    response.writeHead(statuses.shift() ?? 200).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const spans = () =>
    received
      .filter(({ path }) => path === '/v1/traces')
      .flatMap(({ body }) => body.resourceSpans[0].scopeSpans[0].spans as Array<Record<string, unknown>>);
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received, spans };
}

async function startExporter(endpoint: string, intervals?: { spansMs: number; metricsMs: number }) {
  const faults: Error[] = [];
  const metrics = await createMetrics(async () => 41);
  const exporter = new OtlpExporter({
    endpoint,
    headers: { 'x-key': 'k' },
    serviceName: 'configs',
    version: '1.2.3',
    instance: 'i-1',
    metrics,
    onFault: (error) => faults.push(error),
    ...(intervals !== undefined && { intervals }),
  });
  onTestFinished(() => exporter.close());
  return { exporter, metrics, faults };
}

const facts = {
  client: { name: 'c', version: '1' },
  protocolVersion: '2026-07-28',
  transport: 'tcp',
  durationMs: 12,
} as const;
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';

test('metrics and spans go to the collector at the end, in the JSON form of OTLP, without a name of a config', async () => {
  const { endpoint, received, spans } = await startCollector();
  const { exporter, metrics, faults } = await startExporter(`${endpoint}/`);
  for (const observer of [metrics.served, exporter.served]) {
    observer.toolCalled({ ...facts, tool: 'get_config', config: 'secret/name' } as never);
    observer.toolCalled({
      ...facts,
      tool: 'put_config',
      code: 'VERSION_CONFLICT',
      traceparent: `00-${TRACE}-${PARENT}-01`,
    });
    observer.resourceRead({ ...facts, uri: 'config://secret/name' } as never);
  }
  metrics.stored.committed();
  const beforeMs = Date.now();
  await exporter.close();
  expect(received.map(({ path }) => path).sort()).toEqual(['/v1/metrics', '/v1/traces']);
  expect(JSON.stringify(received)).not.toContain('secret/name');
  for (const { headers, body } of received) {
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-key': 'k' });
    const [{ resource }] = body.resourceMetrics ?? body.resourceSpans;
    expect(resource.attributes).toEqual([
      { key: 'service.name', value: { stringValue: 'configs' } },
      { key: 'service.version', value: { stringValue: '1.2.3' } },
      { key: 'service.instance.id', value: { stringValue: 'i-1' } },
    ]);
  }
  const [get, put, read] = spans();
  expect(get).toMatchObject({
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
    name: 'tools/call get_config',
    kind: 2,
    status: {},
    attributes: [
      { key: 'mcp.method.name', value: { stringValue: 'tools/call' } },
      { key: 'gen_ai.operation.name', value: { stringValue: 'execute_tool' } },
      { key: 'gen_ai.tool.name', value: { stringValue: 'get_config' } },
      { key: 'mcp.protocol.version', value: { stringValue: '2026-07-28' } },
      { key: 'network.transport', value: { stringValue: 'tcp' } },
    ],
  });
  expect(BigInt(get?.['endTimeUnixNano'] as string) - BigInt(get?.['startTimeUnixNano'] as string)).toBe(12_000_000n);
  expect(BigInt(get?.['endTimeUnixNano'] as string)).toBeLessThanOrEqual(BigInt(beforeMs) * 1_000_000n);
  expect(put).toMatchObject({ traceId: TRACE, parentSpanId: PARENT, status: { code: 2 } });
  expect(read).toMatchObject({ name: 'resources/read' });

  const sent = received.find(({ path }) => path === '/v1/metrics')?.body.resourceMetrics[0].scopeMetrics[0].metrics;
  const named = new Map(sent.map((metric: { name: string }) => [metric.name, metric]));
  expect([...named.keys()].sort()).toEqual([
    'config_store.commits',
    'config_store.engine.probe',
    'config_store.head.index',
    'config_store.turn.wait',
    'mcp.server.operation.duration',
    'nodejs.eventloop.delay.p99',
    'process.cpu.time',
    'process.memory.usage',
  ]);
  expect(named.get('config_store.commits')).toMatchObject({
    sum: { isMonotonic: true, aggregationTemporality: 2, dataPoints: [{ asDouble: 1 }] },
  });
  expect(named.get('config_store.head.index')).toMatchObject({ gauge: { dataPoints: [{ asDouble: 41 }] } });
  const { histogram } = named.get('mcp.server.operation.duration') as {
    histogram: { dataPoints: Point[] };
  };
  expect(histogram.dataPoints).toHaveLength(3);
  for (const { count, sum, explicitBounds, bucketCounts } of histogram.dataPoints) {
    expect(bucketCounts).toHaveLength(explicitBounds.length + 1);
    expect(bucketCounts.reduce((all, one) => all + Number(one), 0)).toBe(Number(count));
    // 12 ms lies between 10 and 20.
    expect(bucketCounts[explicitBounds.indexOf(0.02)]).toBe('1');
    expect(sum).toBeCloseTo(0.012);
  }
  expect(faults).toEqual([]);
});

test('a trace that its client does not record is not sent; one that is malformed begins a new one', async () => {
  const { endpoint, spans } = await startCollector();
  const { exporter } = await startExporter(endpoint);
  const call = (traceparent: string) => exporter.served.toolCalled({ ...facts, tool: 'get_config', traceparent });
  call(`00-${TRACE}-${PARENT}-00`);
  for (const bad of [
    '',
    'x',
    `ff-${TRACE}-${PARENT}-01`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
  ])
    call(bad);
  await exporter.close();
  expect(spans()).toHaveLength(5);
  for (const span of spans()) {
    expect(span['traceId']).not.toBe(TRACE);
    expect(span).not.toHaveProperty('parentSpanId');
  }
});

test('what a collector did not take is sent again, and reported once; requests go on', async () => {
  const { endpoint, received, spans } = await startCollector([503, 429]);
  const { exporter, faults } = await startExporter(endpoint, { spansMs: 20, metricsMs: 1_000_000 });
  exporter.served.toolCalled({ ...facts, tool: 'get_config' });
  await expect.poll(() => received.length).toBe(3);
  expect(new Set(spans().map(({ spanId }) => spanId)).size).toBe(1);
  expect(faults.map(({ message }) => message)).toEqual(['the collector did not take traces: status 503']);
});

test('a collector that is not there keeps nothing up, and bounded memory', async () => {
  const { exporter, faults } = await startExporter('http://127.0.0.1:1');
  for (let n = 0; n < 5_000; n++) exporter.served.toolCalled({ ...facts, tool: 'get_config' });
  await exporter.close();
  expect(faults.map(({ message }) => message).sort()).toEqual([
    'the collector did not take metrics: no answer',
    'the collector did not take traces: no answer',
  ]);
});

const where = { cwd: '/', platform: 'linux', home: '/home/x' } as const;
const otlpOf = (env: Record<string, string>, flags = { http: '3000' }) => readSettings(env, flags, where).network?.otlp;

test('nothing is sent unless its endpoint is set', () => {
  expect(otlpOf({})).toBeUndefined();
  expect(otlpOf({ OTEL_EXPORTER_OTLP_ENDPOINT: '' })).toBeUndefined();
  expect(
    otlpOf({ OTEL_EXPORTER_OTLP_HEADERS: 'a=b', OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://c:4318' }),
  ).toBeUndefined();
  const endpoint = 'http://collector:4318';
  expect(otlpOf({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })).toEqual({
    endpoint,
    headers: {},
    serviceName: 'mcp-config-store',
  });
  expect(
    otlpOf({
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b, y = c=d',
      OTEL_SERVICE_NAME: 'n',
    }),
  ).toEqual({ endpoint, headers: { 'x-key': 'a b', y: 'c=d' }, serviceName: 'n' });
  // On standard input and output nothing is sent in any case.
  expect(readSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, {}, where).network).toBeUndefined();
});

test.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'user:secret@collector' }, 'OTEL_EXPORTER_OTLP_ENDPOINT is no address'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'ftp://secret' }, 'OTEL_EXPORTER_OTLP_ENDPOINT is no address'],
  [{ OTEL_EXPORTER_OTLP_HEADERS: 'secret' }, 'OTEL_EXPORTER_OTLP_HEADERS holds something that is no header'],
  [{ OTEL_EXPORTER_OTLP_HEADERS: 'a=%secret' }, 'OTEL_EXPORTER_OTLP_HEADERS holds something that is no header'],
  [{ OTEL_EXPORTER_OTLP_HEADERS: 'a=secret%0a' }, 'OTEL_EXPORTER_OTLP_HEADERS holds something that is no header'],
])('%o is refused without its value', (env, message) => {
  const given = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', ...env };
  const attempt = () => otlpOf(given);
  expect(attempt).toThrow(message);
  expect(attempt).not.toThrow('secret');
});
