import type { Metrics } from '../metrics/metrics.ts';
import { attributes, nanoseconds } from './otlp-json.ts';

type Metric = Awaited<ReturnType<Metrics['values']>>[number];
type Value = Metric['values'][number];

/** Each metric that is exported: the name in OpenTelemetry's style, and the unit (UCUM). */
const NAMES: Readonly<Record<string, readonly [name: string, unit: string]>> = {
  mcp_server_operation_duration_seconds: ['mcp.server.operation.duration', 's'],
  config_store_commits_total: ['config_store.commits', '{commit}'],
  config_store_head_index: ['config_store.head.index', '{commit}'],
  config_store_engine_probe_seconds: ['config_store.engine.probe', 's'],
  config_store_turn_wait_seconds: ['config_store.turn.wait', 's'],
  process_resident_memory_bytes: ['process.memory.usage', 'By'],
  process_cpu_seconds_total: ['process.cpu.time', 's'],
  nodejs_eventloop_lag_p99_seconds: ['nodejs.eventloop.delay.p99', 's'],
};
const LABELS: Readonly<Record<string, string>> = {
  mcp_method_name: 'mcp.method.name',
  gen_ai_tool_name: 'gen_ai.tool.name',
  error_type: 'error.type',
};
/** AGGREGATION_TEMPORALITY_CUMULATIVE of OTLP. */
const CUMULATIVE = 2;

/** Returns the counts in the JSON form of OTLP. */
export function metricsJson(metrics: readonly Metric[], startedMs: number, nowMs: number): readonly unknown[] {
  const time = { startTimeUnixNano: nanoseconds(startedMs), timeUnixNano: nanoseconds(nowMs) };
  return metrics.flatMap(({ name: own, help, type, values }) => {
    const [name, unit] = NAMES[own] ?? [];
    if (name === undefined) return [];
    return [{ name, unit, description: help, ...dataOf(String(type), values, time) }];
  });
}

function dataOf(type: string, values: readonly Value[], time: { timeUnixNano: string }) {
  if (type === 'histogram')
    return { histogram: { aggregationTemporality: CUMULATIVE, dataPoints: histogramPoints(values, time) } };
  const dataPoints = values.map(({ value, labels }) => ({ ...time, attributes: named(labels), asDouble: value }));
  if (type === 'counter') return { sum: { aggregationTemporality: CUMULATIVE, isMonotonic: true, dataPoints } };
  return { gauge: { dataPoints } };
}

/** Prometheus counts what is up to each bound, OTLP what is between two. */
function histogramPoints(values: readonly Value[], time: object) {
  const series = Map.groupBy(values, ({ labels: { le: _, ...labels } }) => JSON.stringify(labels));
  return [...series.values()].map((ofSeries) => {
    const { le: _, ...labels } = ofSeries[0]?.labels ?? {};
    const buckets = ofSeries.filter(({ labels: { le } }) => le !== undefined);
    const single = (suffix: string) =>
      ofSeries.find((value) => 'metricName' in value && String(value.metricName).endsWith(suffix))?.value ?? 0;
    return {
      ...time,
      attributes: named(labels),
      count: String(single('_count')),
      sum: single('_sum'),
      explicitBounds: buckets.map(({ labels: { le } }) => Number(le)).filter(Number.isFinite),
      bucketCounts: buckets.map(({ value }, at) => String(value - (buckets[at - 1]?.value ?? 0))),
    };
  });
}

function named(labels: Value['labels']) {
  return attributes(
    Object.fromEntries(Object.entries(labels).map(([label, value]) => [LABELS[label] ?? label, String(value)])),
  );
}
