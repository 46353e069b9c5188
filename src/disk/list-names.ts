import { opendirSync } from 'node:fs';

/**
 * Returns the names in a folder, one at a time and in no order, so that its size costs no memory; none when it is not there.
 *
 * @throws the file system's own error when it cannot be listed
 */
export function* listNames(folder: string): Generator<string> {
  let names: ReturnType<typeof opendirSync>;
  try {
    names = opendirSync(folder, { bufferSize: 256 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    for (let entry = names.readSync(); entry !== null; entry = names.readSync()) yield entry.name;
  } finally {
    names.closeSync();
  }
}
