import { isLoopback, type ListenAddress, urlHost } from '../core/access/listen-address.ts';
import type { Guidance } from '../core/advice.ts';
import { StoreError } from '../core/errors.ts';
import { type NetworkServer, untilSignal } from '../mcp/network-server.ts';
import type { ServeObserver } from '../mcp/observer.ts';
import { type Access, openAccess } from './access-tokens.ts';
import type { App } from './app.ts';
import { type NetworkObservation, observeNetwork } from './observe-network.ts';
import type { NetworkSettings } from './settings/network-settings.ts';
import { version } from './version.ts';

/** How long closing the store may take, in milliseconds. */
const CLOSE_MS = 1_000;

/** The parts of a network server that its command has. */
export interface ServeNetworkParts {
  readonly app: App;
  readonly observer: ServeObserver;
  readonly onFault: (error: Error) => void;
  /** Called for each address that is served. */
  readonly onListening: (url: string, tokenRequired: boolean) => void;
  /** Ends the process at once: asked for a second time. */
  readonly onImpatient: () => void;
  /** Words guidance for people who read pages of the server. */
  readonly guide: (guidance: Guidance) => string;
  /** Called after listening began: loads what the first signature needs. */
  readonly warm: () => Promise<void>;
}

/**
 * Serves MCP over HTTP, as lines over TCP, or both, until a signal; then takes no more requests, lets the calls in flight end,
 * closes the store and resolves with the exit code.
 *
 * @throws StoreError ARGUMENT_INVALID when it would be open to the network, for settings that are wrong, and for an address that
 * cannot be had; STORE_UNREADABLE for a damaged list of tokens
 */
export async function serveNetwork(parts: ServeNetworkParts): Promise<number> {
  const { app, onFault } = parts;
  const { network, paths, readOnly } = app.settings();
  if (network === undefined) throw new Error('there must be an address to listen on');
  const startedMs = performance.now();
  const access = openAccess(network, paths.state, onFault);
  const observation = await observeNetwork(app, network, parts.observer, onFault);
  const { observer } = observation;
  const servers = await startAll(network, access, parts, observation);
  observer.started?.({ readOnly, version });
  for (const { url } of servers) parts.onListening(url, access.required());
  if (!readOnly) void parts.warm().catch(onFault);
  const reload = () => {
    for (const server of servers) server.reloadTls?.();
  };
  const reason = await untilSignal(network.tls === undefined ? undefined : reload, parts.onImpatient);
  observer.draining?.({ reason });
  const drained = (await Promise.all(servers.map((server) => server.end()))).every(Boolean);
  await observation.close();
  await within(CLOSE_MS, app.closeStore().catch(onFault));
  observer.stopped?.({ reason, uptimeMs: performance.now() - startedMs, drained });
  for (const server of servers) server.close();
  return 0;
}

/** Each protocol is loaded where it is asked for. */
async function startAll(
  network: NetworkSettings,
  access: Access,
  { app, onFault, guide }: ServeNetworkParts,
  { observer, metrics }: NetworkObservation,
): Promise<readonly NetworkServer[]> {
  const { http, tcp, tcpScope } = network;
  if (http !== undefined && !isLoopback(http.host) && !access.required()) throw openToAll(http);
  if (tcp !== undefined && !isLoopback(tcp.host) && tcpScope === undefined) throw unsaidScope(tcp);
  const { readOnly } = app.settings();
  const context: App['context'] = (author, reach) => app.context(author, { ...reach, isRemote: true });
  const common = { ...network, access, context, observer, onFault, readOnly, version };
  const servers: NetworkServer[] = [];
  if (http !== undefined) {
    const { startHttp } = await import('../mcp/http/serve-http.ts');
    servers.push(await start(http, (listen) => startHttp({ ...common, listen, guide, metrics })));
  }
  if (tcp !== undefined) {
    const { startTcp } = await import('../mcp/tcp/serve-tcp.ts');
    servers.push(await start(tcp, (listen) => startTcp({ ...common, listen, scope: tcpScope ?? 'write' })));
  }
  return servers;
}

async function start(
  listen: ListenAddress,
  begin: (listen: ListenAddress) => Promise<NetworkServer>,
): Promise<NetworkServer> {
  try {
    return await begin(listen);
  } catch (error) {
    throw notListening(error as NodeJS.ErrnoException, listen);
  }
}

/** Whether anyone on the network may write is not a question to answer by default. */
function openToAll({ host }: ListenAddress): StoreError {
  return new StoreError(
    'ARGUMENT_INVALID',
    `refused to listen on ${host}: everyone who reaches it could use the store`,
    {
      hint: 'Beyond this machine a token is required.',
      advice: [{ do: 'add-token' }, { do: 'set', setting: 'SERVICE_AUTH_TOKEN_FILE' }],
    },
  );
}

function unsaidScope({ host }: ListenAddress): StoreError {
  return new StoreError(
    'ARGUMENT_INVALID',
    `refused to listen on ${host}: everyone who reaches it could use the store`,
    {
      hint: 'Beyond this machine it has to be said what those without a token may do.',
      advice: [{ do: 'set', setting: 'CONFIG_STORE_TCP_SCOPE' }],
    },
  );
}

function notListening(cause: NodeJS.ErrnoException, { host, port }: ListenAddress): Error {
  const { code, syscall } = cause;
  if (code === undefined) return cause;
  const isAddress = syscall === 'listen' || syscall === 'getaddrinfo' || syscall === 'bind';
  return new StoreError(
    'ARGUMENT_INVALID',
    `${isAddress ? `${urlHost(host)}:${port}` : 'a file of TLS'} cannot be used (${code})`,
    {
      hint: isAddress
        ? 'Name an address of this machine and a port that is free.'
        : 'Name a PEM file that this user can read.',
      advice: [{ do: 'set', setting: isAddress ? 'CONFIG_STORE_HTTP' : 'CONFIG_STORE_TLS_CERT' }],
      cause,
    },
  );
}

async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, limitMs);
  await Promise.race([work, late]);
  clearTimeout(timer);
}
