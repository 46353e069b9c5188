import { isLoopback, type ListenAddress } from '../../core/access/listen-address.ts';
import type { Guidance } from '../../core/advice.ts';
import type { Metrics } from '../../telemetry/metrics/metrics.ts';
import type { NetworkServer } from '../network-server.ts';
import type { ServeObserver } from '../observer.ts';
import { type Access, failureCounter } from './callers.ts';
import { Calls } from './calls.ts';
import { type EndpointOptions, McpEndpoint } from './endpoint.ts';
import { type HttpLimits, LIMITS } from './limits.ts';
import { startListener, type TlsFiles } from './listener.ts';
import { ReadinessProbe } from './probes.ts';
import { createRoutes } from './routes.ts';

/** The parts the composition root gives the server. */
export interface ServeHttpOptions extends Omit<EndpointOptions, 'observer' | 'onFault' | 'limits'> {
  readonly listen: ListenAddress;
  readonly access: Access;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly tls?: TlsFiles | undefined;
  /** How long calls in flight may still take at the end, in milliseconds. */
  readonly drainMs: number;
  readonly limits?: Partial<HttpLimits> | undefined;
  /** Words guidance for the readers of pages. */
  readonly guide: (guidance: Guidance) => string;
  /** The counts for /metrics; without them there is no such route. */
  readonly metrics?: Metrics | undefined;
  readonly observer?: ServeObserver | undefined;
  readonly onFault?: ((error: Error) => void) | undefined;
}

/** Begins to serve. @throws Error as the system reports it when the address cannot be had */
export async function startHttp(options: ServeHttpOptions): Promise<NetworkServer> {
  const { access, context, readOnly, version, listen, allowedHosts, allowedOrigins, metrics, observer = {} } = options;
  const onFault = (error: Error) => options.onFault?.(error);
  const limits = { ...LIMITS, ...options.limits };
  const calls = new Calls(limits.calls);
  const store = context(() => ({ name: 'probe', version }), { prefix: undefined, readOnly: true }).store;
  const endpoint = new McpEndpoint({ ...options, observer, onFault, limits });
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
    context,
    guide: options.guide,
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
