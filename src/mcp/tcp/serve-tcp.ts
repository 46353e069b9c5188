import { once } from 'node:events';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { type ListenAddress, urlHost } from '../../core/access/listen-address.ts';
import type { AccessToken } from '../../core/access/token.ts';
import { type Changes, ChangeWatcher } from '../change-watcher.ts';
import type { Access } from '../http/callers.ts';
import { type EndpointOptions, named } from '../http/endpoint.ts';
import type { NetworkServer } from '../network-server.ts';
import { createServer } from '../server.ts';
import { LineTransport } from '../stdio/transport.ts';
import { readFirstLine } from './first-line.ts';

/** How long a connection may say nothing, and how many there may be. */
const IDLE_MS = 600_000;
const CONNECTIONS = 256;
/** How often the token of a connection is looked at while it says nothing, in milliseconds. */
const LOOK_MS = 1_000;
/** How long the calls of a connection may take once its client has sent all it had, in milliseconds. */
const DRAIN_MS = 10_000;

/** The parts the composition root gives the server. */
export interface ServeTcpOptions extends Omit<EndpointOptions, 'limits' | 'extend'> {
  readonly listen: ListenAddress;
  readonly access: Access;
  /** The scope of a connection without a token, where no token is known at all; `read` where some are. */
  readonly scope: 'read' | 'write';
  /** How long calls in flight may still take at the end, in milliseconds. */
  readonly drainMs: number;
}

/**
 * Serves MCP as lines of JSON on a TCP port: each connection is what standard input and output are elsewhere. Nothing is
 * encrypted.
 *
 * @throws Error as the system reports it when the address cannot be had
 */
export async function startTcp(options: ServeTcpOptions): Promise<NetworkServer> {
  const open = new Map<Socket, () => Promise<boolean>>();
  // Half open: `nc -N` sends all it has, and then waits for the answers.
  const server = createTcpServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    socket.on('error', () => undefined); // a client that went away: its connection closes
    void serveConnection(socket, options, open).catch((error: unknown) => {
      options.onFault(error as Error);
      socket.destroy();
    });
  });
  server.maxConnections = CONNECTIONS;
  server.listen(options.listen);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `tcp://${urlHost(options.listen.host)}:${port}`,
    end: async () => {
      server.close();
      const ended = await Promise.all([...open.values()].map((end) => end()));
      return ended.every(Boolean);
    },
    close: () => {
      for (const socket of open.keys()) socket.destroy();
    },
  };
}

async function serveConnection(
  socket: Socket,
  options: ServeTcpOptions,
  open: Map<Socket, () => Promise<boolean>>,
): Promise<void> {
  open.set(socket, async () => true);
  socket.once('close', () => open.delete(socket));
  const { access, context, observer, onFault, version, drainMs } = options;
  const first = await readFirstLine(socket);
  if (first.kind === 'other') return refuse(socket, NO_MESSAGE);
  const token = first.kind === 'token' ? access.find(first.secret) : undefined;
  if (first.kind === 'token' && !mayUse(token)) return refuse(socket, NO_TOKEN);
  const readOnly = options.readOnly || !mayWrite(token, options);
  const reach = { prefix: token?.prefix, readOnly };
  const tellers = new Set<(changes: Changes) => void>();
  const watcher = new ChangeWatcher(context(() => ({ name: 'watcher', version }), reach).store, (changes) => {
    for (const tell of tellers) tell(changes);
  });
  const { promise: ended, resolve: onEnd } = Promise.withResolvers<string>();
  const onInbound = (method: string) => {
    if (method === 'subscriptions/listen' || method === 'resources/list') void watcher.start();
  };
  // A token that was revoked, or the first token of all, ends what was open without it.
  const isAdmitted = () => (token === undefined ? readOnly || mayWrite(token, options) : access.isValid(token));
  const admits = () => {
    const is = isAdmitted();
    if (!is) socket.destroy();
    return is;
  };
  const looking = setInterval(admits, LOOK_MS).unref();
  socket.once('close', () => clearInterval(looking));
  const transport = new LineTransport({ stdin: socket, stdout: socket, onEnd, onInbound, admits });
  const handle = serveStdio(
    ({ era }) => {
      const { server, tell } = createServer({
        context: (client) => context(() => named(client(), token?.name), reach),
        observer,
        onFault,
        watcher,
        readOnly,
        version,
        era,
        declared: () => transport.declared,
        origin: { principal: token?.name, transport: 'tcp' },
      });
      tellers.add(tell);
      return server;
    },
    { transport },
  );
  const finish = async (limitMs: number) => {
    transport.stopReading();
    const drained = await transport.drained(limitMs);
    await handle.close();
    watcher.stop();
    socket.end();
    return drained;
  };
  open.set(socket, () => finish(drainMs));
  await ended;
  await finish(DRAIN_MS);
  // The other side may keep its half open.
  socket.destroySoon();
}

function mayUse(token: AccessToken | undefined): boolean {
  return token?.scopes.some((scope) => scope !== 'metrics') === true;
}

function mayWrite(token: AccessToken | undefined, { access, scope }: ServeTcpOptions): boolean {
  return token === undefined ? scope === 'write' && !access.required() : token.scopes.includes('write');
}

const NO_MESSAGE = {
  code: -32_700,
  message: 'Parse error: a connection begins with a message in JSON, or with the line "Bearer TOKEN"',
};
const NO_TOKEN = { code: -32_000, message: 'the token is not valid here: it may have been revoked' };

function refuse(socket: Socket, error: typeof NO_TOKEN): void {
  socket.end(`${JSON.stringify({ jsonrpc: '2.0', id: null, error })}\n`);
  socket.destroySoon();
}
