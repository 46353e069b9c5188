import { isObject } from '../../core/json/is-object.ts';
import { type Path, showPointer } from '../../core/json/pointer.ts';
import type { Transport } from './mcp-clients.ts';

/** A text of an entry with its JSON Pointer. */
export interface PlacedText {
  readonly path: string;
  readonly text: string;
}

/** One server of a client's file, read alike from every dialect. Paths are JSON Pointers as errors show them. */
export interface ServerEntry {
  readonly name: string;
  readonly path: string;
  /** `undefined` when the entry says a transport that is not known here. */
  readonly transport: Transport | undefined;
  readonly command: string | undefined;
  readonly args: readonly string[];
  readonly argsPath: string;
  readonly argsValid: boolean;
  readonly url: string | undefined;
  readonly urlPath: string;
  readonly env: readonly PlacedText[];
  readonly envPath: string;
  readonly envValid: boolean;
  /** Everything that reaches the program or its address: command, arguments, variables, URL, headers. */
  readonly texts: readonly PlacedText[];
}

const MEMBERS = ['mcpServers', 'servers', 'context_servers', 'mcp_servers', 'mcp', 'extensions', 'amp.mcpServers'];

/** The servers of a client's file and the member that holds them; `undefined` when the value is no such file. */
export function readServers(value: unknown): { member: string; servers: ServerEntry[] } | undefined {
  if (!isObject(value)) return undefined;
  const member = MEMBERS.find((name) => isServerTable(name, value[name]));
  if (member === undefined) return undefined;
  const table = value[member] as object;
  const servers = Object.entries(table)
    .filter(([, entry]) => isObject(entry))
    .map(([key, entry]: [string, Record<string, unknown>]) => {
      const isArray = Array.isArray(table);
      const name = isArray && typeof entry['name'] === 'string' ? entry['name'] : key;
      return readEntry(name, entry, [member, isArray ? Number(key) : key]);
    });
  return { member, servers };
}

/** `mcpServers` says enough by itself; the other names are common words, so their entries must look like servers. */
function isServerTable(name: string, table: unknown): boolean {
  if (name === 'mcpServers' || name === 'amp.mcpServers' || name === 'mcp_servers' || name === 'context_servers')
    return isObject(table) || Array.isArray(table);
  return (
    isObject(table) &&
    (name === 'servers' || name === 'mcp' ? Object.keys(table).length === 0 || someServer(table) : someServer(table))
  );
}

function someServer(table: object): boolean {
  return Object.values(table).some(
    (entry) =>
      isObject(entry) &&
      ['command', 'cmd', 'url', 'serverUrl', 'httpUrl', 'uri'].some((key) => Object.hasOwn(entry, key)),
  );
}

function readEntry(name: string, entry: Record<string, unknown>, path: Path): ServerEntry {
  const at = (...tail: Path) => showPointer([...path, ...tail]);
  const key = (...names: string[]): string =>
    names.find((candidate) => entry[candidate] !== undefined) ?? (names[0] as string);
  const commandKey = key('command', 'cmd');
  const rawCommand = entry[commandKey];
  // opencode writes program and arguments as one list.
  const argsInCommand = Array.isArray(rawCommand);
  const argsKey = argsInCommand ? commandKey : 'args';
  const rawArgs: unknown = argsInCommand ? rawCommand.slice(1) : entry['args'];
  const args = Array.isArray(rawArgs) ? rawArgs.filter((arg) => typeof arg === 'string') : [];
  const firstArg = argsInCommand ? 1 : 0;
  const program: unknown = argsInCommand ? rawCommand[0] : rawCommand;
  const envKey = key('env', 'envs', 'environment');
  const env = entry[envKey];
  const urlKey = key('url', 'serverUrl', 'httpUrl', 'uri');
  const url = entry[urlKey];
  const command = typeof program === 'string' && program.trim() !== '' ? program : undefined;
  const envTexts = placed(env, [...path, envKey]);
  const texts = [
    ...(command === undefined ? [] : [{ path: argsInCommand ? at(commandKey, 0) : at(commandKey), text: command }]),
    ...args.map((text, i) => ({ path: at(argsKey, i + firstArg), text })),
    ...envTexts,
    ...(typeof url === 'string' ? [{ path: at(urlKey), text: url }] : []),
    ...placed(entry['headers'], [...path, 'headers']),
  ];
  return {
    name,
    path: at(),
    transport: transportOf(entry['type'], urlKey, url),
    command,
    args,
    argsPath: at(argsKey),
    argsValid: rawArgs === undefined || (Array.isArray(rawArgs) && rawArgs.every((arg) => typeof arg === 'string')),
    url: typeof url === 'string' ? url : undefined,
    urlPath: at(urlKey),
    env: envTexts,
    envPath: at(envKey),
    envValid:
      env === undefined || (isObject(env) && Object.values(env).every((variable) => typeof variable === 'string')),
    texts,
  };
}

function transportOf(type: unknown, urlKey: string, url: unknown): Transport | undefined {
  if (type === undefined)
    return url === undefined
      ? 'stdio'
      : urlKey === 'url' || urlKey === 'httpUrl' || urlKey === 'serverUrl'
        ? 'http'
        : undefined;
  switch (typeof type === 'string' ? type.toLowerCase().replaceAll(/[-_]/g, '') : '') {
    case 'stdio':
    case 'local':
      return 'stdio';
    case 'http':
    case 'streamablehttp':
    case 'remote':
      return 'http';
    case 'sse':
      return 'sse';
    default:
      return undefined;
  }
}

function placed(map: unknown, path: Path): PlacedText[] {
  if (!isObject(map)) return [];
  return Object.entries(map).flatMap(([name, text]) =>
    typeof text === 'string' ? [{ path: showPointer([...path, name]), text }] : [],
  );
}
