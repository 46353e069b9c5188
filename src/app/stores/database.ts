import { StoreError } from '../../core/errors.ts';
import type { Notice } from '../../core/notice.ts';
import type { DatabaseFacts } from '../../engine/postgres/inspect.ts';
import type { Settings } from '../settings/settings.ts';
import type { DatabaseSettings } from '../settings/storage-setting.ts';

/** The result of preparing a database. */
export interface PreparedDatabase {
  readonly storage: string;
  /** Version of the tables before; 0 where there were none. */
  readonly before: number;
  readonly after: number;
  /** Statements that are left to an administrator of roles. */
  readonly left: readonly string[];
}

/** A database as it describes itself. */
export interface DatabaseReport {
  readonly storage: string;
  readonly facts: DatabaseFacts;
  readonly latencyMs: number;
  readonly notices: readonly Notice[];
}

/** Makes the tables of a store, and gives roles their rights. @throws StoreError ARGUMENT_INVALID where the storage is a folder */
export async function prepareStorage(
  settings: Settings,
  roles: { readonly writer?: string | undefined; readonly reader?: string | undefined },
): Promise<PreparedDatabase> {
  const database = databaseOf(settings);
  const { preparePostgres } = await import('../../engine/postgres/prepare.ts');
  const { passwordOf } = await import('./shared-store.ts');
  const { writer, reader } = roles;
  const done = await preparePostgres(database.address, () => passwordOf(database), { writer, reader });
  return { storage: settings.storageAt, ...done };
}

/** Asks a database what it is, and what it lets this role do. @throws StoreError ARGUMENT_INVALID where the storage is a folder */
export async function checkDatabase(settings: Settings): Promise<DatabaseReport> {
  const database = databaseOf(settings);
  const { engineOn } = await import('./shared-store.ts');
  const engine = engineOn(database);
  try {
    return { storage: settings.storageAt, ...(await engine.report()) };
  } finally {
    await engine.close();
  }
}

function databaseOf({ database, storageAt }: Settings): DatabaseSettings {
  if (database !== undefined) return database;
  throw new StoreError('ARGUMENT_INVALID', `the storage is a folder and no database: ${storageAt}`, {
    hint: 'Nothing has to be prepared there.',
    advice: [{ do: 'set', setting: 'CONFIG_STORE_STORAGE' }],
  });
}
