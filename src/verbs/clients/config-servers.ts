import { type CanonicalDocument, type Overlay, readDocument } from '../../clients/canonical/document.ts';
import type { Loss } from '../../clients/canonical/loss.ts';
import type { CanonicalServer } from '../../clients/canonical/server.ts';
import { type Field, type FillIn, type Rendered, toClient } from '../../clients/canonical/to-client.ts';
import type { Dialect } from '../../clients/dialects/dialect.ts';
import { isStoreError, StoreError } from '../../core/errors.ts';
import { checkName } from '../../core/name.ts';
import type { Notice } from '../../core/notice.ts';
import type { VersionReference } from '../../core/version-reference.ts';
import type { Store } from '../../store/api/store.ts';
import { readConfig } from '../configs/read-config.ts';
import { type Content, structuredValue } from '../shared/content-changes.ts';

/** The most layers of configs that build on one another. */
const MAX_LAYERS = 16;

/** A config's servers with those of the configs it builds on. */
export interface ConfigServers {
  readonly name: string;
  readonly version: number;
  /** `sha256:<hex>` of the config itself. */
  readonly digest: string;
  /** Digests of all layers, itself first: what a plan is bound to. */
  readonly layers: readonly string[];
  /** True where all layers are verified. */
  readonly verified: boolean;
  readonly servers: ReadonlyMap<string, CanonicalServer>;
  readonly overlays: ReadonlyArray<Readonly<Record<string, Overlay>>>;
  readonly leftOut: readonly string[];
  readonly notices: readonly Notice[];
}

/**
 * Reads a config of MCP servers, with its layers.
 *
 * @throws StoreError NOT_FOUND, CONTENT_INVALID, TARGET_CONFLICT for a server that two layers have, and what a read throws
 */
export async function configServers(store: Store, name: string, version?: VersionReference): Promise<ConfigServers> {
  const read = await readConfig(store, { name: checkName(name), version });
  const own = await documentOf(name, read);
  const servers = new Map(own.servers);
  const from = new Map([...own.servers.keys()].map((server) => [server, name]));
  const layers = [read];
  const overlays = [own.overlays];
  const seen = new Set([name]);
  const waiting = [...own.bases];
  for (let base = waiting.shift(); base !== undefined; base = waiting.shift()) {
    if (seen.has(base)) continue;
    seen.add(base);
    if (seen.size > MAX_LAYERS) throw tooDeep(name);
    const layer = await readConfig(store, { name: checkName(base) });
    const document = await documentOf(base, layer);
    for (const [server, entry] of document.servers) {
      const other = from.get(server);
      if (other !== undefined) throw twice(server, other, base);
      servers.set(server, entry);
      from.set(server, base);
    }
    layers.push(layer);
    overlays.push(document.overlays);
    waiting.push(...document.bases);
  }
  const { digest, notices } = read;
  return {
    name,
    version: read.version ?? 0,
    digest,
    layers: layers.map((layer) => layer.digest),
    verified: layers.every(({ verified }) => verified),
    servers,
    overlays,
    leftOut: own.leftOut,
    notices,
  };
}

/** Returns the names of all configs that a config builds on; one that cannot be read builds on none. */
export async function basesOf(store: Store, name: string): Promise<Set<string>> {
  const seen = new Set<string>();
  const waiting = [name];
  for (let next = waiting.shift(); next !== undefined && seen.size < MAX_LAYERS; next = waiting.shift()) {
    try {
      const { bases } = await documentOf(next, await readConfig(store, { name: checkName(next) }));
      const more = bases.filter((base) => !seen.has(base));
      for (const base of more) seen.add(base);
      waiting.push(...more);
    } catch (error) {
      if (!isStoreError(error)) throw error;
    }
  }
  return seen;
}

/**
 * Refuses servers that this installation cannot vouch for: they would be written into files, or started.
 *
 * @throws StoreError KEY_UNTRUSTED
 */
export function requireVerified({ name, verified }: ConfigServers): void {
  if (verified) return;
  throw new StoreError('KEY_UNTRUSTED', `${name} cannot be verified, so nothing of it is deployed or started`, {
    hint: 'Find out first why the store cannot be trusted.',
    advice: [{ do: 'check-health' }],
  });
}

async function documentOf(name: string, content: Content): Promise<CanonicalDocument> {
  return readDocument(name, await structuredValue(content));
}

/** Servers in a client's words, and the losses of all. */
export interface RenderedServers {
  readonly servers: ReadonlyMap<string, Rendered>;
  readonly losses: readonly Loss[];
}

/** Renders all servers of a config for a client, with the members that the config sets for it. */
export function renderServers(
  dialect: Dialect,
  config: Pick<ConfigServers, 'servers' | 'overlays'>,
  fillIn?: FillIn,
): RenderedServers {
  const rendered = new Map<string, Rendered>();
  const losses: Loss[] = [];
  for (const [name, server] of config.servers) {
    const overlay = overlayFor(config, dialect.client, name);
    if (overlay === null) continue;
    const result = toClient(dialect, name, server, fillIn);
    losses.push(...result.losses);
    const more: Field[] = Object.entries(overlay ?? {}).map(([member, value]) => ({ path: [member], value }));
    const kept = result.fields?.filter(({ path }) => !more.some((field) => field.path[0] === path[0]));
    rendered.set(name, { ...result, fields: kept && [...kept, ...more] });
  }
  return { servers: rendered, losses };
}

function overlayFor(
  { overlays }: Pick<ConfigServers, 'overlays'>,
  client: string,
  server: string,
): Overlay[string] | undefined {
  return overlays
    .map((layer) => layer[client])
    .find((overlay) => overlay !== undefined && Object.hasOwn(overlay, server))?.[server];
}

function twice(server: string, one: string, other: string): StoreError {
  return new StoreError(
    'TARGET_CONFLICT',
    `the server ${JSON.stringify(server)} is in ${one} and in ${other}, which it builds on`,
    {
      hint: 'Give it another name in one of them, or take it out.',
    },
  );
}

function tooDeep(name: string): StoreError {
  return new StoreError('CONTENT_INVALID', `${name} builds on more than ${MAX_LAYERS} configs`, {
    hint: 'Build on fewer.',
  });
}
