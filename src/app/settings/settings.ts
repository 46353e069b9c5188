import { join, resolve, win32 } from 'node:path';
import { nearest } from '../../core/nearest.ts';
import { addressText } from '../../engine/postgres/address.ts';
import { LOG_LEVELS, type LogLevel } from '../../telemetry/log-level.ts';
import { absoluteHome, badSetting, type Home, homeFolder, quote, refuseUnexpanded } from './given-path.ts';
import { type NetworkFlags, type NetworkSettings, readNetworkSettings } from './network-settings.ts';
import { SETTINGS, type SettingRow } from './setting-table.ts';
import { type DatabaseSettings, readStorage } from './storage-setting.ts';

/** Values from the command line, each winning over its variable. */
export interface SettingFlags extends NetworkFlags {
  readonly var?: string | undefined;
  readonly readOnly?: boolean | undefined;
  /** Address of the storage. */
  readonly storage?: string | undefined;
}

/** Where a process stands; given in tests. */
export interface Surroundings extends Home {
  /** Absolute path of the working folder. */
  readonly cwd: string;
}

/** Every setting, read and checked. */
export interface Settings {
  /** Absolute paths, in the shape `openStore` takes. */
  readonly paths: {
    readonly root: string;
    readonly storage: string;
    readonly keys: string;
    readonly state: string;
    readonly telemetry: string;
  };
  /** The database that the storage is in; undefined where it is the folder `paths.storage`. */
  readonly database: DatabaseSettings | undefined;
  /** The password for a database whose address holds none, or the file it is in. */
  readonly databasePassword: Pick<DatabaseSettings, 'passwordFile' | 'password'>;
  /** Where the storage is, for people: a folder, or an address without its password. */
  readonly storageAt: string;
  /** Where `paths.root` comes from. */
  readonly rootFrom: 'flag' | 'variable' | 'platform';
  readonly storeId: string | undefined;
  readonly signingKey: string | undefined;
  readonly keysShared: boolean;
  readonly passphraseFile: string | undefined;
  readonly readOnly: boolean;
  readonly telemetry: boolean;
  readonly telemetryDays: number;
  readonly expectVolume: boolean;
  readonly logLevel: LogLevel;
  /** Undefined for a server on standard input and output. */
  readonly network: NetworkSettings | undefined;
  /** Files of MCP clients that a person named, by client: absolute paths. */
  readonly targets: Readonly<Record<string, string>>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads every setting; looks at no file. An empty variable counts as not set: Compose passes unset ones so.
 *
 * @throws StoreError `ARGUMENT_INVALID` naming the variable or flag.
 */
export function readSettings(env: Environment, flags: SettingFlags, surroundings?: Surroundings): Settings {
  const at = surroundings ?? { cwd: process.cwd(), platform: process.platform, home: homeFolder() };
  const given = (row: SettingRow) => env[row.variable]?.trim() || undefined;
  const { root, rootFrom } = findRoot(env, flags, at);
  const path = (row: SettingRow) => {
    const text = given(row);
    if (text !== undefined) refuseUnexpanded(row.variable, text);
    return text;
  };
  const folder = (row: SettingRow, name: string) => resolve(at.cwd, path(row) ?? join(root, name));
  const databasePassword = {
    passwordFile: path(SETTINGS.storagePasswordFile),
    password: env['PGPASSWORD'] || undefined,
  };
  const named = readStorage(flags.storage ?? given(SETTINGS.storageAddress), {
    name: flags.storage === undefined ? SETTINGS.storageAddress.variable : '--storage',
    folder: given(SETTINGS.storage),
    ...databasePassword,
  });
  const storage = named.folder ?? folder(SETTINGS.storage, 'storage');
  return {
    database: named.database,
    databasePassword,
    storageAt: named.database === undefined ? storage : addressText(named.database.address),
    paths: {
      root,
      storage,
      keys: folder(SETTINGS.keys, 'keys'),
      state: folder(SETTINGS.state, 'state'),
      telemetry: folder(SETTINGS.telemetryDir, 'telemetry'),
    },
    rootFrom,
    storeId: readId(SETTINGS.storeId, given(SETTINGS.storeId)),
    signingKey: readId(SETTINGS.signingKey, given(SETTINGS.signingKey)),
    keysShared: readSwitch(SETTINGS.keysShared, given(SETTINGS.keysShared), false),
    passphraseFile: path(SETTINGS.passphraseFile),
    readOnly: flags.readOnly ?? readSwitch(SETTINGS.readOnly, given(SETTINGS.readOnly), false),
    telemetry: readSwitch(SETTINGS.telemetry, given(SETTINGS.telemetry), true),
    telemetryDays: readDays(given(SETTINGS.telemetryDays)),
    expectVolume: readSwitch(SETTINGS.expectVolume, given(SETTINGS.expectVolume), false),
    logLevel: readLevel(given(SETTINGS.logLevel)),
    network: readNetworkSettings(given, flags, (row) => readSwitch(row, given(row), false), at.cwd),
    targets: readTargets(given(SETTINGS.targets), at),
  };
}

/**
 * Returns a sentence for each variable that is named like a setting and is none: a typing error would have no effect, in silence.
 */
export function unknownSettings(env: Environment = process.env): string[] {
  const known: readonly string[] = Object.values(SETTINGS).map(({ variable }) => variable);
  return Object.keys(env)
    .filter((name) => name.startsWith('CONFIG_STORE_') && !known.includes(name))
    .sort()
    .map((name) => {
      const meant = nearest(name, known);
      return `${name.slice(0, 80)} is no setting, and has no effect${meant === undefined ? '' : `: ${meant} is one`}`;
    });
}

/** Reads the settings of this process. */
export function readProcessSettings(flags: SettingFlags): Settings {
  return readSettings(process.env, flags);
}

/** Returns true where a server for the network is asked for, however well. */
export function asksForNetwork({ http, tcp }: SettingFlags): boolean {
  const given = [http ?? process.env[SETTINGS.http.variable], tcp ?? process.env[SETTINGS.tcp.variable]];
  return given.some((text) => (text?.trim() ?? '') !== '');
}

/** Returns the environment of a server that is only probed: it offers nothing that writes, and leaves no event. */
export function probeEnvironment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    [SETTINGS.telemetry.variable]: 'off',
    [SETTINGS.readOnly.variable]: 'on',
    [SETTINGS.http.variable]: '',
    [SETTINGS.tcp.variable]: '',
  };
}

