import { createMcpHandler, type McpHttpHandler, type McpServer } from '@modelcontextprotocol/server';
import { toStoreError } from '../../core/errors.ts';
import type { Context } from '../../verbs/shared/context.ts';
import { ChangeWatcher } from '../change-watcher.ts';
import type { ClientInfo, ServeObserver } from '../observer.ts';
import { presentable } from '../outbound.ts';
import { configUri } from '../resources/resources.ts';
import { createServer } from '../server.ts';
import type { Caller } from './callers.ts';
import type { HttpLimits } from './limits.ts';

/** The part of everything that a caller may do. */
export interface Reach {
  readonly prefix: string | undefined;
  readonly readOnly: boolean;
}

/** The parts of the endpoint. */
export interface EndpointOptions {
  /** The context of the verbs for one request: `client` says who asks, `reach` what they may do. */
  readonly context: (client: () => ClientInfo, reach: Reach) => Context;
  readonly observer: ServeObserver;
  readonly onFault: (error: Error) => void;
  readonly readOnly: boolean;
  readonly version: string;
  readonly limits: Pick<HttpLimits, 'subscriptions' | 'keepAliveMs'>;
  /** Adds to a server instance; for tests. */
  readonly extend?: ((server: McpServer) => void) | undefined;
}

/** The callers who reach the same configs, and hear of the same changes. */
interface Audience {
  readonly handler: McpHttpHandler;
  readonly watcher: ChangeWatcher;
}

/** One request: who sent it, and the tool it calls. */
interface Asked {
  readonly caller: Caller;
  readonly tool: string | undefined;
}

/** MCP over HTTP without sessions: each request has a server instance of its own, with what its caller may do. */
export class McpEndpoint {
  readonly #options: EndpointOptions;
  /** By prefix; the empty one reaches everything. A notification must not say that a config exists which its reader does not reach. */
  readonly #audiences = new Map<string, Audience>();
  readonly #asked = new WeakMap<Request, Asked>();

  constructor(options: EndpointOptions) {
    this.#options = options;
  }

  /** Serves one message, parsed and judged before. */
  async serve(request: Request, message: unknown, caller: Caller): Promise<Response> {
    const { handler, watcher } = this.#audienceOf(caller.token?.prefix);
    const { method, params } = message as { readonly method?: unknown; readonly params?: { readonly name?: unknown } };
    if (method === 'subscriptions/listen') await watcher.start();
    const name = method === 'tools/call' ? params?.name : undefined;
    this.#asked.set(request, { caller, tool: typeof name === 'string' ? name : undefined });
    return handler.fetch(request, { parsedBody: message });
  }

  /** Ends every stream. */
  async close(): Promise<void> {
    for (const { handler, watcher } of this.#audiences.values()) {
      watcher.stop();
      await handler.close();
    }
  }

  #audienceOf(prefix = ''): Audience {
    const known = this.#audiences.get(prefix);
    if (known !== undefined) return known;
    const audience = this.#createAudience(prefix === '' ? undefined : prefix);
    this.#audiences.set(prefix, audience);
    return audience;
  }

  #createAudience(prefix: string | undefined): Audience {
    const { context, version, limits } = this.#options;
    const handler = createMcpHandler(
      ({ era, requestInfo }) => {
        const asked = requestInfo === undefined ? undefined : this.#asked.get(requestInfo);
        // Without it there is no saying what may be done.
        if (asked === undefined) throw new Error('a request that was not asked here');
        return this.#createServer(era, asked, prefix, () => watcher);
      },
      // Its reports are of requests it refused, whose senders have the answer.
      { maxSubscriptions: limits.subscriptions, keepAliveMs: limits.keepAliveMs },
    );
    const own = context(() => ({ name: 'watcher', version }), { prefix, readOnly: true });
    const watcher = new ChangeWatcher(own.store, ({ changed, listChanged }) => {
      for (const uri of ['store://log', ...changed.map(configUri)]) handler.notify.resourceUpdated(uri);
      if (listChanged) handler.notify.resourcesChanged();
    });
    return { handler, watcher };
  }

  #createServer(
    era: 'legacy' | 'modern',
    { caller: { token }, tool }: Asked,
    prefix: string | undefined,
    watcher: () => ChangeWatcher,
  ): McpServer {
    const { context, observer, onFault, version, extend } = this.#options;
    const readOnly = this.#options.readOnly || (token !== undefined && !token.scopes.includes('write'));
    const { server } = createServer({
      context: (client) => context(() => named(client(), token?.name), { prefix, readOnly }),
      observer,
      onFault,
      watcher: watcher(),
      readOnly,
      version,
      era,
      push: era === 'modern',
      onlyTool: tool,
      origin: { principal: token?.name, transport: 'tcp' },
    });
    extend?.(server);
    presentAnswers(server);
    return server;
  }
}

/** Returns the author of a change: the token's name is proof, the client's a claim, and both are named. */
export function named(client: ClientInfo, token: string | undefined): ClientInfo {
  if (token === undefined) return client;
  return { name: client.name === 'unknown' ? token : `${token} (${client.name})`, version: client.version };
}

/** Lets what the protocol library answers pass our hands, as it does on stdio. */
function presentAnswers(server: McpServer): void {
  const connect = server.server.connect.bind(server.server);
  server.server.connect = (transport) => {
    const send = transport.send.bind(transport);
    transport.send = (message, options) => send(presentable(message), options);
    return connect(transport);
  };
}

/** Returns a failure as an error to report. */
export function asError(error: unknown): Error {
  return error instanceof Error ? error : toStoreError(error);
}
