/** Reads what SSH writes one after another: strings with their length in front (RFC 4251, section 5). */
export class SshReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get isDone(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** @throws RangeError where it is cut */
  string(): Buffer {
    const length = this.#bytes.readUInt32BE(this.#at);
    this.skip(4);
    if (this.#at + length > this.#bytes.length) throw new RangeError('cut');
    const found = this.#bytes.subarray(this.#at, this.#at + length);
    this.skip(length);
    return found;
  }

  /** A number, without the zero byte in front of one whose first bit is set. @throws RangeError where it is cut */
  number(): Buffer {
    const bytes = this.string();
    const start = bytes.findIndex((byte) => byte !== 0);
    return bytes.subarray(start === -1 ? bytes.length : start);
  }

  skip(bytes: number): void {
    this.#at += bytes;
  }
}
