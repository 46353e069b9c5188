import { open } from 'node:fs/promises';
import { untilInterrupted } from '../../app/until-interrupted.ts';
import { StoreError } from '../../core/errors.ts';

/**
 * The bytes of a file, or of standard input for `-`; never holds much more than `maxBytes` of them.
 *
 * @throws StoreError `NOT_FOUND`, `ARGUMENT_INVALID` (a folder, or not readable), `CONTENT_TOO_LARGE`
 */
export async function readInput(path: string, maxBytes: number): Promise<Uint8Array> {
  if (path === '-') return untilInterrupted(collect(process.stdin, 'standard input', maxBytes));
  try {
    const file = await open(path);
    const stat = await file.stat();
    if (stat.isDirectory()) {
      await file.close();
      throw new StoreError('ARGUMENT_INVALID', `${path} is a folder`, {
        hint: 'Name one file, or "-" for standard input.',
      });
    }
    return await collect(file.createReadStream(), path, maxBytes);
  } catch (error) {
    throw asInputError(error, path);
  }
}

async function collect(stream: AsyncIterable<Uint8Array>, what: string, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > maxBytes) {
      throw new StoreError('CONTENT_TOO_LARGE', `${what} has more than ${maxBytes} bytes`, {
        hint: 'Store what configures the program, and keep larger data outside the store.',
        details: { limit: maxBytes },
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function asInputError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (error instanceof StoreError || code === undefined) return error;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new StoreError('NOT_FOUND', `there is no file ${path}`, {
      hint: 'Check the path, or give "-" to read standard input.',
      cause: error,
    });
  }
  return new StoreError('ARGUMENT_INVALID', `the file ${path} cannot be read (${code})`, {
    hint: 'Give a file that this user can read.',
    cause: error,
  });
}
