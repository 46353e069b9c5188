import { StoreError } from '../core/errors.ts';

/** One file of an archive. */
export interface ArchiveFile {
  /** Relative, `/` between segments, at most 100 characters of A-Z, a-z, 0-9, `.`, `_`, `-`. */
  readonly path: string;
  /** Permission bits, for example 0o600. */
  readonly mode: number;
  readonly bytes: Uint8Array;
}

const BLOCK_BYTES = 512;
/** The largest file of an archive: a store's largest artifact, and an envelope, are far below it. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;
const PATH = /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[\w.-]+(?:\/[\w.-]+)*$/;

/** Where the fields of a header stand (POSIX.1-1988, ustar): offset and length in bytes. */
const FIELD = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  magic: [257, 8],
} as const satisfies Record<string, readonly [number, number]>;

/**
 * Writes a tar archive, block by block, as `tar -x` opens it: plain files only, owner 0, in the order given.
 *
 * @param mtime of every file, in seconds since 1970
 */
export async function* writeTar(
  files: Iterable<ArchiveFile> | AsyncIterable<ArchiveFile>,
  mtime: number,
): AsyncGenerator<Uint8Array> {
  for await (const { path, mode, bytes } of files) {
    yield header(path, mode, bytes.length, mtime);
    yield bytes;
    yield new Uint8Array(padding(bytes.length));
  }
  yield new Uint8Array(2 * BLOCK_BYTES);
}

/**
 * Reads an archive that `writeTar` made, and nothing else: what it gives can be written below a folder without leaving it.
 *
 * @throws StoreError CORRUPT for links, folders, devices, other paths, a path twice, wrong checksums, a cut or longer file.
 */
export async function* readTar(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ArchiveFile> {
  const source = new ByteSource(chunks);
  const seen = new Set<string>();
  for (;;) {
    const block = await source.take(BLOCK_BYTES);
    if (block.every((byte) => byte === 0)) break;
    const { path, mode, size, mtime } = parseHeader(block);
    if (!header(path, mode, size, mtime).equals(block)) throw damaged('a header has another form than ours');
    if (seen.has(path)) throw damaged(`${path} occurs twice`);
    seen.add(path);
    const bytes = await source.take(size);
    const rest = await source.take(padding(size));
    if (rest.some((byte) => byte !== 0)) throw damaged('there is something between two files');
    yield { path, mode, bytes };
  }
  const last = await source.take(BLOCK_BYTES);
  if (last.some((byte) => byte !== 0) || !(await source.ended())) throw damaged('something follows its end');
}

function header(path: string, mode: number, size: number, mtime: number): Buffer {
  if (path.length > FIELD.name[1] || !PATH.test(path)) throw damaged('a path is not one of ours');
  const block = Buffer.alloc(BLOCK_BYTES);
  const text = ([at]: readonly [number, number], value: string) => block.write(value, at, 'latin1');
  const octal = (field: readonly [number, number], value: number) =>
    text(field, `${value.toString(8).padStart(field[1] - 1, '0')}\0`);
  text(FIELD.name, path);
  octal(FIELD.mode, mode);
  octal(FIELD.uid, 0);
  octal(FIELD.gid, 0);
  octal(FIELD.size, size);
  octal(FIELD.mtime, mtime);
  text(FIELD.type, '0');
  text(FIELD.magic, 'ustar\x0000');
  text(FIELD.checksum, ' '.repeat(8)); // counted as spaces
  const sum = block.reduce((total, byte) => total + byte, 0);
  text(FIELD.checksum, `${sum.toString(8).padStart(6, '0')}\0 `);
  return block;
}

/** Reads the fields that vary; writing the header again shows whether the rest is ours. */
function parseHeader(block: Buffer): { path: string; mode: number; size: number; mtime: number } {
  const text = ([at, length]: readonly [number, number]) => block.toString('latin1', at, at + length);
  const octal = (field: readonly [number, number]) => {
    const digits = text(field).slice(0, -1);
    if (!/^[0-7]+$/.test(digits)) throw damaged('a number in a header is not octal');
    return Number.parseInt(digits, 8);
  };
  const size = octal(FIELD.size);
  if (size > MAX_FILE_BYTES) throw damaged(`a file of ${size} bytes is too large`);
  return { path: text(FIELD.name).replace(/\0+$/, ''), mode: octal(FIELD.mode), size, mtime: octal(FIELD.mtime) };
}

function padding(size: number): number {
  return (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;
}

/** Gives a stream's bytes in pieces of a size asked for. */
class ByteSource {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  async take(size: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for (let missing = size; missing > 0; ) {
      if (this.#rest.length === 0 && !(await this.#more())) throw damaged('it ends too early');
      const part = this.#rest.subarray(0, missing);
      this.#rest = this.#rest.subarray(part.length);
      parts.push(part);
      missing -= part.length;
    }
    return Buffer.concat(parts, size);
  }

  async ended(): Promise<boolean> {
    while (this.#rest.length === 0) if (!(await this.#more())) return true;
    return false;
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#chunks.next();
    if (done === true) return false;
    this.#rest = value;
    return true;
  }
}

function damaged(why: string): StoreError {
  return new StoreError('CORRUPT', `the archive is damaged, or not one of ours: ${why}`, {
    hint: 'Take an older backup, and check it.',
    advice: [{ do: 'check-backup' }],
  });
}
