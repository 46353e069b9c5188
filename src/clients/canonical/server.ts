import { isObject } from '../../core/json/is-object.ts';

/** A local server: a program that speaks over its standard input and output. */
export interface StdioServer {
  readonly type: 'stdio';
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A server that is reached by its address. */
export interface RemoteServer {
  readonly type: 'streamable-http' | 'sse';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One server as `mcp.json` of Agent Plugins has it; values refer to variables as `${env:NAME}`. */
export type CanonicalServer = StdioServer | RemoteServer;

/** Why an entry is no server, and which of its members have no canonical place. */
export interface ReadServer {
  readonly server?: CanonicalServer;
  readonly why?: string;
  readonly leftOut: readonly string[];
}

const REMOTE_TYPES: Readonly<Record<string, RemoteServer['type']>> = {
  http: 'streamable-http',
  'streamable-http': 'streamable-http',
  streamableHttp: 'streamable-http',
  sse: 'sse',
};

/** Reads one entry of `mcpServers` in the store; the type may be missing where the other members say it. */
export function readCanonical(entry: unknown): ReadServer {
  if (!isObject(entry)) return { why: 'it is not an object', leftOut: [] };
  const { type, command, args, env, cwd, url, headers, ...others } = entry;
  const leftOut = Object.keys(others);
  const isStdio = type === 'stdio' || (type === undefined && command !== undefined);
  if (isStdio) {
    if (typeof command !== 'string' || command.trim() === '') return { why: 'it has no command', leftOut };
    if (url !== undefined) return { why: 'it has a command and an address', leftOut };
    if (args !== undefined && !isTexts(args)) return { why: 'its args are not a list of texts', leftOut };
    if (env !== undefined && !isTextMap(env)) return { why: 'its env is not a map of texts', leftOut };
    if (cwd !== undefined && typeof cwd !== 'string') return { why: 'its cwd is not a text', leftOut };
    return { server: stdioServer(command, args, env, cwd), leftOut };
  }
  const transport = type === undefined ? 'streamable-http' : REMOTE_TYPES[String(type)];
  if (transport === undefined) return { why: 'its type is not stdio, streamable-http or sse', leftOut };
  if (typeof url !== 'string' || !/^https?:\/\/|^\$\{env:/.test(url)) return { why: 'it has no http address', leftOut };
  if (command !== undefined) return { why: 'it has a command and an address', leftOut };
  if (headers !== undefined && !isTextMap(headers)) return { why: 'its headers are not a map of texts', leftOut };
  return { server: remoteServer(transport, url, headers), leftOut };
}

/** Returns a local server without the parts that are empty. */
export function stdioServer(
  command: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): StdioServer {
  return {
    type: 'stdio',
    command,
    ...(args.length > 0 && { args }),
    ...(Object.keys(env).length > 0 && { env }),
    ...(cwd !== undefined && { cwd }),
  };
}

/** Returns a remote server without headers where there are none. */
export function remoteServer(
  type: RemoteServer['type'],
  url: string,
  headers: Readonly<Record<string, string>> = {},
): RemoteServer {
  return { type, url, ...(Object.keys(headers).length > 0 && { headers }) };
}

/** Returns true for a list of texts. */
export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** Returns true for a map of names to texts. */
export function isTextMap(value: unknown): value is Readonly<Record<string, string>> {
  return isObject(value) && Object.values(value).every((item) => typeof item === 'string');
}
