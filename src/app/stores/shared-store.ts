import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from '../../core/errors.ts';
import { Durable } from '../../disk/durable.ts';
import { fileFault } from '../../disk/file-fault.ts';
import { openPostgresEngine, type PostgresEngine } from '../../engine/postgres/postgres-engine.ts';
import { StateFolder } from '../../state/state-folder.ts';
import type { StorePaths } from '../../store/api/paths.ts';
import type { Store } from '../../store/api/store.ts';
import { type OpenOptions, openStore } from '../../store/open.ts';
import type { DatabaseSettings } from '../settings/storage-setting.ts';

/** The largest password file that is read, in bytes. */
const MAX_PASSWORD_FILE_BYTES = 65_536;

/** Options of a store in a database: keys and state are this installation's own. */
export interface SharedStoreOptions extends Omit<OpenOptions, 'engine' | 'keys' | 'state'> {
  readonly database: DatabaseSettings;
  /** True where what is made in a folder of a group is that group's too. */
  readonly shared?: boolean | undefined;
  readonly paths: Pick<StorePaths, 'keys' | 'state'>;
}

/** Opens the store in a database. @throws StoreError as `openStore` */
export function openSharedStore({ database, paths, shared, ...options }: SharedStoreOptions): Promise<Store> {
  const { keys, state } = paths;
  const { disk = new Durable(undefined, undefined, shared) } = options;
  return openStore({ ...options, disk, engine: engineOn(database, state), keys, state });
}

/** Returns the engine on a database. @param state the folder in which it keeps what was verified; nothing is kept without */
export function engineOn(database: DatabaseSettings, state?: string): PostgresEngine {
  return openPostgresEngine({
    address: database.address,
    password: () => passwordOf(database),
    mirror: state === undefined ? undefined : () => mirrorIn(new StateFolder(state)),
  });
}

/** Reads the password: of the file that is named, or the machine's. @throws StoreError STORE_UNREADABLE */
export async function passwordOf({ passwordFile, password }: DatabaseSettings): Promise<string | undefined> {
  if (passwordFile === undefined) return password;
  let read: { readonly buffer: Buffer; readonly bytesRead: number };
  try {
    const file = await open(passwordFile); // follows links: engines mount secrets so
    read = await file.read(Buffer.alloc(MAX_PASSWORD_FILE_BYTES + 1)).finally(() => file.close());
  } catch (error) {
    throw fileFault(error, passwordFile, 'read');
  }
  const { buffer, bytesRead } = read;
  if (bytesRead > MAX_PASSWORD_FILE_BYTES)
    throw new StoreError(
      'STORE_UNREADABLE',
      `the password file ${passwordFile} has more than ${MAX_PASSWORD_FILE_BYTES} bytes`,
      { hint: 'Name a file with one short line.' },
    );
  return buffer.toString('utf8', 0, bytesRead).split(/\r?\n/, 1)[0];
}

/** Returns the path of a file next to the cache, in a folder that only this user can enter. */
async function mirrorIn(state: StateFolder): Promise<string> {
  await state.make();
  const unwritable = state.writable();
  if (unwritable !== undefined) throw unwritable;
  return join(state.path, 'mirror.sqlite');
}
