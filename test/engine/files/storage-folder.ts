import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StorageLayout, storageLayout } from '../../../src/engine/files/layout.ts';

/** An empty storage folder with the folders genesis makes, below the system's temporary folder. */
export async function makeStorageFolder(): Promise<{ layout: StorageLayout; dispose: () => Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'config-store-'));
  const layout = storageLayout(root);
  for (const folder of [layout.tmp, layout.objects, layout.log, layout.drafts]) mkdirSync(folder);
  return { layout, dispose: () => rm(root, { recursive: true, force: true }) };
}
