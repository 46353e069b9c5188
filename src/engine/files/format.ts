import { StoreError } from '../../core/errors.ts';
import { fileFault } from '../../disk/file-fault.ts';
import { readStart, withRegularFile } from '../../disk/opened-file.ts';
import { isMissing, type Storage } from './storage.ts';

/** The on-disk format this release reads and writes. */
export const FORMAT_VERSION = 1;
/** The whole of the file `storage/format`. */
export const FORMAT_LINE = `mcp-config-store ${FORMAT_VERSION}\n`;

/** The longest `format` file that is looked at, in bytes; a longer one is not ours. */
const MAX_FORMAT_BYTES = 64;

/**
 * Reads `storage/format`: the version, or `undefined` when there is no such file.
 *
 * @throws StoreError `STORE_NEWER` when a newer release wrote the store, `CORRUPT` when there is anything else.
 * @throws StoreError `STORE_UNREADABLE` when the file cannot be read.
 */
export function readFormat({ layout, folders }: Storage): number | undefined {
  let bytes: Uint8Array | undefined;
  try {
    bytes = withRegularFile(
      folders.toRead(layout.format),
      (fd) => readStart(fd, MAX_FORMAT_BYTES + 1),
      (found) => {
        throw foreign(`is ${found} and not the file`);
      },
    );
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw fileFault(error, layout.format, 'read');
  }
  if (bytes === undefined) return undefined;
  const match =
    bytes.length <= MAX_FORMAT_BYTES
      ? /^mcp-config-store ([1-9]\d{0,8})\n$/.exec(Buffer.from(bytes).toString('latin1'))
      : null;
  if (match === null) throw foreign('is not the line');
  const version = Number(match[1]);
  if (version > FORMAT_VERSION) {
    throw new StoreError('STORE_NEWER', `the store has format ${version}, this release knows ${FORMAT_VERSION}`, {
      hint: 'A newer release wrote it; nothing was changed.',
      advice: [{ do: 'upgrade' }],
      details: { format: version, known: FORMAT_VERSION },
    });
  }
  return version;
}

function foreign(is: string): StoreError {
  return new StoreError('CORRUPT', `storage/format ${is} that the store writes there`, {
    hint: `If this folder is the store, put back a file with the line "${FORMAT_LINE.trim()}" and a newline; if not, the setting names another folder than it should.`,
    advice: [{ do: 'set', setting: 'CONFIG_STORE_VAR' }],
  });
}
