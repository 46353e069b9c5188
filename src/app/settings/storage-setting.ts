import { fileURLToPath } from 'node:url';
import { StoreError } from '../../core/errors.ts';
import { type PostgresAddress, parseAddress } from '../../engine/postgres/address.ts';
import { badSetting, refuseUnexpanded } from './given-path.ts';
import { SETTINGS } from './setting-table.ts';

/** The database that a store is in, and what lets this installation in. */
export interface DatabaseSettings {
  readonly address: PostgresAddress;
  /** The address as it was given, for a server that is started with it. */
  readonly given: string;
  /** Absolute path of a file whose first line is the password. */
  readonly passwordFile: string | undefined;
  /** Password of the machine's own variable. */
  readonly password: string | undefined;
}

/** Everything that has a say in where the storage is. */
interface Given {
  /** The flag or variable that holds the address. */
  readonly name: string;
  /** The other way to name a folder. */
  readonly folder: string | undefined;
  readonly passwordFile: string | undefined;
  readonly password: string | undefined;
}

/**
 * Reads the address of the storage: a database, or a folder.
 *
 * @throws StoreError `ARGUMENT_INVALID`; its text never holds a password
 */
export function readStorage(
  text: string | undefined,
  { name, folder, passwordFile, password }: Given,
): { readonly database?: DatabaseSettings; readonly folder?: string } {
  if (text === undefined) return {};
  if (folder !== undefined)
    throw new StoreError('ARGUMENT_INVALID', `${name} and ${SETTINGS.storage.variable} both say where the storage is`, {
      hint: 'Leave one of them unset.',
      details: { setting: name },
    });
  if (/^file:/.test(text)) return { folder: folderOf(text, name) };
  if (!/^postgres(ql)?:/.test(text)) throw badSetting(name, 'is no address of a storage', 'postgres://… or file:///…');
  return { database: { address: parseAddress(text), given: text, passwordFile, password } };
}

function folderOf(text: string, name: string): string {
  let found: string | undefined;
  try {
    const url = new URL(text);
    if (/^file:\/\/\//.test(text) && url.search === '' && url.hash === '') found = fileURLToPath(url);
  } catch {
    // said below
  }
  if (found !== undefined) {
    refuseUnexpanded(name, found.slice(1)); // `file:///~/store` was not meant to be a folder of the root
    return found;
  }
  throw badSetting(name, 'is no address of a folder', 'file:// and an absolute path, such as file:///srv/config-store');
}
