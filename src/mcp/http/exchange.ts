import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** Headers of a request that the protocol looks at. */
const READ = ['content-type', 'mcp-protocol-version', 'mcp-method', 'mcp-name', 'last-event-id'] as const;
const PARAMETER = /^mcp-param-/;

/** Returns the request as the protocol library takes it; without its body, which is read before. */
export function webRequest({ headers, method = 'POST' }: IncomingMessage, signal: AbortSignal): Request {
  const kept = new Headers({ accept: 'application/json, text/event-stream' });
  for (const name of READ) if (typeof headers[name] === 'string') kept.set(name, headers[name]);
  for (const [name, value] of Object.entries(headers))
    if (PARAMETER.test(name) && typeof value === 'string') kept.set(name, value);
  return new Request('http://localhost/mcp', { method, headers: kept, signal });
}

/** Sends what the protocol library answered: JSON at once, a stream of events piece by piece. */
export async function sendResponse(
  answer: Response,
  response: ServerResponse,
  { asJson, more }: { readonly asJson: boolean; readonly more: OutgoingHttpHeaders },
): Promise<void> {
  const headers: OutgoingHttpHeaders = { ...Object.fromEntries(answer.headers), ...more, 'cache-control': 'no-store' };
  if (answer.body === null) {
    response.writeHead(answer.status, headers).end();
    return;
  }
  const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') === true;
  if (!isStream || asJson) {
    const text = await answer.text();
    const body = isStream ? lastMessage(text) : text;
    const length = Buffer.byteLength(body);
    response.writeHead(answer.status, { ...headers, 'content-type': 'application/json', 'content-length': length });
    response.end(body);
    return;
  }
  const reader = answer.body.getReader();
  const cancel = () => void reader.cancel().catch(() => undefined);
  response.once('close', cancel);
  // An answer that is there at once goes out as one packet: headers, event and end.
  let piece = await reader.read();
  response.writeHead(answer.status, { ...headers, 'x-accel-buffering': 'no' });
  // The socket, not the response: Node ends a corked response before it writes what it held back.
  const { socket } = response;
  socket?.cork();
  let isHeld = true;
  while (!piece.done && !response.destroyed) {
    const isFull = !response.write(piece.value);
    const next = reader.read();
    if (isHeld && (isFull || !(await Promise.race([next.then(() => true), immediate()])))) {
      socket?.uncork();
      isHeld = false;
    }
    if (isFull && !response.destroyed) await drained(response);
    piece = await next;
  }
  response.off('close', cancel);
  response.end();
}

/** Resolves with false after what can happen now has happened. */
function immediate(): Promise<false> {
  return new Promise((resolve) => setImmediate(resolve, false));
}

/** Returns true for a client that reads no stream of events, as one does that was written for this by hand. */
export function readsOnlyJson(accept: string | undefined): boolean {
  return accept !== undefined && !/text\/(?:event-stream|\*)|\*\/\*/i.test(accept);
}

/** Returns the last message of a stream of events: the answer. */
function lastMessage(events: string): string {
  const data = [...events.matchAll(/^data: (.+)$/gm)].map(([, line]) => line);
  return data.at(-1) ?? '';
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
