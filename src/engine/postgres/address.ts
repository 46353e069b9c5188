import { isAbsolute } from 'node:path';
import { StoreError } from '../../core/errors.ts';

/** Where a store is in a PostgreSQL, and how to get there. */
export interface PostgresAddress {
  /** A host, or the folder of a socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Only where the address itself held one. Never printed. */
  readonly password?: string | undefined;
  readonly database: string;
  readonly schema: string;
  /** Files of a connection whose server is verified; undefined without TLS. */
  readonly tls?: { readonly rootCert?: string; readonly cert?: string; readonly key?: string } | undefined;
  readonly applicationName: string;
  /** How long a connection may take, in milliseconds. */
  readonly connectTimeoutMs: number;
}

const PARAMETERS = ['schema', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'application_name', 'connect_timeout'];
/** An identifier that needs no thought about quoting, length or case. */
const IDENTIFIER = /^[a-z_][a-z0-9_]{0,62}$/;
const DEFAULT_PORT = 5_432;

/**
 * Reads an address such as `postgres://user@host:5432/database?schema=config_store&sslmode=verify-full`. Strict: what is not
 * known is refused, because a mistyped parameter would be a connection without TLS. Off this machine the server is verified
 * unless `sslmode=disable` is written.
 *
 * @throws StoreError ARGUMENT_INVALID; its text never holds the password
 */
export function parseAddress(text: string): PostgresAddress {
  const url = parseUrl(text);
  const host = decoded(url.hostname, 'host');
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  const user = decoded(url.username, 'user');
  const database = decoded(url.pathname.slice(1), 'database');
  if (bare === '') throw bad('names no host');
  if (bare.includes(',')) throw bad('names several hosts');
  if (user === '') throw bad('names no user');
  if (database === '' || database.includes('/')) throw bad('names no database after the host');
  if (url.hash !== '') throw bad('has a "#"');
  const given = parametersOf(url);
  const schema = given.get('schema') ?? 'config_store';
  if (!IDENTIFIER.test(schema))
    throw bad('has a schema that is not lower-case letters, digits and "_", at most 63 of them');
  return {
    host: bare,
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    user,
    password: url.password === '' ? undefined : decoded(url.password, 'password'),
    database,
    schema,
    tls: tlsOf(given, bare),
    applicationName: given.get('application_name') ?? 'mcp-config-store',
    connectTimeoutMs: secondsOf(given.get('connect_timeout')) * 1_000,
  };
}

/** Returns an address for people: host, database and schema, never a password. */
export function addressText({ host, port, user, database, schema }: PostgresAddress): string {
  const at = host.includes(':') ? `[${host}]` : host.replaceAll('/', '%2F');
  return `postgres://${encodeURIComponent(user)}@${at}:${port}/${encodeURIComponent(database)}?schema=${schema}`;
}

function parseUrl(text: string): URL {
  if (!/^postgres(ql)?:\/\//.test(text)) throw bad('does not begin with postgres://');
  try {
    return new URL(text);
  } catch {
    // its message would quote the password
  }
  throw bad('is no URL: special characters in its user or password have to be percent-encoded');
}

function parametersOf(url: URL): Map<string, string> {
  const given = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    if (!PARAMETERS.includes(name))
      throw bad(`has the parameter ${JSON.stringify(name.slice(0, 40))}, which is none of ${PARAMETERS.join(', ')}`);
    if (given.has(name)) throw bad(`has ${name} twice`);
    if (value === '') throw bad(`has an empty ${name}`);
    given.set(name, value);
  }
  return given;
}

function tlsOf(given: ReadonlyMap<string, string>, host: string): PostgresAddress['tls'] {
  const mode = given.get('sslmode');
  if (mode !== undefined && mode !== 'disable' && mode !== 'verify-full')
    throw bad(`has sslmode ${JSON.stringify(mode.slice(0, 40))}; it is "verify-full" or "disable"`);
  const files = ['sslrootcert', 'sslcert', 'sslkey'].filter((name) => given.has(name));
  const plain = mode === 'disable' || (mode === undefined && isLoopback(host));
  if (plain && mode === 'disable' && files.length > 0) throw bad(`has ${files.join(', ')} next to sslmode=disable`);
  if (plain && files.length === 0) return undefined;
  for (const name of files) if (!isAbsolute(given.get(name) ?? '')) throw bad(`has a ${name} that is no absolute path`);
  if (given.has('sslcert') !== given.has('sslkey')) throw bad('has only one of sslcert and sslkey');
  const [rootCert, cert, key] = ['sslrootcert', 'sslcert', 'sslkey'].map((name) => given.get(name));
  return {
    ...(rootCert !== undefined && { rootCert }),
    ...(cert !== undefined && key !== undefined && { cert, key }),
  };
}

/** True for this machine: no other machine is in between. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('/') || /^127(\.\d{1,3}){3}$/.test(host);
}

function secondsOf(text = '5'): number {
  const seconds = Number(text);
  if (!/^\d{1,3}$/.test(text) || seconds < 1 || seconds > 300)
    throw bad('has a connect_timeout that is no number of seconds from 1 to 300');
  return seconds;
}

function decoded(text: string, part: string): string {
  try {
    const plain = decodeURIComponent(text);
    if (!plain.includes('\0')) return plain;
  } catch {
    // said below
  }
  throw bad(`has a ${part} that is not percent-encoded as a URL's is`);
}

function bad(what: string): StoreError {
  return new StoreError('ARGUMENT_INVALID', `the address of the storage ${what}`, {
    hint: 'It is postgres://user@host:5432/database?schema=name&sslmode=verify-full&sslrootcert=/file, the last three as needed.',
  });
}
