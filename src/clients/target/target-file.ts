import type { Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StoreError } from '../../core/errors.ts';
import { readStart, withRegularFile } from '../../disk/opened-file.ts';
import { PinnedFolder } from '../../disk/pinned-folder.ts';
import { realTarget } from './real-target.ts';
import { targetChanged, targetFault } from './target-fault.ts';

/** The largest file that is read; no client's list of servers comes near. */
export const MAX_CLIENT_FILE_BYTES = 16 * 1_048_576;
const BOM = '\uFEFF';
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A client's file, as it was read. */
export interface TargetFile {
  /** As it was asked for. */
  readonly path: string;
  /** Where its bytes are: links are followed, so that they stay links. */
  readonly realPath: string;
  /** Exactly what is in it; undefined when there is no file. */
  readonly bytes: Buffer | undefined;
  /** The very file that was read; undefined when there is none. */
  readonly stats: Stats | undefined;
  /** Its text without the byte order mark; undefined when there is no file. */
  readonly text: string | undefined;
  readonly hadByteOrderMark: boolean;
}

/**
 * Reads a client's file, or finds that there is none.
 *
 * @throws StoreError `TARGET_UNPARSABLE` when it is no UTF-8 text, `ARGUMENT_INVALID` when it cannot be read
 */
export async function readTarget(given: string): Promise<TargetFile> {
  const path = resolve(given);
  const realPath = follow(path);
  const { bytes, stats } = readHere(realPath, path) ?? {};
  if (bytes === undefined) return { path, realPath, bytes, stats, text: undefined, hadByteOrderMark: false };
  const text = decode(bytes, path);
  const hadByteOrderMark = text.startsWith(BOM);
  return { path, realPath, bytes, stats, text: hadByteOrderMark ? text.slice(1) : text, hadByteOrderMark };
}

/** Returns true while the path leads to the same file in this folder, with the same bytes as when it was read. */
export function isUnchanged({ path, realPath, bytes, stats }: TargetFile, folder: PinnedFolder): boolean {
  if (follow(path) !== realPath || !folder.isInPlace()) return false;
  const now = readIn(folder, realPath, path);
  if (now === undefined || bytes === undefined) return now === bytes;
  return now.stats.dev === stats?.dev && now.stats.ino === stats.ino && now.bytes.equals(bytes);
}

function follow(path: string): string {
  try {
    return realTarget(path);
  } catch (error) {
    throw error instanceof StoreError ? error : targetFault(error, path, 'read');
  }
}

interface Read {
  readonly bytes: Buffer;
  readonly stats: Stats;
}

function readHere(realPath: string, path: string): Read | undefined {
  let folder: PinnedFolder | undefined;
  try {
    folder = PinnedFolder.open(dirname(realPath));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw targetFault(error, path, 'read');
  }
  if (folder === undefined) throw targetChanged(path);
  try {
    return readIn(folder, realPath, path);
  } finally {
    folder.close();
  }
}

/**
 * Opens the file once, without following a link or waiting, and reads it through that descriptor.
 *
 * @throws StoreError as `readTarget`
 */
export function readIn(folder: PinnedFolder, realPath: string, path: string): Read | undefined {
  try {
    return withRegularFile(
      folder.to(realPath),
      (fd, stats) => {
        const bytes = Buffer.from(readStart(fd, Math.min(stats.size, MAX_CLIENT_FILE_BYTES) + 1));
        if (bytes.length > MAX_CLIENT_FILE_BYTES)
          throw unreadableText(path, `it is larger than ${MAX_CLIENT_FILE_BYTES} bytes`);
        return { bytes, stats };
      },
      () => {
        throw new StoreError('ARGUMENT_INVALID', `${path} is not a file`, {
          hint: 'Name the file in which the client lists its servers.',
          details: { file: path },
        });
      },
    );
  } catch (error) {
    throw error instanceof StoreError ? error : targetFault(error, path, 'read');
  }
}

function decode(bytes: Buffer, path: string): string {
  try {
    return UTF8.decode(bytes);
  } catch (cause) {
    throw unreadableText(path, 'it is not UTF-8 text', cause);
  }
}

function unreadableText(path: string, why: string, cause?: unknown): StoreError {
  return new StoreError('TARGET_UNPARSABLE', `${path} cannot be edited: ${why}`, {
    hint: 'It was left as it is. Save it as UTF-8, or paste the entry by hand.',
    advice: [{ do: 'print-entry' }],
    details: { file: path },
    cause,
  });
}
