import { SSEClientTransport, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Reach } from './probe-server.ts';

/** No more is read of an answer of a server that is probed, in bytes. */
const MAX_BYTES = 4_194_304;

/** A server and what every request to it carries. */
export interface ServerAddress {
  readonly type: 'sse' | 'streamable-http';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * A server at an address. No redirection is followed, which would take the headers along, and no authorization is asked for:
 * whatever is not an answer is a fault.
 *
 * @throws Error for an address that is not of HTTP
 */
export function remoteServer({ type, url, headers = {} }: ServerAddress): Reach {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address === undefined || !/^https?:$/.test(address.protocol)) throw new Error('its address is not http');
  return (ending) => {
    const ask = async (target: string | URL, init: RequestInit = {}) => {
      const signal = AbortSignal.any([ending.signal, ...(init.signal ? [init.signal] : [])]);
      const response = await fetch(target, { ...init, redirect: 'manual', signal }).catch((error: unknown) => {
        throw fail(ending, unreachable(error));
      });
      // A stream of its own and the end of its session are nothing that a server must offer.
      if (!response.ok && (init.method === 'POST' || type === 'sse')) {
        await response.body?.cancel();
        throw fail(ending, refusal(response.status));
      }
      return bounded(response, ending);
    };
    const options = { requestInit: { headers }, fetch: ask };
    return type === 'sse'
      ? new SSEClientTransport(address, options)
      : new StreamableHTTPClientTransport(address, options);
  };
}

function fail(ending: AbortController, why: string): Error {
  const fault = new Error(why);
  ending.abort(fault);
  return fault;
}

function bounded(response: Response, ending: AbortController): Response {
  if (response.body === null) return response;
  let size = 0;
  const limit = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      size += chunk.length;
      if (size <= MAX_BYTES) controller.enqueue(chunk);
      else controller.error(fail(ending, `it answered with more than ${MAX_BYTES} bytes`));
    },
  });
  const copy = new Response(response.body.pipeThrough(limit), response);
  return Object.defineProperty(copy, 'url', { value: response.url });
}

function refusal(status: number): string {
  if (status === 401 || status === 403) return `it wants another authorization (status ${status})`;
  if (status >= 300 && status < 400) return `it sends to another address (status ${status}): give that one`;
  return `it answered with status ${status}`;
}

function unreachable(error: unknown): string {
  const code = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined)?.code : undefined;
  return code === undefined ? 'it cannot be reached' : `it cannot be reached (${code})`;
}
