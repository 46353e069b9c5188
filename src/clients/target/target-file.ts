import { lstat, readFile, realpath, stat } from 'node:fs/promises';
import { StoreError } from '../../core/errors.ts';
import { targetFault } from './target-fault.ts';

/** The largest file that is read; no client's list of servers comes near. */
const MAX_BYTES = 16 * 1_048_576;
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
  /** Its text without the byte order mark; undefined when there is no file. */
  readonly text: string | undefined;
  readonly hadByteOrderMark: boolean;
}

/**
 * Reads a client's file, or finds that there is none.
 *
 * @throws StoreError `TARGET_UNPARSABLE` when it is no UTF-8 text, `ARGUMENT_INVALID` when it cannot be read
 */
export async function readTarget(path: string): Promise<TargetFile> {
  const realPath = await follow(path);
  const bytes = await readBytes(realPath, path);
  if (bytes === undefined) return { path, realPath, bytes, text: undefined, hadByteOrderMark: false };
  const text = decode(bytes, path);
  const hadByteOrderMark = text.startsWith(BOM);
  return { path, realPath, bytes, text: hadByteOrderMark ? text.slice(1) : text, hadByteOrderMark };
}

/** Returns true while the path leads to the same bytes as when it was read. */
export async function isUnchanged({ path, realPath, bytes }: TargetFile): Promise<boolean> {
  if ((await follow(path)) !== realPath) return false;
  const now = await readBytes(realPath, path);
  return now === undefined || bytes === undefined ? now === bytes : now.equals(bytes);
}

async function follow(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw targetFault(error, path, 'read');
  }
  // Only the file may be missing, or its folders; a link to nothing is a mistake of its owner, and is not filled.
  const link = await lstat(path).catch(() => undefined);
  if (link?.isSymbolicLink())
    throw new StoreError('ARGUMENT_INVALID', `${path} is a link to a file that is not there`, {
      hint: 'Fix or remove the link, then run the command again.',
      details: { file: path },
    });
  return path;
}

async function readBytes(realPath: string, path: string): Promise<Buffer | undefined> {
  try {
    const stats = await stat(realPath);
    if (!stats.isFile())
      throw new StoreError('ARGUMENT_INVALID', `${path} is not a file`, {
        hint: 'Name the file in which the client lists its servers.',
        details: { file: path },
      });
    if (stats.size > MAX_BYTES) throw unreadableText(path, `it is larger than ${MAX_BYTES} bytes`);
    return await readFile(realPath);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw targetFault(error, path, 'read');
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
