import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Message, StdioChild } from './stdio-child.ts';

const MODERN = '2026-07-28';
const PROTOCOL_VERSION = 'io.modelcontextprotocol/protocolVersion';
const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);
/** The HTTP status of an error of the 2026 era (MCP 2026-07-28, Streamable HTTP); 200 for all others. */
const STATUS = new Map([
  [-32700, 400],
  [-32600, 400],
  [-32601, 404],
  [-32602, 400],
  [-32020, 400],
  [-32021, 400],
  [-32022, 400],
]);

/** An HTTP endpoint in front of stdio processes. */
export interface Bridge {
  readonly url: string;
  /** Ends all processes. @throws Error when one of them did not end as it should */
  close(): Promise<void>;
}

/**
 * Streamable HTTP on loopback in front of a stdio server, because the conformance suite speaks only HTTP: one process for
 * each session of the 2025 era, one for all requests of 2026, which has no sessions. Everything but HTTP's own matters
 * (sessions, headers, statuses, DNS rebinding) is the process's answer, unchanged.
 */
export async function startBridge(command: string, args: readonly string[]): Promise<Bridge> {
  const sessions = new Map<string, StdioChild>();
  const ended: Array<Promise<void>> = [];
  let modern: StdioChild | undefined;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { host, origin, 'mcp-session-id': session } = request.headers;
    if (!isLocal(`http://${host}`) || (origin !== undefined && !isLocal(origin))) return refuse(response, 403);
    const known = typeof session === 'string' ? sessions.get(session) : undefined;
    if (session !== undefined && known === undefined) return refuse(response, 404);
    if (request.method === 'DELETE' && known !== undefined) {
      sessions.delete(String(session));
      ended.push(known.end());
      return void response.writeHead(200).end();
    }
    if (request.method !== 'POST') return refuse(response, 405);
    const message = parse(await readBody(request));
    if (message === undefined) return fail(response, { code: -32700, message: 'Parse error' });
    if (known !== undefined) return exchange(known, message, response, false);
    if (message.method === 'initialize' && !claimsModern(request, message)) {
      const id = randomUUID();
      const child = new StdioChild(command, args);
      sessions.set(id, child);
      response.setHeader('mcp-session-id', id);
      return exchange(child, message, response, false);
    }
    const version = request.headers['mcp-protocol-version'];
    const claimed = message.params?._meta?.[PROTOCOL_VERSION];
    if (claimed !== undefined && claimed !== version)
      return fail(response, { code: -32020, message: 'Header mismatch: MCP-Protocol-Version' }, message.id);
    modern ??= startModern(command, args);
    exchange(modern, message, response, true);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      for (const child of [...sessions.values(), ...(modern === undefined ? [] : [modern])]) ended.push(child.end());
      await Promise.all(ended);
    },
  };
}

/** A process that was spoken to in 2026's way before anybody else speaks: until then it would serve either era. */
function startModern(command: string, args: readonly string[]): StdioChild {
  const child = new StdioChild(command, args);
  const _meta = { [PROTOCOL_VERSION]: MODERN, 'io.modelcontextprotocol/clientCapabilities': {} };
  const ignore = (): void => undefined;
  child.request(
    { jsonrpc: '2.0', id: 'first', method: 'prompts/list', params: { _meta } },
    { onEvent: ignore, onAnswer: ignore },
  );
  return child;
}

/** Sends one message; the answer is JSON, or a stream of events when something comes before it. */
function exchange(child: StdioChild, message: Message, response: ServerResponse, statuses: boolean): void {
  if (message.method === undefined || (typeof message.id !== 'string' && typeof message.id !== 'number')) {
    child.forward(message);
    response.writeHead(202).end();
    return;
  }
  const event = (answer: Message) => {
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`event: message\ndata: ${JSON.stringify(answer)}\n\n`);
  };
  const { cancel } = child.request(
    { ...message, id: message.id },
    {
      onEvent: event,
      onAnswer: (answer) => {
        if (response.headersSent) {
          event(answer);
          response.end();
          return;
        }
        const status = (statuses && answer.error !== undefined && STATUS.get(answer.error.code)) || 200;
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      },
    },
  );
  response.on('close', () => {
    if (!response.writableFinished) cancel();
  });
}

function claimsModern(request: IncomingMessage, message: Message): boolean {
  return request.headers['mcp-protocol-version'] === MODERN || message.params?._meta?.[PROTOCOL_VERSION] === MODERN;
}

function isLocal(url: string): boolean {
  return URL.canParse(url) && LOCAL_HOSTS.has(new URL(url).hostname);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): Message | undefined {
  try {
    return JSON.parse(text) as Message;
  } catch {
    // The caller answers it.
    return undefined;
  }
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}

function fail(response: ServerResponse, error: { code: number; message: string }, id?: Message['id']): void {
  response.writeHead(400, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', ...(id !== undefined && { id }), error }));
}
