import { StoreError } from '../../core/errors.ts';
import { isObject } from '../../core/json/is-object.ts';
import { type CanonicalServer, readCanonical } from './server.ts';

/** Native members that a config sets for one client, by server; null leaves the server out there. */
export type Overlay = Readonly<Record<string, Readonly<Record<string, unknown>> | null>>;

/** One config's own servers, before those it builds on. */
export interface CanonicalDocument {
  readonly servers: ReadonlyMap<string, CanonicalServer>;
  /** Names of the configs it builds on. */
  readonly bases: readonly string[];
  readonly overlays: Readonly<Record<string, Overlay>>;
  /** Members of servers that have no canonical place, as `server.member`. */
  readonly leftOut: readonly string[];
}

/**
 * Reads `mcp.json` as it is in the store: `mcpServers`, and next to it `extends` and `overlays`.
 *
 * @throws StoreError `CONTENT_INVALID` naming the server that is none
 */
export function readDocument(name: string, value: unknown): CanonicalDocument {
  if (!isObject(value) || !isObject(value['mcpServers'])) throw notCanonical(name, 'it has no mcpServers');
  const servers = new Map<string, CanonicalServer>();
  const leftOut: string[] = [];
  for (const [server, entry] of Object.entries(value['mcpServers'])) {
    const read = readCanonical(entry);
    if (read.server === undefined) throw notCanonical(name, `${JSON.stringify(server.slice(0, 80))}: ${read.why}`);
    servers.set(server, read.server);
    leftOut.push(...read.leftOut.map((member) => `${server}.${member}`));
  }
  return { servers, bases: basesOf(name, value['extends']), overlays: overlaysOf(name, value['overlays']), leftOut };
}

function basesOf(name: string, value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((base) => typeof base === 'string')) return value as string[];
  throw notCanonical(name, 'extends is not a list of names');
}

function overlaysOf(name: string, value: unknown): Readonly<Record<string, Overlay>> {
  if (value === undefined) return {};
  const isOverlay = (overlay: unknown) =>
    isObject(overlay) && Object.values(overlay).every((members) => members === null || isObject(members));
  if (isObject(value) && Object.values(value).every(isOverlay)) return value as Readonly<Record<string, Overlay>>;
  throw notCanonical(name, 'overlays is not a map of clients to servers to members');
}

function notCanonical(name: string, why: string): StoreError {
  return new StoreError('CONTENT_INVALID', `${name} is no list of MCP servers: ${why}`, {
    hint: 'It needs an object mcpServers, whose entries have type, command, args, env and cwd, or type, url and headers.',
  });
}
