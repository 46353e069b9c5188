import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { PolicyFinding } from '../finding.ts';
import type { ServerEntry } from './server-entries.ts';

/** The facts the findings depend on in addition to the content; each defaults to those of the machine. */
export interface ServerFindingOptions {
  readonly platform?: NodeJS.Platform;
  /** Whether a command without a path can be started here. */
  readonly isOnPath?: (command: string) => boolean;
}

/** Warns of `npx`, `uvx` and their like when they fetch whatever version is newest. */
export function packageFinding({ command, args, argsPath }: ServerEntry): PolicyFinding | undefined {
  const runner = runnerOf(command);
  if (runner === undefined) return undefined;
  const { name, isPython } = runner;
  const requested = packageArgument(args, isPython);
  if (requested === undefined || /^(?:\.{0,2}[/\\]|[A-Za-z]:[/\\]|file:|git\+)/.test(requested)) return undefined;
  const version = isPython ? /(?:==|@)([^=@]+)$/.exec(requested)?.[1] : /.@([^@/]+)$/.exec(requested)?.[1];
  if (version !== undefined && /^[v=]?\d+\.\d+/.test(version)) return undefined;
  return {
    code: 'UNPINNED_PACKAGE',
    path: argsPath,
    message: `${name} without a pinned version: what runs can change without notice`,
  };
}

/** Returns the program that fetches a package and runs it; undefined for any other. */
export function runnerOf(
  command: string | undefined,
): { readonly name: string; readonly isPython: boolean } | undefined {
  const name = /(?:^|[/\\])(npx|bunx|pnpx|uvx|pipx)(?:\.cmd|\.exe)?$/i.exec(command ?? '')?.[1]?.toLowerCase();
  return name === undefined ? undefined : { name, isPython: name === 'uvx' || name === 'pipx' };
}

const TAKES_PACKAGE = new Set(['--from', '-p', '--package', '--spec']);
const TAKES_VALUE = new Set([
  '--with',
  '--python',
  '--index-url',
  '--registry',
  '--cache',
  '-c',
  '--call',
  '--index',
  '--extra-index-url',
]);

/** Returns the package that such a program is asked for. */
export function packageArgument(args: readonly string[], isPython: boolean): string | undefined {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    const joined = /^(--from|--package|--spec)=(.+)$/.exec(arg)?.[2];
    if (joined !== undefined) return joined;
    // For uvx, -p is --python.
    if (TAKES_PACKAGE.has(arg) && !(isPython && arg === '-p')) return args[i + 1];
    if (TAKES_VALUE.has(arg) || (isPython && arg === '-p')) i++;
    else if (!arg.startsWith('-') && !(isPython && arg === 'run' && i === 0)) return arg;
  }
  return undefined;
}

const PLATFORM_PATHS: ReadonlyArray<{ platform: NodeJS.Platform; system: string; form: RegExp }> = [
  { platform: 'win32', system: 'Windows', form: /^(?:[A-Za-z]:[\\/]|\\\\[^\\]|%[A-Za-z]\w*%[\\/])/ },
  { platform: 'darwin', system: 'macOS', form: /^\/(?:Users|Applications|opt\/homebrew)\// },
  { platform: 'linux', system: 'Linux', form: /^\/(?:home|snap)\// },
];

/** Warns of paths of another operating system than this one, and of commands that cannot be found here. */
export function* pathFindings(server: ServerEntry, options: ServerFindingOptions): Generator<PolicyFinding> {
  const platform = options.platform ?? (isContainer() ? undefined : process.platform);
  for (const { path, text } of server.texts) {
    const other = PLATFORM_PATHS.find(({ form }) => form.test(text));
    if (other !== undefined && platform !== undefined && other.platform !== platform)
      yield { code: 'FOREIGN_PATH', path, message: `a path of ${other.system}, and this store runs on ${platform}` };
  }
  const { command } = server;
  if (command === undefined || /[/\\$%{]/.test(command)) return;
  const isThere = options.isOnPath ?? (isContainer() ? undefined : isOnPath);
  if (isThere?.(command) === false) {
    yield {
      code: 'COMMAND_NOT_FOUND',
      path: `${server.path}/command`,
      message: 'the command is not on the PATH this store sees; the client may see another',
    };
  }
}

/** A container is not the machine whose client starts the programs: what is in it says nothing of them. */
function isContainer(): boolean {
  // The image has no shell; a machine on which people develop has one, also where it is a container itself.
  return process.platform === 'linux' && !existsSync('/bin/sh');
}

function isOnPath(command: string): boolean {
  // biome-ignore lint/style/noProcessEnv: the search path is the machine's, not a setting of the store.
  const { PATH = '', PATHEXT = '.EXE;.CMD;.BAT' } = process.env;
  const endings = process.platform === 'win32' ? PATHEXT.split(';') : [''];
  const folders = PATH.split(delimiter).filter((folder) => folder !== '');
  return folders.some((folder) => endings.some((ending) => isExecutable(join(folder, command + ending))));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Not there or not executable: one answer for both.
    return false;
  }
}
