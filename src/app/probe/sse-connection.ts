import { eventsOf } from './event-stream.ts';
import type { ServerConnection } from './handshake.ts';
import { answered, post, reasonOf, type ServerAddress } from './http-connection.ts';
import { resultOf } from './result-of.ts';

/** A server over HTTP with server-sent events, as the protocol was until 2025-03-26: answers come on one stream. */
export class SseConnection implements ServerConnection {
  readonly #address: ServerAddress;
  readonly #ending: AbortController;
  readonly #signal: AbortSignal;
  readonly #events: ReturnType<typeof eventsOf>;
  #id = 0;

  private constructor(
    address: ServerAddress,
    events: ReturnType<typeof eventsOf>,
    { ending, signal }: { readonly ending: AbortController; readonly signal: AbortSignal },
  ) {
    this.#address = address;
    this.#events = events;
    this.#ending = ending;
    this.#signal = signal;
  }

  /** Opens the stream, and learns where messages go. Rejects with an Error that says what went wrong. */
  static async open({ url, headers }: ServerAddress, limitMs: number): Promise<SseConnection> {
    const ending = new AbortController();
    const signal = AbortSignal.any([AbortSignal.timeout(limitMs), ending.signal]);
    const accept = { ...headers, accept: 'text/event-stream' };
    const response = await answered(() => fetch(url, { headers: accept, redirect: 'manual', signal }));
    const events = eventsOf(response.body);
    try {
      for (let next = await events.next(); next.done !== true; next = await events.next()) {
        if (next.value.event !== 'endpoint') continue;
        const target = new URL(next.value.data, url);
        // The headers may hold a token, which is for this server alone.
        if (target.origin !== new URL(url).origin) throw new Error('it sends messages to another server');
        return new SseConnection({ url: target.href, headers }, events, { ending, signal });
      }
      throw new Error('its stream does not say where messages go');
    } catch (error) {
      const isLate = signal.aborted;
      ending.abort();
      throw isLate ? new Error(reasonOf(signal.reason), { cause: error }) : error;
    }
  }

  async request(method: string, params: object): Promise<Record<string, unknown>> {
    const id = ++this.#id;
    await this.#send({ jsonrpc: '2.0', id, method, params });
    try {
      for (let next = await this.#events.next(); next.done !== true; next = await this.#events.next()) {
        if (next.value.event !== 'message') continue;
        const message = JSON.parse(next.value.data) as { id?: unknown };
        if (message.id === id) return resultOf(message);
      }
    } catch (error) {
      if (error instanceof SyntaxError)
        throw new Error('it answers something else than the protocol', { cause: error });
      throw this.#signal.aborted ? new Error(reasonOf(this.#signal.reason), { cause: error }) : error;
    }
    throw new Error('it ended its stream');
  }

  async notify(method: string): Promise<void> {
    await this.#send({ jsonrpc: '2.0', method });
  }

  end(): void {
    this.#ending.abort();
  }

  async #send(message: object): Promise<void> {
    const response = await post(this.#address, message, this.#signal);
    await response.body?.cancel();
  }
}
