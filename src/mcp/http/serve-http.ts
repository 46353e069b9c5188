import { isLoopback, type ListenAddress } from '../../core/access/listen-address.ts';
import type { StoreObserver } from '../../store/api/observer.ts';
import type { Context } from '../../verbs/shared/context.ts';
import type { NetworkServer } from '../network-server.ts';
import type { ServeObserver } from '../observer.ts';
import { type Access, failureCounter } from './callers.ts';
import { Calls } from './calls.ts';
import { type EndpointOptions, McpEndpoint } from './endpoint.ts';
import { type HttpLimits, LIMITS } from './limits.ts';
import { startListener, type TlsFiles } from './listener.ts';
import type { Metrics } from './metrics.ts';
import { ReadinessProbe } from './probes.ts';
import { createRoutes } from './routes.ts';

/** The parts the composition root gives the server. */
export interface ServeHttpOptions extends Omit<EndpointOptions, 'observer' | 'onFault' | 'maxSubscriptions'> {
  readonly listen: ListenAddress;
  readonly access: Access;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly tls?: TlsFiles | undefined;
  /** How long calls in flight may still take at the end, in milliseconds. */
  readonly drainMs: number;
  readonly limits?: Partial<HttpLimits> | undefined;
  /** True to count what happens, and to serve it at /metrics. */
  readonly metrics?: boolean | undefined;
  /** Reports what happens inside the store, where that is counted. */
  readonly observeStore?: ((observer: StoreObserver) => void) | undefined;
  readonly observer?: ServeObserver | undefined;
  readonly onFault?: ((error: Error) => void) | undefined;
}

/** Begins to serve. @throws Error as the system reports it when the address cannot be had */
export async function startHttp(options: ServeHttpOptions): Promise<NetworkServer> {
  const { access, context, readOnly, version, listen, allowedHosts, allowedOrigins } = options;
  const onFault = (error: Error) => options.onFault?.(error);
  const limits = { ...LIMITS, ...options.limits };
  const calls = new Calls(limits.calls);
  const store = context(() => ({ name: 'probe', version }), { prefix: undefined, readOnly: true }).store;
  const metrics = options.metrics === true ? await startMetrics(options, store) : undefined;
  const observer = bothObservers(options.observer, metrics?.served);
  const endpoint = new McpEndpoint({ ...options, observer, onFault, maxSubscriptions: limits.subscriptions });
  let ending = false;
  const routes = createRoutes({
    endpoint,
    access,
    rules: { loopback: isLoopback(listen.host), allowedHosts, allowedOrigins },
    limits,
    calls,
    countFailure: failureCounter(limits.failuresPerSecond),
    isEnding: () => ending,
    probe: new ReadinessProbe(store, readOnly),
    version,
    metrics,
    onFault,
  });
  const listener = await startListener(listen, routes, limits, options.tls);
  return {
    url: listener.url,
    reloadTls: () => {
      try {
        listener.reloadTls();
      } catch (error) {
        onFault(error as Error);
      }
    },
    end: async () => {
      ending = true;
      listener.stop();
      const drained = await calls.drained(options.drainMs);
      await endpoint.close();
      return drained;
    },
    close: () => listener.close(),
  };
}

async function startMetrics({ observeStore }: Pick<ServeHttpOptions, 'observeStore'>, store: Context['store']) {
  const { createMetrics } = await import('./metrics.ts');
  const metrics: Metrics = await createMetrics(store);
  observeStore?.(metrics.stored);
  return metrics;
}

function bothObservers(one: ServeObserver = {}, other: ServeObserver = {}): ServeObserver {
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
