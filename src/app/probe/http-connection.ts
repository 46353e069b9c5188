import { chunksOf, eventsOf } from './event-stream.ts';
import { LEGACY, MODERN, type ServerConnection } from './handshake.ts';
import { resultOf } from './result-of.ts';

/** A server and what every request to it carries. */
export interface ServerAddress {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A server over streamable HTTP. */
export class HttpConnection implements ServerConnection {
  readonly #address: ServerAddress;
  readonly #signal: AbortSignal;
  #session: string | undefined;
  #version: string | undefined;
  #id = 0;

  constructor(address: ServerAddress, limitMs: number) {
    this.#address = address;
    this.#signal = AbortSignal.timeout(limitMs);
  }

  async request(method: string, params: object): Promise<Record<string, unknown>> {
    const id = ++this.#id;
    const response = await this.#post(method, { jsonrpc: '2.0', id, method, params });
    this.#session ??= response.headers.get('mcp-session-id') ?? undefined;
    const result = resultOf(await messageWithId(response, id));
    if (method === 'initialize') this.#version = String(result['protocolVersion'] ?? LEGACY);
    return result;
  }

  async notify(method: string): Promise<void> {
    const response = await this.#post(method, { jsonrpc: '2.0', method });
    await response.body?.cancel();
  }

  end(): void {
    if (this.#session === undefined) return;
    // A server may refuse this, and forgets a session by itself in time.
    const { url, headers } = this.#address;
    const more = { ...headers, 'mcp-session-id': this.#session };
    void fetch(url, { method: 'DELETE', headers: more, redirect: 'manual', signal: this.#signal }).then(
      ({ body }) => body?.cancel(),
      () => undefined,
    );
  }

  #post(method: string, message: object): Promise<Response> {
    const isModern = method === 'server/discover';
    const version = isModern ? MODERN : this.#version;
    return post(this.#address, message, this.#signal, {
      ...(version !== undefined && { 'mcp-protocol-version': version }),
      ...(isModern && { 'mcp-method': method }),
      ...(this.#session !== undefined && { 'mcp-session-id': this.#session }),
    });
  }
}

/** Sends one message. @throws Error that says what went wrong, and repeats neither address nor header */
export async function post(
  { url, headers }: ServerAddress,
  message: object,
  signal: AbortSignal,
  more: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const accept = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };
  const body = JSON.stringify(message);
  return answered(() =>
    fetch(url, { method: 'POST', headers: { ...headers, ...accept, ...more }, body, redirect: 'manual', signal }),
  );
}

/** Returns an answer that is a good one. Redirections are not followed: they would take the headers elsewhere. */
export async function answered(ask: () => Promise<Response>): Promise<Response> {
  let response: Response;
  try {
    response = await ask();
  } catch (error) {
    throw new Error(reasonOf(error), { cause: error });
  }
  if (response.ok) return response;
  await response.body?.cancel();
  if (response.status === 401 || response.status === 403)
    throw new Error(`it wants another authorization (status ${response.status})`);
  if (response.status >= 300 && response.status < 400)
    throw new Error(`it sends to another address (status ${response.status}): give that one`);
  throw new Error(`it answered with status ${response.status}`);
}

/** Says in a few words why no answer came. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it cannot be reached';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'it did not answer in time';
  const code = (error.cause as NodeJS.ErrnoException | undefined)?.code;
  return code === undefined ? 'it cannot be reached' : `it cannot be reached (${code})`;
}

async function messageWithId(response: Response, id: number): Promise<unknown> {
  try {
    if (/^text\/event-stream/i.test(response.headers.get('content-type') ?? '')) {
      for await (const { data } of eventsOf(response.body)) {
        const message = JSON.parse(data) as { id?: unknown };
        if (message.id === id) return message;
      }
      throw new Error('it ended its answer without one');
    }
    let text = '';
    for await (const chunk of chunksOf(response.body)) text += chunk;
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new Error('it answers something else than the protocol', { cause: error });
    throw error;
  }
}
