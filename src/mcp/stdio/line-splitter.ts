/** One line of input without its line feed, or what is known of a line that was too long to keep. */
export type Line =
  | { readonly kind: 'line'; readonly bytes: Buffer }
  | { readonly kind: 'oversized'; readonly sizeBytes: number; readonly head: Buffer; readonly tail: Buffer };

/** How much of both ends of an oversized line is kept, in bytes: enough to find a request's id. */
const EDGE_BYTES = 4_096;
const LINE_FEED = 0x0a;

/**
 * Cuts a byte stream into lines, in time linear in its length however it is chunked, and never holds more than one line's
 * limit: of a longer line only the size and both ends are kept.
 */
export class LineSplitter {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #size = 0;
  #oversized: { head: Buffer; tail: Buffer } | undefined;

  /** @param maxBytes the longest line that is kept whole, in bytes, without its line feed */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that this chunk completes, in order. */
  *push(chunk: Buffer): Generator<Line> {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start);
      if (end === -1) break;
      this.#append(chunk.subarray(start, end));
      yield this.#take();
      start = end + 1;
    }
    if (start < chunk.length) this.#append(chunk.subarray(start));
  }

  /** Returns the rest when the stream has ended: a last line without a line feed, if there is one. */
  end(): Line | undefined {
    return this.#size === 0 ? undefined : this.#take();
  }

  #append(part: Buffer): void {
    this.#size += part.length;
    if (this.#oversized !== undefined) {
      this.#oversized.tail = lastOf(this.#oversized.tail, part);
      return;
    }
    this.#parts.push(part);
    if (this.#size <= this.#maxBytes) return;
    const whole = Buffer.concat(this.#parts);
    this.#parts = [];
    // Copies, because a view would keep the whole chunk in memory until the line ends.
    this.#oversized = {
      head: Buffer.from(whole.subarray(0, EDGE_BYTES)),
      tail: Buffer.from(whole.subarray(-EDGE_BYTES)),
    };
  }

  #take(): Line {
    const line: Line =
      this.#oversized === undefined
        ? {
            kind: 'line',
            bytes:
              this.#parts.length === 1 && this.#parts[0] !== undefined ? this.#parts[0] : Buffer.concat(this.#parts),
          }
        : { kind: 'oversized', sizeBytes: this.#size, ...this.#oversized };
    this.#parts = [];
    this.#size = 0;
    this.#oversized = undefined;
    return line;
  }
}

function lastOf(tail: Buffer, part: Buffer): Buffer {
  if (part.length >= EDGE_BYTES) return Buffer.from(part.subarray(-EDGE_BYTES));
  return Buffer.concat([tail, part]).subarray(-EDGE_BYTES);
}
