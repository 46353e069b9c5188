import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Durable } from '../../../src/disk/durable.ts';
import { type FilesEngine, openFilesEngine } from '../../../src/engine/files/files-engine.ts';
import { type StorageLayout, storageLayout } from '../../../src/engine/files/layout.ts';

/** A prepared, empty storage folder below the system's temporary folder. */
export interface StorageFolder {
  /** Everything is below it; `storage` and `gates` are its folders. */
  readonly home: string;
  readonly gates: string;
  readonly layout: StorageLayout;
  /** Opens an engine on it, which `dispose` closes. */
  open(disk?: Durable): FilesEngine;
  /** The same on another folder. */
  openAt(storage: string): FilesEngine;
  dispose(): Promise<void>;
}

/** Makes a storage folder as `prepare` does, and a folder for turns. */
export async function makeStorageFolder(): Promise<StorageFolder> {
  const home = await mkdtemp(join(tmpdir(), 'config-store-'));
  const [storage, gates] = [join(home, 'storage'), join(home, 'gates')];
  mkdirSync(gates);
  const opened: FilesEngine[] = [];
  const openAt = (at: string, disk?: Durable) => {
    const engine = openFilesEngine({ storage: at, gates, disk });
    opened.push(engine);
    return engine;
  };
  const open = (disk?: Durable) => openAt(storage, disk);
  await open().prepare();
  return {
    home,
    gates,
    layout: storageLayout(storage),
    open,
    openAt: (at) => openAt(at),
    dispose: async () => {
      for (const engine of opened) await engine.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
