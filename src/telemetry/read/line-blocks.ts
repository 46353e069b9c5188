import { MAX_LINE_BYTES } from '../events/event-line.ts';

const LINE_FEED = 0x0a;

/** Cuts a stream of bytes into blocks of whole lines, in linear time; a line beyond 1 MiB is dropped. */
export class LineBlocks {
  #parts: Buffer[] = [];
  #partBytes = 0;
  #dropping = false;

  /** True within a line that is too long: nothing is kept until it ends. */
  get dropping(): boolean {
    return this.#dropping;
  }

  /** The whole lines that are complete with this chunk, as UTF-8 text; the chunk's memory may be used again afterwards. */
  push(chunk: Buffer): string {
    const first = chunk.indexOf(LINE_FEED);
    if (first < 0) {
      this.#keep(chunk);
      return '';
    }
    const last = chunk.lastIndexOf(LINE_FEED);
    const begun = this.#parts;
    const head = this.#dropping ? chunk.subarray(first + 1, last + 1) : chunk.subarray(0, last + 1);
    this.#parts = [];
    this.#partBytes = 0;
    this.#dropping = false;
    const text = begun.length === 0 ? head.toString('utf8') : Buffer.concat([...begun, head]).toString('utf8');
    this.#keep(chunk.subarray(last + 1));
    return text;
  }

  /** Returns the text after the last line break: a line that was torn, or is being written. */
  rest(): string {
    return Buffer.concat(this.#parts).toString('utf8');
  }

  #keep(tail: Buffer): void {
    if (this.#dropping || tail.length === 0) return;
    this.#partBytes += tail.length;
    if (this.#partBytes > MAX_LINE_BYTES) {
      this.#parts = [];
      this.#dropping = true;
      return;
    }
    this.#parts.push(Buffer.from(tail));
  }
}
