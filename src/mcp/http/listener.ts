import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type ListenAddress, urlHost } from '../../core/access/listen-address.ts';
import { jsonHeaders, refusalBody } from './answers.ts';
import type { HttpLimits } from './limits.ts';

/** Paths of a certificate with its chain, and of its private key, both PEM. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** How often connections that take too long are looked for, in milliseconds. */
const CHECK_MS = 1_000;

/** A server that listens. */
export interface Listener {
  readonly url: string;
  /** Reads the certificate again. @throws Error when its files cannot be read */
  reloadTls(): void;
  /** Takes no further connection, and ends those without a request. */
  stop(): void;
  /** Ends every connection. */
  close(): void;
}

/** Begins to listen. @throws Error as the system reports it, or when the files of TLS cannot be read */
export async function startListener(
  { host, port }: ListenAddress,
  routes: RequestListener,
  limits: HttpLimits,
  tls: TlsFiles | undefined,
): Promise<Listener> {
  const options: ServerOptions = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    connectionsCheckingInterval: Math.min(CHECK_MS, limits.headersMs),
    noDelay: true,
  };
  const secure = tls === undefined ? undefined : createTlsServer({ ...options, ...readTls(tls) }, routes);
  const server: Server | TlsServer = secure ?? createServer(options, routes);
  server.maxConnections = limits.connections;
  server.setTimeout(limits.stalledMs, (socket: Socket) => socket.destroy());
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => answerFault(error, socket));
  server.listen({ host, port });
  await once(server, 'listening');
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http${secure === undefined ? '' : 's'}://${urlHost(host)}:${actual}/mcp`,
    reloadTls: () => {
      if (tls !== undefined) secure?.setSecureContext(readTls(tls));
    },
    stop: () => {
      server.close();
      server.closeIdleConnections();
    },
    close: () => server.closeAllConnections(),
  };
}

function readTls({ cert, key }: TlsFiles): { cert: Buffer; key: Buffer } {
  return { cert: readFileSync(cert), key: readFileSync(key) };
}

/** The statuses of what cannot be read as HTTP. */
const FAULTS: Readonly<Record<string, readonly [status: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'the headers are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request took too long to arrive'],
};

function answerFault({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] = FAULTS[code ?? ''] ?? ['400 Bad Request', 'the request is not HTTP/1.1'];
  const body = JSON.stringify(refusalBody(message));
  const headers = Object.entries({ ...jsonHeaders(body), connection: 'close' });
  const lines = [`HTTP/1.1 ${status}`, ...headers.map(([name, value]) => `${name}: ${value}`), '', body];
  socket.end(lines.join('\r\n'));
}