/**
 * Reads a variable of the machine that names a folder, none of ours; empty counts as not set.
 *
 * @throws StoreError `ARGUMENT_INVALID`
 */
export function machineFolder(name: 'APPDATA' | 'LOCALAPPDATA' | 'XDG_CONFIG_HOME'): string | undefined {
  const path = process.env[name] || undefined;
  if (path !== undefined) refuseUnexpanded(name, path);
  return path;
}

/** Returns the whole environment of this process, for a program that a person has started through this one. */
export function processEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env };
}

/** Reads the variables by which MCP clients are led to another file or folder; those that are empty count as not set. */
export function clientVariables(names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

function findRoot(
  env: Environment,
  flags: SettingFlags,
  at: Surroundings,
): { root: string; rootFrom: Settings['rootFrom'] } {
  if (flags.var !== undefined) {
    if (flags.var.trim() === '') throw badSetting('--var', 'is empty', 'a folder');
    refuseUnexpanded('--var', flags.var);
    return { root: resolve(at.cwd, flags.var), rootFrom: 'flag' };
  }
  const variable = env[SETTINGS.root.variable]?.trim();
  if (variable) {
    refuseUnexpanded(SETTINGS.root.variable, variable);
    return { root: resolve(at.cwd, variable), rootFrom: 'variable' };
  }
  return { root: join(dataFolder(env, at), 'mcp-config-store'), rootFrom: 'platform' };
}

/** XDG Base Directory Specification on Unix, Application Support on macOS, LOCALAPPDATA on Windows. */
function dataFolder(env: Environment, at: Surroundings): string {
  const { platform } = at;
  const variable = platform === 'win32' ? 'LOCALAPPDATA' : 'XDG_DATA_HOME';
  const named = platform === 'darwin' ? undefined : env[variable];
  if (named) refuseUnexpanded(variable, named);
  // The specification tells readers to ignore a relative path.
  if (named && (platform === 'win32' ? win32.isAbsolute(named) : named.startsWith('/'))) return named;
  const home = absoluteHome(at);
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  return platform === 'win32' ? join(home, 'AppData', 'Local') : join(home, '.local', 'share');
}

function readId(row: SettingRow, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const id = text.toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(id))
    throw badSetting(row.variable, 'is not an id', '64 hex characters', [{ do: 'show-status' }]);
  return id;
}

function readSwitch(row: SettingRow, text: string | undefined, fallback: boolean): boolean {
  if (text === undefined) return fallback;
  const word = text.toLowerCase();
  if (['on', 'true', '1', 'yes'].includes(word)) return true;
  if (['off', 'false', '0', 'no'].includes(word)) return false;
  throw badSetting(row.variable, `is ${quote(text)}`, '"on" or "off"');
}

function readTargets(text: string | undefined, { cwd }: Surroundings): Readonly<Record<string, string>> {
  const pairs = (text ?? '').split(';').filter((pair) => pair.trim() !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, client, path] = /^\s*([a-z0-9-]+)\s*=\s*(.+?)\s*$/.exec(pair) ?? [];
      if (client === undefined || path === undefined)
        throw badSetting(SETTINGS.targets.variable, `has ${quote(pair)}`, 'client=path, with ";" between several');
      refuseUnexpanded(SETTINGS.targets.variable, path);
      return [client, resolve(cwd, path)];
    }),
  );
}

function readDays(text: string | undefined): number {
  if (text === undefined) return 30;
  const days = Number(text);
  if (!/^\d{1,4}$/.test(text) || days < 1 || days > 3650)
    throw badSetting(SETTINGS.telemetryDays.variable, `is ${quote(text)}`, 'a number of days from 1 to 3650');
  return days;
}

function readLevel(text: string | undefined): LogLevel {
  if (text === undefined) return 'warn';
  const level = LOG_LEVELS.find((known) => known === text.toLowerCase());
  if (level === undefined)
    throw badSetting(SETTINGS.logLevel.variable, `is ${quote(text)}`, `one of ${LOG_LEVELS.join(', ')}`);
  return level;
}
