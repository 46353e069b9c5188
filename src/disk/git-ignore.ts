import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Durable } from './durable.ts';

/**
 * Keeps a folder's files out of git, so that no key is committed by accident: a `.gitignore` of `*`, unless there is one.
 *
 * @throws StoreError as `Durable.writeFile`
 */
export async function ignoreInGit(folder: string, disk: Durable): Promise<void> {
  const path = join(folder, '.gitignore');
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined)
    await disk.writeFile(folder, path, Buffer.from('*\n'), 0o644);
}
