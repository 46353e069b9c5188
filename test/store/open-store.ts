import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalStoreOptions, openLocalStore, type StorePaths } from '../../src/app/stores/local-store.ts';
import type { Notice } from '../../src/core/notice.ts';
import { openFilesEngine } from '../../src/engine/files/files-engine.ts';
import { memoryEngine } from '../../src/engine/memory/memory-engine.ts';
import { MemoryStore } from '../../src/engine/memory/memory-store.ts';
import type { Engine } from '../../src/engine/port.ts';
import type { Store } from '../../src/store/api/store.ts';
import { openStore as openOnEngine } from '../../src/store/open.ts';
import { InDatabase } from './in-database.ts';

export type { StorePaths };
export type OpenOptions = LocalStoreOptions;

/** True when the tests run on another engine than files; what is about files, or several processes, is left out then. */
export const onMemory = process.env['ENGINE'] !== undefined;
/** True when they run on PostgreSQL. */
export const onPostgres = process.env['ENGINE'] === 'postgres';

const databases = new Map<string, InDatabase>();

/** Notices but those on the database of the tests, whose role is the superuser and which does not flush. */
export function otherNotices(notices: readonly Notice[]): Notice[] {
  return notices.filter(({ code }) => code !== 'STORAGE_DOUBTFUL');
}

/** What stands for a storage folder when the tests run on PostgreSQL. */
export function databaseOf(storage: string): InDatabase {
  const known = databases.get(storage) ?? new InDatabase();
  databases.set(storage, known);
  return known;
}

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
  if (onPostgres) databases.set(storage, databaseOf(from));
  else memories.set(storage, memoryOf(from));
}

/** Takes the log, artifacts and drafts away, as a volume that is not mounted does; keys and state stay. */
export function loseStorage(storage: string): void {
  if (onPostgres) databases.delete(storage);
  else if (onMemory) memories.delete(storage);
  else rmSync(storage, { recursive: true });
}

/** Works on the engine below the stores of `paths`, as a program of its own would. */
export async function onEngine<T>(
  { storage, state }: Pick<StorePaths, 'storage' | 'state'>,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = onPostgres
    ? databaseOf(storage).open()
    : onMemory
      ? memoryEngine(memoryOf(storage))
      : openFilesEngine({ storage, gates: state });
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

/** Opens a store below `paths`: on files, or with ENGINE=memory or postgres on one memory or schema for each storage folder. */
export function openStore(options: LocalStoreOptions): Promise<Store> {
  if (!onMemory) return openLocalStore(options);
  const { paths, ...rest } = options;
  const engine = onPostgres
    ? databaseOf(paths.storage).open(join(paths.state, 'mirror.sqlite'))
    : memoryEngine(memoryOf(paths.storage));
  return openOnEngine({ ...rest, engine, keys: paths.keys, state: paths.state });
}
