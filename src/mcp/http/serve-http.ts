import { isLoopback, type ListenAddress } from '../../core/access/listen-address.ts';
import type { StoreObserver } from '../../store/api/observer.ts';
import type { Context } from '../../verbs/shared/context.ts';
import type { ServeObserver, StopReason } from '../observer.ts';
import { type Access, failureCounter } from './callers.ts';
import { Calls } from './calls.ts';
import { type EndpointOptions, McpEndpoint } from './endpoint.ts';
import { type HttpLimits, LIMITS } from './limits.ts';
import { startListener, type TlsFiles } from './listener.ts';
import type { Metrics } from './metrics.ts';
import { ReadinessProbe } from './probes.ts';
import { createRoutes } from './routes.ts';

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
/** How long closing the store may take, in milliseconds. */
const CLOSE_MS = 1_000;

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
  /** Called once with the address, when requests are served. */
  readonly onListening: (url: string) => void;
  /** Closes the store of the contexts, if it was opened. */
  readonly close: () => Promise<void>;
  /** Ends the process at once: asked for a second time. */
  readonly onImpatient: () => void;
  /** Called after listening began: loads what the first signature needs. */
  readonly warm?: (() => Promise<void>) | undefined;
}

/** A server that serves. */
export interface HttpServer {
  readonly url: string;
  /** Reads the certificate again; the one there was goes on when that fails. */
  reloadTls(): void;
  /** Takes no more requests, lets the calls in flight end, then the streams, closes the store; says whether all calls ended. */
  end(): Promise<boolean>;
  /** Ends every connection that is left. */
  close(): void;
}

/** Begins to serve. @throws Error as the system reports it when the address cannot be had */
export async function startHttp(options: Omit<ServeHttpOptions, 'onImpatient'>): Promise<HttpServer> {
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
  observer.started?.({ readOnly, version });
  options.onListening(listener.url);
  if (!readOnly) void options.warm?.().catch(onFault);
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
      await within(CLOSE_MS, options.close().catch(onFault));
      return drained;
    },
    close: () => listener.close(),
  };
}

/** Serves MCP over HTTP until a signal, and resolves with the exit code; a second signal does not wait. @throws as `startHttp` */
export async function serveHttp(options: ServeHttpOptions): Promise<number> {
  const startedMs = performance.now();
  const server = await startHttp(options);
  const { promise: stopped, resolve: stop } = Promise.withResolvers<StopReason>();
  let asked = false;
  const onSignal = (signal: (typeof SIGNALS)[number]) => {
    if (signal === 'SIGHUP' && options.tls !== undefined) return server.reloadTls();
    if (asked) options.onImpatient();
    asked = true;
    stop(signal);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const reason = await stopped;
  const drained = await server.end();
  options.observer?.stopped?.({ reason, uptimeMs: performance.now() - startedMs, drained });
  server.close();
  for (const signal of SIGNALS) process.off(signal, onSignal);
  return 0;
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

async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, limitMs);
  await Promise.race([work, late]);
  clearTimeout(timer);
}
