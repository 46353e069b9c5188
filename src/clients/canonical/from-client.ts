import { isObject } from '../../core/json/is-object.ts';
import type { Dialect, RemoteForm, VariablePlace } from '../dialects/dialect.ts';
import { canonicalText, reference } from './references.ts';
import { isTextMap, isTexts, type ReadServer, remoteServer, stdioServer } from './server.ts';

type Entry = Readonly<Record<string, unknown>>;
/** The transport of an entry; `foreign` for what is no MCP server of ours. */
export type EntryTransport = 'stdio' | 'http' | 'sse' | 'foreign';

/** Returns the transport of an entry by the client's own rule: what an address without a type means differs. */
export function transportOf(dialect: Dialect, entry: Entry): EntryTransport {
  const { stdio, http, sse, typeMember = 'type' } = dialect;
  const type = entry[typeMember] ?? nestedType(entry);
  if (typeof type === 'string' && dialect.foreignTypes?.includes(type)) return 'foreign';
  const says = (form: { readonly type?: { readonly reads: readonly string[] } } | undefined) =>
    form !== undefined && typeof type === 'string' && form.type?.reads.includes(type);
  if (says(stdio)) return 'stdio';
  if (says(http)) return 'http';
  if (says(sse)) return 'sse';
  if (hasCommand(dialect, entry)) return 'stdio';
  const holds = (form: RemoteForm | undefined) =>
    form?.url.some((member) => typeof entry[member] === 'string') === true;
  if (typeof type === 'string' && holds(http)) return type === 'sse' ? 'sse' : 'http';
  // Where SSE writes no type of its own, an address alone means SSE.
  const bareIsSse = sse !== undefined && sse.type?.writes === undefined;
  if (bareIsSse && holds(sse)) return 'sse';
  if (holds(http)) return 'http';
  return holds(sse) ? 'sse' : 'foreign';
}

/** Reads an entry of a client's file: the server in canonical words, and the members that have no place there. */
export function fromClient(dialect: Dialect, entry: Entry): ReadServer {
  const transport = transportOf(dialect, entry);
  if (transport === 'foreign') return { why: 'it is no MCP server', leftOut: [] };
  return transport === 'stdio' ? readStdio(dialect, entry) : readRemote(dialect, entry, transport);
}

function readStdio(dialect: Dialect, entry: Entry): ReadServer {
  const { stdio } = dialect;
  const [command, args] = commandOf(dialect, entry);
  const env = entry[stdio.env];
  const leftOut = others(dialect, entry, [
    ...['command', 'cmd', 'args', stdio.env, 'transport'],
    ...[stdio.envNames, stdio.cwd].filter((member) => member !== undefined),
  ]);
  if (command === undefined || command.trim() === '') return { why: 'it has no command', leftOut };
  if (!isTexts(args)) return { why: 'its args are not a list of texts', leftOut };
  if (env !== undefined && !isTextMap(env)) return { why: 'its variables are not a map of texts', leftOut };
  const names = stdio.envNames === undefined ? undefined : entry[stdio.envNames];
  const variables = {
    ...mapTexts(dialect, 'env', env ?? {}),
    ...Object.fromEntries((isTexts(names) ? names : []).map((name) => [name, reference(name)])),
  };
  const cwd = stdio.cwd === undefined ? undefined : entry[stdio.cwd];
  return {
    server: stdioServer(
      canonical(dialect, 'command', command),
      args.map((arg) => canonical(dialect, 'args', arg)),
      variables,
      typeof cwd === 'string' ? canonical(dialect, 'cwd', cwd) : undefined,
    ),
    leftOut,
  };
}

function readRemote(dialect: Dialect, entry: Entry, transport: 'http' | 'sse'): ReadServer {
  const form = (transport === 'http' ? dialect.http : dialect.sse) ?? dialect.http ?? dialect.sse;
  const url = form?.url.map((member) => entry[member]).find((value) => typeof value === 'string');
  const leftOut = others(dialect, entry, [
    ...[
      'transport',
      'requestInit',
      ...(form?.url ?? []),
      ...(form?.headers ?? []).map((path) => path.split('.')[0] ?? ''),
    ],
    ...[form?.bearerName, form?.headerNames, form?.variableNames].filter((member) => member !== undefined),
  ]);
  if (form === undefined || typeof url !== 'string') return { why: 'it has no address', leftOut };
  const address = canonical(dialect, 'url', url);
  if (!/^https?:\/\/|^\$\{env:/i.test(address)) return { why: 'its address is not http', leftOut };
  const headers = headersOf(dialect, form, entry);
  if (headers === undefined) return { why: 'its headers are not a map of texts', leftOut };
  return { server: remoteServer(transport === 'http' ? 'streamable-http' : 'sse', address, headers), leftOut };
}

function headersOf(dialect: Dialect, form: RemoteForm, entry: Entry): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  for (const path of [...form.headers].reverse()) {
    const value = valueAt(entry, path.split('.'));
    if (value === undefined) continue;
    if (!isTextMap(value)) return undefined;
    Object.assign(headers, mapTexts(dialect, 'headers', value));
  }
  const names = form.headerNames === undefined ? undefined : entry[form.headerNames];
  if (isTextMap(names)) for (const [header, name] of Object.entries(names)) headers[header] = reference(name);
  const bearer = form.bearerName === undefined ? undefined : entry[form.bearerName];
  if (typeof bearer === 'string') headers['Authorization'] = `Bearer ${reference(bearer)}`;
  return headers;
}

/** Returns the value at a path of members; undefined where there is none. */
export function valueAt(entry: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined),
    entry,
  );
}

function mapTexts(
  dialect: Dialect,
  place: VariablePlace,
  texts: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, canonical(dialect, place, text)]));
}

function canonical({ variables }: Dialect, place: VariablePlace, text: string): string {
  return variables?.where.includes(place) ? canonicalText(text, variables) : text;
}

/** An older form of zed has program, arguments and variables in one object. */
function commandOf({ stdio }: Dialect, entry: Entry): [string | undefined, unknown] {
  const value = stdio.command === 'list' ? entry['command'] : entry[stdio.command];
  if (stdio.command === 'list' && isTexts(value)) return [value[0], value.slice(1)];
  if (isObject(value)) return [typeof value['path'] === 'string' ? value['path'] : undefined, value['args'] ?? []];
  return [typeof value === 'string' ? value : undefined, entry['args'] ?? []];
}

function hasCommand(dialect: Dialect, entry: Entry): boolean {
  return commandOf(dialect, entry)[0] !== undefined;
}

/** Some clients nest the transport. */
function nestedType(entry: Entry): unknown {
  const nested = entry['transport'];
  return isObject(nested) ? nested['type'] : undefined;
}

function others({ required, typeMember = 'type' }: Dialect, entry: Entry, known: readonly string[]): string[] {
  const ours = new Set([typeMember, 'type', ...known, ...Object.keys({ ...required?.all, ...required?.remote })]);
  return Object.keys(entry).filter((member) => !ours.has(member));
}
