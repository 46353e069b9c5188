import { type LocalStoreOptions, openLocalStore } from '../../src/app/local-store.ts';
import { memoryEngine } from '../../src/engine/memory/memory-engine.ts';
import { MemoryStore } from '../../src/engine/memory/memory-store.ts';
import type { Store } from '../../src/store/api/store.ts';
import { openStore as openOnEngine } from '../../src/store/open.ts';

export type { StorePaths } from '../../src/app/local-store.ts';
export type OpenOptions = LocalStoreOptions;

/** True when the tests run on the engine in memory; what is about files, or several processes, is left out then. */
export const onMemory = process.env['ENGINE'] === 'memory';

const memories = new Map<string, MemoryStore>();

/** What stands for a storage folder when the tests run in memory. */
export function memoryOf(storage: string): MemoryStore {
  const known = memories.get(storage) ?? new MemoryStore();
  memories.set(storage, known);
  return known;
}

/** Opens a store below `paths`: on files, or with ENGINE=memory on one memory for each storage folder. */
export function openStore(options: LocalStoreOptions): Promise<Store> {
  if (!onMemory) return openLocalStore(options);
  const { paths, ...rest } = options;
  const engine = memoryEngine(memoryOf(paths.storage));
  return openOnEngine({ ...rest, engine, keys: paths.keys, state: paths.state });
}
