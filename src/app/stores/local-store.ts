import { type FilesEngineOptions, openFilesEngine } from '../../engine/files/files-engine.ts';
import type { StorePaths } from '../../store/api/paths.ts';
import type { Store } from '../../store/api/store.ts';
import { type OpenOptions, openStore } from '../../store/open.ts';

export type { StorePaths } from '../../store/api/paths.ts';

/** Options of a store in local files. */
export interface LocalStoreOptions
  extends Omit<OpenOptions, 'engine' | 'keys' | 'state'>,
    Pick<FilesEngineOptions, 'shared' | 'standing'> {
  readonly paths: Pick<StorePaths, 'storage' | 'keys' | 'state'>;
}

/** Opens the store in the files below `paths`. @throws StoreError as `openStore` */
export function openLocalStore({ paths, shared, standing, ...options }: LocalStoreOptions): Promise<Store> {
  const { storage, keys, state } = paths;
  const engine = openFilesEngine({ storage, gates: state, disk: options.disk, shared, standing });
  return openStore({ ...options, disk: engine.disk, engine, keys, state });
}
