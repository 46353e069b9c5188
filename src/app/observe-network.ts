import type { ServeObserver } from '../mcp/observer.ts';
import type { Metrics } from '../telemetry/metrics/metrics.ts';
import type { App } from './app.ts';
import type { NetworkSettings } from './settings/network-settings.ts';
import { version } from './version.ts';

/** Gets to know what a network server does, in addition to its telemetry files. */
export interface NetworkObservation {
  readonly observer: ServeObserver;
  /** The counts for /metrics; undefined where that is not served. */
  readonly metrics: Metrics | undefined;
  /** Sends what was not sent yet. */
  close(): Promise<void>;
}

/** Begins to count and to trace, where that is asked for; loads nothing where it is not. */
export async function observeNetwork(
  app: Pick<App, 'context' | 'observeStore' | 'telemetry'>,
  { metrics: isServed, otlp }: Pick<NetworkSettings, 'metrics' | 'otlp'>,
  observer: ServeObserver,
  onFault: (error: Error) => void,
): Promise<NetworkObservation> {
  if (!isServed && otlp === undefined) return { observer, metrics: undefined, close: async () => undefined };
  const { createMetrics } = await import('../telemetry/metrics/metrics.ts');
  const { store } = app.context(() => ({ name: 'metrics', version }), { readOnly: true });
  const metrics = await createMetrics(async () => {
    const { feed } = await store();
    await feed.look();
    return (await feed.recent(1))[0]?.index ?? -1;
  });
  app.observeStore(metrics.stored);
  const served = isServed ? metrics : undefined;
  if (otlp === undefined)
    return { observer: both(observer, metrics.served), metrics: served, close: async () => undefined };
  const { OtlpExporter } = await import('../telemetry/otlp/exporter.ts');
  const instance = app.telemetry.sessionId;
  const exporter = new OtlpExporter({ ...otlp, version, instance, metrics, onFault });
  return {
    observer: both(both(observer, metrics.served), exporter.served),
    metrics: served,
    close: () => exporter.close(),
  };
}

function both(one: ServeObserver, other: ServeObserver): ServeObserver {
  return {
    ...one,
    toolCalled: (facts) => {
      one.toolCalled?.(facts);
      other.toolCalled?.(facts);
    },
    resourceRead: (facts) => {
      one.resourceRead?.(facts);
      other.resourceRead?.(facts);
    },
  };
}
