import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from '../core/errors.ts';
import { thousands } from '../core/thousands.ts';

/** How long a pipe may be without a reader, in milliseconds. */
const READER_WAIT_MS = 5_000;
const READER_POLL_MS = 20;

/** Returns true where there is something that is neither file nor folder: a pipe, a device, a file that is open already. */
export async function isSpecial(path: string): Promise<boolean> {
  const there = await stat(path).catch(() => undefined);
  if (there === undefined || there.isDirectory()) return false;
  return !there.isFile() || /^\/(?:dev|proc)\//.test(path);
}

/**
 * Writes into what is there and is no regular file, as a redirection of a shell does; it is never replaced.
 *
 * @returns how many bytes were written
 * @throws StoreError `STORE_FULL` saying how many, `ARGUMENT_INVALID`
 */
export async function writeInto(
  path: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<number> {
  const handle = await openForWriting(path);
  let written = 0;
  try {
    for await (const chunk of chunks)
      await writeAll(handle, chunk, (bytes) => {
        written += bytes;
      });
    return written;
  } catch (cause) {
    throw notWritable(path, cause, written);
  } finally {
    await handle.close();
  }
}

/** A pipe is opened without waiting in the kernel, where nothing could end the wait. */
async function openForWriting(path: string): Promise<FileHandle> {
  const untilMs = performance.now() + READER_WAIT_MS;
  for (;;) {
    try {
      const first = await open(path, constants.O_WRONLY | constants.O_NONBLOCK);
      const isPipe = (await first.stat()).isFIFO();
      if (!isPipe) return first;
      // Its reader is there now, so that this one does not wait, and its writes do.
      const handle = await open(path, 'w');
      await first.close();
      return handle;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENXIO') throw notWritable(path, cause, 0);
      if (performance.now() > untilMs) throw noReader(path, cause);
      await sleep(READER_POLL_MS);
    }
  }
}

function noReader(path: string, cause: unknown): StoreError {
  return new StoreError('ARGUMENT_INVALID', `${path} is a pipe that no program reads`, {
    hint: 'Start its reader first; nothing was written.',
    cause,
  });
}

/** Writes all of a chunk, however many writes it takes. */
export async function writeAll(
  handle: FileHandle,
  bytes: Uint8Array,
  count: (bytes: number) => void = () => undefined,
): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, at, bytes.length - at);
    count(bytesWritten);
    at += bytesWritten;
  }
}

/** Returns what a path that cannot be written means to a person. */
export function notWritable(path: string, cause: unknown, written?: number): StoreError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  if (cause instanceof StoreError) return cause;
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code))
    return new StoreError('STORE_FULL', `there is no room to write ${path}: ${extent(written)}`, {
      hint: 'Free some space, or name another disk.',
      details: { written: written ?? 0 },
      cause,
    });
  return new StoreError('ARGUMENT_INVALID', `${path} cannot be written (${code})`, {
    hint: 'Name a path in a folder that exists and that this user can write.',
    cause,
  });
}

function extent(written: number | undefined): string {
  return written === undefined ? 'nothing was changed' : `${thousands(written)} bytes were written`;
}
