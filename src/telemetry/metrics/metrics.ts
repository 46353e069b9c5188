import type { Histogram, Registry } from 'prom-client';
import type { RequestFacts } from '../events/events.ts';

/** Upper bounds of durations, in seconds (OpenTelemetry, semantic conventions of MCP), with finer ones below. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60];

/** The counts of one server. Labels are tools, methods and codes: never a config's name. */
export interface Metrics {
  /** Fits `ServeObserver` of mcp/observer.ts. */
  readonly served: {
    readonly toolCalled: (facts: RequestFacts & { readonly tool: string }) => void;
    readonly resourceRead: (facts: RequestFacts) => void;
  };
  /** Fits `StoreObserver` of store/api/observer.ts. */
  readonly stored: {
    readonly committed: () => void;
    readonly busy: (facts: { readonly waitedMs: number }) => void;
  };
  /** The type of `text`. */
  readonly contentType: string;
  /** Returns all of it in the text format of Prometheus. */
  text(): Promise<string>;
  /** Returns all of it as the library has it. */
  values(): ReturnType<Registry['getMetricsAsJSON']>;
}

/**
 * Begins to count. Loads the library.
 *
 * @param lookAtHead looks for newer commits, and returns the index of the newest; -1 when there is none
 */
export async function createMetrics(lookAtHead: () => Promise<number>): Promise<Metrics> {
  const prometheus = await import('prom-client');
  const { Counter, Gauge, collectDefaultMetrics } = prometheus;
  const registry: Registry = new prometheus.Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const operations = new prometheus.Histogram({
    name: 'mcp_server_operation_duration_seconds',
    help: 'How long requests took, by method, tool and failure.',
    labelNames: ['mcp_method_name', 'gen_ai_tool_name', 'error_type'],
    buckets: SECONDS,
    registers,
  });
  const commits = new Counter({
    name: 'config_store_commits_total',
    help: 'Commits this process made.',
    registers,
  });
  const waits = new prometheus.Histogram({
    name: 'config_store_turn_wait_seconds',
    help: 'How long writes waited for other processes, those that had to.',
    buckets: SECONDS,
    registers,
  });
  const head = new Gauge({ name: 'config_store_head_index', help: 'Index of the newest commit.', registers });
  const probe = new Gauge({
    name: 'config_store_engine_probe_seconds',
    help: 'How long it took just now to look for newer commits.',
    registers,
  });
  const look = async () => {
    const startedMs = performance.now();
    head.set(await lookAtHead());
    probe.set((performance.now() - startedMs) / 1_000);
  };
  // A store that cannot be read has no head; readiness says why.
  const looked = () => look().catch(() => undefined);
  return {
    served: {
      toolCalled: ({ tool, code, durationMs }) => observe(operations, 'tools/call', tool, code, durationMs),
      resourceRead: ({ code, durationMs }) => observe(operations, 'resources/read', '', code, durationMs),
    },
    stored: {
      committed: () => commits.inc(),
      busy: ({ waitedMs }) => waits.observe(waitedMs / 1_000),
    },
    contentType: registry.contentType,
    text: async () => {
      await looked();
      return registry.metrics();
    },
    values: async () => {
      await looked();
      return registry.getMetricsAsJSON();
    },
  };
}

function observe(
  operations: Histogram<'mcp_method_name' | 'gen_ai_tool_name' | 'error_type'>,
  method: string,
  tool: string,
  code: string | undefined,
  durationMs: number,
): void {
  const labels = { mcp_method_name: method, gen_ai_tool_name: tool, error_type: code ?? '' };
  operations.observe(labels, durationMs / 1_000);
}
