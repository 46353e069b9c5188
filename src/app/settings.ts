import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, parse, resolve } from 'node:path';
import type { Advice } from '../core/advice.ts';
import { StoreError } from '../core/errors.ts';
import { LOG_LEVELS, type LogLevel } from '../telemetry/log-level.ts';
import { SETTINGS, type SettingRow } from './setting-table.ts';

/** Values from the command line, each winning over its variable. */
export interface SettingFlags {
  readonly var?: string | undefined;
  readonly readOnly?: boolean | undefined;
}

/** Where a process stands; given in tests. */
export interface Surroundings {
  /** Absolute path of the working folder. */
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  /** Absolute path of the person's home folder; undefined for a user without one. */
  readonly home: string | undefined;
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
  /** Where `paths.root` comes from. */
  readonly rootFrom: 'flag' | 'variable' | 'working folder' | 'platform';
  readonly storeId: string | undefined;
  readonly signingKey: string | undefined;
  readonly passphraseFile: string | undefined;
  readonly readOnly: boolean;
  readonly telemetry: boolean;
  readonly telemetryDays: number;
  readonly expectVolume: boolean;
  readonly logLevel: LogLevel;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads every setting; only looks whether `./var` exists. An empty variable counts as not set: Compose passes unset ones so.
 *
 * @throws StoreError `ARGUMENT_INVALID` naming the variable or flag.
 */
export function readSettings(env: Environment, flags: SettingFlags, surroundings?: Surroundings): Settings {
  const at = surroundings ?? { cwd: process.cwd(), platform: process.platform, home: homeFolder() };
  const given = (row: SettingRow) => env[row.variable]?.trim() || undefined;
  const { root, rootFrom } = findRoot(env, flags, at);
  const folder = (row: SettingRow, name: string) => resolve(at.cwd, given(row) ?? join(root, name));
  return {
    paths: {
      root,
      storage: folder(SETTINGS.storage, 'storage'),
      keys: folder(SETTINGS.keys, 'keys'),
      state: folder(SETTINGS.state, 'state'),
      telemetry: folder(SETTINGS.telemetryDir, 'telemetry'),
    },
    rootFrom,
    storeId: readId(SETTINGS.storeId, given(SETTINGS.storeId)),
    signingKey: readId(SETTINGS.signingKey, given(SETTINGS.signingKey)),
    passphraseFile: given(SETTINGS.passphraseFile),
    readOnly: flags.readOnly ?? readSwitch(SETTINGS.readOnly, given(SETTINGS.readOnly), false),
    telemetry: readSwitch(SETTINGS.telemetry, given(SETTINGS.telemetry), true),
    telemetryDays: readDays(given(SETTINGS.telemetryDays)),
    expectVolume: readSwitch(SETTINGS.expectVolume, given(SETTINGS.expectVolume), false),
    logLevel: readLevel(given(SETTINGS.logLevel)),
  };
}

/** Reads the settings of this process. */
export function readProcessSettings(flags: SettingFlags): Settings {
  return readSettings(process.env, flags);
}

/** Returns the environment of a server that is only probed: it offers nothing that writes, and leaves no event. */
export function probeEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, [SETTINGS.telemetry.variable]: 'off', [SETTINGS.readOnly.variable]: 'on' };
}

/** Reads a variable of the machine, none of ours; empty counts as not set. */
export const machineVariable = (name: 'APPDATA' | 'LOCALAPPDATA' | 'XDG_CONFIG_HOME') => process.env[name] || undefined;

function findRoot(
  env: Environment,
  flags: SettingFlags,
  at: Surroundings,
): { root: string; rootFrom: Settings['rootFrom'] } {
  if (flags.var !== undefined) {
    if (flags.var.trim() === '') throw invalid('--var', 'is empty', 'a folder');
    return { root: resolve(at.cwd, flags.var), rootFrom: 'flag' };
  }
  const variable = env[SETTINGS.root.variable]?.trim();
  if (variable) return { root: resolve(at.cwd, variable), rootFrom: 'variable' };
  const local = resolve(at.cwd, 'var');
  // Desktop hosts start servers in the file system's root, and the folder `var` there is the machine's.
  if (at.cwd !== parse(at.cwd).root && statSync(local, { throwIfNoEntry: false })?.isDirectory())
    return { root: local, rootFrom: 'working folder' };
  return { root: join(dataFolder(env, at), 'mcp-config-store'), rootFrom: 'platform' };
}

/** XDG Base Directory Specification on Unix, Application Support on macOS, LOCALAPPDATA on Windows. */
function dataFolder(env: Environment, { platform, home }: Surroundings): string {
  const named = platform === 'win32' ? env['LOCALAPPDATA'] : platform === 'darwin' ? undefined : env['XDG_DATA_HOME'];
  // The specification tells readers to ignore a relative path.
  if (named && (platform === 'win32' || named.startsWith('/'))) return named;
  if (home === undefined)
    throw new StoreError('ARGUMENT_INVALID', 'this user has no home folder to keep the data in', {
      hint: 'Name a folder for the data.',
      advice: [{ do: 'set', setting: SETTINGS.root.variable }],
    });
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  return platform === 'win32' ? join(home, 'AppData', 'Local') : join(home, '.local', 'share');
}

function homeFolder(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined; // neither HOME nor an entry in passwd: an unknown uid in a container
  }
}

function readId(row: SettingRow, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const id = text.toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(id))
    throw invalid(row.variable, 'is not an id', '64 hex characters', [{ do: 'show-status' }]);
  return id;
}

function readSwitch(row: SettingRow, text: string | undefined, fallback: boolean): boolean {
  if (text === undefined) return fallback;
  const word = text.toLowerCase();
  if (['on', 'true', '1', 'yes'].includes(word)) return true;
  if (['off', 'false', '0', 'no'].includes(word)) return false;
  throw invalid(row.variable, `is ${quote(text)}`, '"on" or "off"');
}

function readDays(text: string | undefined): number {
  if (text === undefined) return 30;
  const days = Number(text);
  if (!/^\d{1,4}$/.test(text) || days < 1 || days > 3650)
    throw invalid(SETTINGS.telemetryDays.variable, `is ${quote(text)}`, 'a number of days from 1 to 3650');
  return days;
}

function readLevel(text: string | undefined): LogLevel {
  if (text === undefined) return 'warn';
  const level = LOG_LEVELS.find((known) => known === text.toLowerCase());
  if (level === undefined)
    throw invalid(SETTINGS.logLevel.variable, `is ${quote(text)}`, `one of ${LOG_LEVELS.join(', ')}`);
  return level;
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}

function invalid(name: string, is: string, wanted: string, advice: readonly Advice[] = []): StoreError {
  return new StoreError('ARGUMENT_INVALID', `${name} ${is}`, {
    hint: `Set it to ${wanted}, or leave it unset.`,
    advice,
    details: { setting: name },
  });
}
