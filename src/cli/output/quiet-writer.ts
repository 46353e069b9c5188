import { fstatSync, writeSync } from 'node:fs';
import { StoreError } from '../../core/errors.ts';
import { thousands } from '../../core/thousands.ts';

/** Writes a chunk, all of it. */
export interface QuietWriter {
  (chunk: string | Uint8Array): Promise<void>;
  /** True once the reader has gone away. */
  readonly isClosed: () => boolean;
}

/**
 * Returns a writer for a stream of the process. A reader that goes away (EPIPE) ends the writing quietly; a failed write
 * says how much was written.
 */
export function quietWriter(stream: NodeJS.WriteStream): QuietWriter {
  let fault: NodeJS.ErrnoException | undefined;
  let written = 0;
  // Without a listener the error event of a closed pipe would end the process with a stack trace.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    fault ??= error;
  });
  const file = fileOf(stream);
  const write = async (chunk: string | Uint8Array): Promise<void> => {
    if (fault?.code === 'EPIPE' || chunk.length === 0) return;
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk;
    try {
      if (file !== undefined) for (let at = 0; at < bytes.length; ) at += counted(writeSync(file, bytes, at));
      else counted(await writeToStream(stream, bytes));
    } catch (error) {
      const failed = fault ?? (error as NodeJS.ErrnoException);
      if (failed.code !== 'EPIPE') throw unwritable(failed, written);
      fault = failed;
    }
  };
  return Object.assign(write, { isClosed: () => fault?.code === 'EPIPE' });

  function counted(bytes: number): number {
    written += bytes;
    return bytes;
  }
}

/**
 * Returns the descriptor of a stream that writes to a file. Node takes a write that was cut short, on a disk that is nearly full, for
 * a whole one there.
 */
function fileOf(stream: NodeJS.WriteStream & { readonly fd?: unknown }): number | undefined {
  try {
    return typeof stream.fd === 'number' && fstatSync(stream.fd).isFile() ? stream.fd : undefined;
  } catch {
    // A closed one cannot be written either: the stream says so.
    return undefined;
  }
}

function writeToStream(stream: NodeJS.WriteStream, bytes: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    stream.write(bytes, (failed) => (failed ? reject(failed) : resolve(bytes.length)));
  });
}

function unwritable(error: NodeJS.ErrnoException, written: number): StoreError {
  const isFull = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(error.code ?? '');
  return new StoreError(
    isFull ? 'STORE_FULL' : 'ARGUMENT_INVALID',
    `the output cannot be written (${error.code ?? error.name}): ${thousands(written)} bytes of it were`,
    { hint: 'Send it elsewhere; what the command had to do was done before.', details: { written }, cause: error },
  );
}
