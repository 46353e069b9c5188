import type { AccessToken } from '../../core/access/token.ts';

/** How often the tokens of open streams are looked at, in milliseconds. */
const INTERVAL_MS = 1_000;

/** The streams that are open, so that one ends when its token is revoked. */
export class Streams {
  readonly #isValid: (token: AccessToken) => boolean;
  readonly #open = new Map<AbortController, AccessToken>();
  #timer: NodeJS.Timeout | undefined;

  constructor(isValid: (token: AccessToken) => boolean) {
    this.#isValid = isValid;
  }

  /** Watches a stream until `close` is called. */
  add(stream: AbortController, token: AccessToken | undefined): { close(): void } {
    if (token !== undefined) {
      this.#open.set(stream, token);
      this.#timer ??= setInterval(() => this.#look(), INTERVAL_MS).unref();
    }
    return {
      close: () => {
        this.#open.delete(stream);
        if (this.#open.size > 0) return;
        clearInterval(this.#timer);
        this.#timer = undefined;
      },
    };
  }

  #look(): void {
    for (const [stream, token] of this.#open) if (!this.#isValid(token)) stream.abort();
  }
}
