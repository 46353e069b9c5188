import { rmSync } from 'node:fs';
import { type LocalStoreOptions, openLocalStore, type StorePaths } from '../../src/app/local-store.ts';
import { openFilesEngine } from '../../src/engine/files/files-engine.ts';
import { memoryEngine } from '../../src/engine/memory/memory-engine.ts';
import { MemoryStore } from '../../src/engine/memory/memory-store.ts';
import type { Engine } from '../../src/engine/port.ts';
import type { Store } from '../../src/store/api/store.ts';
import { openStore as openOnEngine } from '../../src/store/open.ts';

export type { StorePaths };
export type OpenOptions = LocalStoreOptions;

/** True when the tests run on the engine in memory; what is about files, or several processes, is left out then. */
export const onMemory = process.env['ENGINE'] === 'memory';

// Stands for the volumes that outlive a store.
const memories = new Map<string, MemoryStore>();

/** What stands for a storage folder when the tests run in memory. */
export function memoryOf(storage: string): MemoryStore {
  const known = memories.get(storage) ?? new MemoryStore();
  memories.set(storage, known);
  return known;
}

/** Puts one memory in the place of another. */
export function replaceMemory(from: string, storage: string): void {
  memories.set(storage, memoryOf(from));
}

/** Takes the log, artifacts and drafts away, as a volume that is not mounted does; keys and state stay. */
export function loseStorage(storage: string): void {
  if (onMemory) memories.delete(storage);
  else rmSync(storage, { recursive: true });
}

/** Works on the engine below the stores of `paths`, as a program of its own would. */
export async function onEngine<T>(
  { storage, state }: Pick<StorePaths, 'storage' | 'state'>,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = onMemory ? memoryEngine(memoryOf(storage)) : openFilesEngine({ storage, gates: state });
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

/** Opens a store below `paths`: on files, or with ENGINE=memory on one memory for each storage folder. */
export function openStore(options: LocalStoreOptions): Promise<Store> {
  if (!onMemory) return openLocalStore(options);
  const { paths, ...rest } = options;
  const engine = memoryEngine(memoryOf(paths.storage));
  return openOnEngine({ ...rest, engine, keys: paths.keys, state: paths.state });
}
