import { isLoopback } from '../core/access/listen-address.ts';
import { StoreError } from '../core/errors.ts';
import { serveHttp as serveOverHttp } from '../mcp/http/serve-http.ts';
import type { ServeObserver } from '../mcp/observer.ts';
import { openAccess } from './access-tokens.ts';
import type { App } from './app.ts';
import { version } from './version.ts';

/** The parts of a network server that its command has. */
export interface ServeHttpParts {
  readonly app: App;
  readonly observer: ServeObserver;
  readonly onFault: (error: Error) => void;
  readonly onListening: (url: string, tokenRequired: boolean) => void;
  readonly onImpatient: () => void;
  readonly warm: () => Promise<void>;
}

/**
 * Serves MCP over HTTP until a signal.
 *
 * @returns the exit code
 * @throws StoreError ARGUMENT_INVALID when it would be open to the network, for settings that are wrong, and for an address that
 * cannot be had; STORE_UNREADABLE for a damaged list of tokens
 */
export async function serveHttp(parts: ServeHttpParts): Promise<number> {
  const { app, observer, onFault } = parts;
  const { http, paths, readOnly } = app.settings();
  if (http === undefined) throw new Error('there must be an address to listen on');
  const access = openAccess(http, paths.state, onFault);
  const { host, port } = http.listen;
  if (!isLoopback(host) && !access.required()) throw openToAll(host);
  try {
    return await serveOverHttp({
      ...http,
      access,
      context: (client, reach) => app.context(client, reach),
      close: app.closeStore,
      observeStore: app.observeStore,
      observer,
      onFault,
      onListening: (url) => parts.onListening(url, access.required()),
      onImpatient: parts.onImpatient,
      warm: parts.warm,
      readOnly,
      version,
    });
  } catch (cause) {
    throw notListening(cause, `${host}:${port}`);
  }
}

/** Whether anyone on the network may write is not a question to answer by default. */
function openToAll(host: string): StoreError {
  return new StoreError(
    'ARGUMENT_INVALID',
    `refused to listen on ${host}: everyone who reaches it could use the store`,
    {
      hint: 'Beyond this machine a token is required.',
      advice: [{ do: 'add-token' }, { do: 'set', setting: 'SERVICE_AUTH_TOKEN_FILE' }],
    },
  );
}

function notListening(cause: unknown, where: string): unknown {
  const { code, syscall } = cause as NodeJS.ErrnoException;
  if (code === undefined) return cause;
  const isAddress = syscall === 'listen' || syscall === 'getaddrinfo' || syscall === 'bind';
  return new StoreError('ARGUMENT_INVALID', `${isAddress ? where : 'a file of TLS'} cannot be used (${code})`, {
    hint: isAddress
      ? 'Name an address of this machine and a port that is free.'
      : 'Name a PEM file that this user can read.',
    advice: [{ do: 'set', setting: isAddress ? 'CONFIG_STORE_HTTP' : 'CONFIG_STORE_TLS_CERT' }],
    cause,
  });
}
