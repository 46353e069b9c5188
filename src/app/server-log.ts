import type { ServeObserver } from '../mcp/observer.ts';
import type { StoreObserver } from '../store/api/observer.ts';
import type { Store } from '../store/api/store.ts';
import { REFUSAL_CODES } from '../telemetry/events/catalog.ts';
import type { Log } from '../telemetry/log.ts';

/** Writes what a person who runs a server needs to see, a line each: names, ids and codes, no content. */
export interface ServerLog {
  readonly server: ServeObserver;
  readonly store: StoreObserver;
  /** The store was opened, and what there is of its log was taken in. */
  opened(store: Store): void;
}

/** Creates the lines of a server. @param log asked for at each line: it is opened after the store's observer is wired */
export function serverLog(log: () => Log): ServerLog {
  return {
    server: {
      started: ({ version, readOnly }) => log().info('server started', { version, read_only: readOnly }),
      connected: ({ client, protocolVersion }) =>
        log().info('client connected', {
          'client.name': client.name,
          'client.version': client.version,
          'mcp.protocol.version': protocolVersion,
        }),
      toolCalled: ({ tool, code, config }) => {
        if (code === undefined || !REFUSAL_CODES.includes(code)) return;
        // A name that was refused as a credential or not found is only what a person typed.
        const named = code === 'SECRET_FOUND' || code === 'NOT_FOUND' ? undefined : config;
        log().info('refused', { 'gen_ai.tool.name': tool, 'error.type': code, 'config.name': named });
      },
      draining: ({ reason }) => log().info('server draining', { reason }),
      stopped: ({ reason, uptimeMs, drained }) =>
        log().info('server ended', { reason, drained, uptime_ms: Math.round(uptimeMs) }),
    },
    store: {
      committed: ({ index, commit, keyId }, { names, versions }) =>
        log().info('committed', {
          'config.names': names.map((name, at) => `${name}@${versions[at] ?? 0}`).join(' '),
          'log.index': index,
          'log.commit': commit,
          'key.id': keyId,
        }),
      fault: ({ code }) => log().warn('store fault', { 'error.type': code }),
    },
    opened: ({ state }) => {
      const { location, store, head } = state.identity();
      log().info('store opened', { location, store, 'log.index': head?.index, 'log.commit': head?.commit });
    },
  };
}

/** Returns one observer that tells several, in this order. */
export function inTurn<Observer extends object>(first: Observer, ...more: readonly NoInfer<Observer>[]): Observer {
  const observers = [first, ...more];
  type Methods = Record<string, ((...facts: unknown[]) => void) | undefined>;
  const names = new Set(observers.flatMap((observer) => Object.keys(observer)));
  const told = [...names].map((name) => [
    name,
    (...facts: unknown[]) => {
      for (const observer of observers) (observer as Methods)[name]?.(...facts);
    },
  ]);
  return Object.fromEntries(told) as Observer;
}
