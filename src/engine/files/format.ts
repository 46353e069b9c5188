import { readFileSync } from 'node:fs';
import { StoreError } from '../../core/errors.ts';
import { fileFault } from '../../disk/file-fault.ts';

/** The on-disk format this release reads and writes. */
export const FORMAT_VERSION = 1;
/** The whole of the file `storage/format`. */
export const FORMAT_LINE = `mcp-config-store ${FORMAT_VERSION}\n`;

/** The longest `format` file that is looked at, in bytes; a longer one is not ours. */
const MAX_FORMAT_BYTES = 64;

/**
 * Reads `storage/format`: the version, or `undefined` when there is no such file.
 *
 * @throws StoreError `STORE_NEWER` when a newer release wrote the store, `CORRUPT` when the file holds anything else.
 * @throws StoreError `STORE_UNREADABLE` when the file cannot be read.
 */
export function readFormat(path: string): number | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileFault(error, path, 'read');
  }
  const match =
    bytes.length <= MAX_FORMAT_BYTES ? /^mcp-config-store ([1-9]\d{0,8})\n$/.exec(bytes.toString('latin1')) : null;
  if (match === null) {
    throw new StoreError('CORRUPT', 'the file storage/format is not the line the store writes there', {
      hint: `If this folder is the store, put back the line "${FORMAT_LINE.trim()}" followed by a newline; if not, point --var at the right folder.`,
    });
  }
  const version = Number(match[1]);
  if (version > FORMAT_VERSION) {
    throw new StoreError('STORE_NEWER', `the store has format ${version}, this release knows ${FORMAT_VERSION}`, {
      hint: 'Update mcp-config-store to the release that wrote it; nothing was changed.',
      details: { format: version, known: FORMAT_VERSION },
    });
  }
  return version;
}
