import type { IncomingMessage, ServerResponse } from 'node:http';
import { jsonHeaders, Refusal, refusalBody } from './answers.ts';
import type { HttpLimits } from './limits.ts';

/** How long, and how much of, a body that is too large is read on, so that its sender reads the answer; milliseconds, bytes. */
const LINGER_MS = 2_000;
const LINGER_BYTES = 67_108_864;

/** Reads the bodies of requests, within a bound for each and one for all. */
export class BodyReader {
  readonly #limits: Pick<HttpLimits, 'bodyBytes' | 'bodyBytesTogether'>;
  #held = 0;

  constructor(limits: Pick<HttpLimits, 'bodyBytes' | 'bodyBytesTogether'>) {
    this.#limits = limits;
  }

  /**
   * Reads a body, and hands it over; its bytes count until `use` is done.
   *
   * @throws Refusal 413, 415, 503; Error when the sender goes away
   */
  async withBody<T>(request: IncomingMessage, use: (bytes: Buffer) => Promise<T>): Promise<T> {
    checkType(request);
    const { bodyBytes } = this.#limits;
    const declared = Number(request.headers['content-length'] ?? 0);
    if (declared > bodyBytes) throw tooLarge(bodyBytes);
    let held = 0;
    const hold = (bytes: number) => {
      if (this.#held + bytes > this.#limits.bodyBytesTogether)
        throw new Refusal(503, 'too many large requests at once', { 'retry-after': '1' });
      held += bytes;
      this.#held += bytes;
    };
    try {
      hold(declared);
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of request.iterator({ destroyOnReturn: false })) {
        size += (chunk as Buffer).length;
        if (size > bodyBytes) throw tooLarge(bodyBytes);
        if (size > held) hold(size - held);
        chunks.push(chunk as Buffer);
      }
      const bytes = Buffer.concat(chunks);
      return await use(bytes);
    } finally {
      this.#held -= held;
    }
  }
}

/** Answers a request whose body was not read to its end, and closes the connection once the sender had the time to read it. */
export async function refuseUnread(
  request: IncomingMessage,
  response: ServerResponse,
  { status, message, headers }: Refusal,
): Promise<void> {
  const body = JSON.stringify(refusalBody(message));
  response.writeHead(status, { ...jsonHeaders(body), connection: 'close', ...headers });
  response.write(body);
  if (!request.complete) await drained(request);
  response.end(() => request.socket.destroySoon());
}

/** Resolves once the rest of a body has come, or enough of it, or it took too long. */
function drained(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LINGER_MS);
    let left = LINGER_BYTES;
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    request.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) done();
    });
    request.once('end', done).once('close', done).once('error', done);
    request.resume();
  });
}

function checkType({ headers }: IncomingMessage): void {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new Refusal(415, 'Content-Type must be application/json');
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new Refusal(415, 'a compressed body is not read: send it as it is');
}

function tooLarge(limit: number): Refusal {
  return new Refusal(413, `the body is over the limit of ${limit} bytes`);
}
