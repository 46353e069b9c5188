import { fromClient, transportOf } from '../../clients/canonical/from-client.ts';
import { type Drift, driftOf, isEnabled } from '../../clients/ownership/drift.ts';
import { writtenFor } from '../../clients/ownership/ledger.ts';
import { newestCopy } from '../../clients/target/backup-copy.ts';
import type { Guidance } from '../../core/advice.ts';
import type { StoreError } from '../../core/errors.ts';
import type { Context } from '../shared/context.ts';
import { count } from '../shared/text.ts';
import { deploymentsOf, type Held, heldIn } from './deployed.ts';
import { silencedIn } from './plan-notes.ts';
import {
  changedAt,
  findTargets,
  type ReadTarget,
  readTargetFile,
  type Target,
  type TargetSelection,
} from './targets.ts';

/** One client, or all there are; the files of a project where one is given. */
export interface ScanClientsRequest {
  readonly client?: string | undefined;
  readonly project?: string | undefined;
}

/** How a server in a file differs from what the store put there. */
export type ServerDrift = Drift | 'foreign' | 'undone';

/** One server of a client's file. */
export interface ScannedServer {
  readonly name: string;
  readonly transport: 'stdio' | 'http' | 'sse';
  /** True where the store wrote it, or took it over. */
  readonly owned: boolean;
  readonly enabled: boolean;
  /** Absent where it is as it should be, and where nothing was ever deployed to the file. */
  readonly drift?: ServerDrift | undefined;
}

/** One file of a client. */
export interface ScannedClient {
  readonly client: string;
  readonly title: string;
  readonly path: string;
  /** Why this file and no other. */
  readonly why: string;
  readonly scope: Target['scope'];
  readonly state: 'ok' | 'missing' | 'unparsable' | 'unreadable';
  /** The fault; never a part of it. */
  readonly fault?: string | undefined;
  /** When the file was last written. */
  readonly changedAt?: string | undefined;
  /** The config that was deployed to it last. */
  readonly config?: { readonly name: string; readonly version: number; readonly deployedAt: string } | undefined;
  readonly servers: readonly ScannedServer[];
  /** True where it is looked at and never written. */
  readonly readOnly: boolean;
  /** Other files of the client that exist, and are not meant. */
  readonly others: readonly string[];
  readonly next?: Guidance | undefined;
}

/** The MCP clients of this machine. */
export interface ScanClientsResult {
  readonly summary: string;
  readonly next?: Guidance | undefined;
  readonly clients: readonly ScannedClient[];
}

/** Looks at the files of MCP clients; changes nothing. @throws StoreError ARGUMENT_INVALID, STORE_UNREADABLE */
export async function scanClients(ctx: Context, { client, project }: ScanClientsRequest): Promise<ScanClientsResult> {
  const targets = findTargets(ctx, {
    clients: client === undefined ? undefined : [client],
    project,
  } satisfies TargetSelection);
  const deployments = deploymentsOf(ctx).read();
  const clients: ScannedClient[] = [];
  for (const target of targets) {
    const read = await readTargetFile(target);
    const held = heldIn(deployments, target, read.file?.bytes);
    // Most projects have no list in a user's file.
    if (target.scope === 'local' && !target.exists && held.last === undefined) continue;
    clients.push(scanned(read, held));
  }
  // A file that is gone is found only by the memory of having written it.
  const drifted = clients.filter(({ servers, state }) => (state !== 'ok' ? false : servers.some(hasDrifted)));
  const broken = clients.filter(({ state }) => state === 'unparsable' || state === 'unreadable');
  return {
    summary: `${count(clients.filter(({ state }) => state !== 'missing').length, 'client file')}, ${count(
      clients.reduce((sum, { servers }) => sum + servers.filter(({ drift }) => drift !== 'missing').length, 0),
      'server',
    )}${drifted.length === 0 ? '' : `; ${drifted.length} with drift`}${broken.length === 0 ? '' : `; ${broken.length} cannot be read`}`,
    next: clients.length === 0 ? { hint: 'No file of an MCP client was found here.' } : drifted[0]?.next,
    clients,
  };
}

/** Returns true for a server that is not as the store left it. */
export function hasDrifted({ drift }: ScannedServer): boolean {
  return drift !== undefined && drift !== 'foreign';
}

function scanned(read: ReadTarget, held: Held): ScannedClient {
  const { target, file, content, fault } = read;
  const { dialect, path, why, scope, others } = target;
  const state = fault !== undefined ? faultState(fault) : file?.bytes === undefined ? 'missing' : 'ok';
  const servers = content === undefined ? [] : serversOf(read, held);
  const { last } = held;
  return {
    client: dialect.client,
    title: dialect.title,
    path,
    why: target.place?.note === undefined ? why : `${why} (${target.place.note})`,
    scope,
    state,
    ...(fault !== undefined && { fault: fault.message }),
    ...(file?.bytes !== undefined && { changedAt: changedAt(path) }),
    ...(last?.config && { config: { name: last.config.name, version: last.config.version, deployedAt: last.time } }),
    servers,
    readOnly: dialect.readOnly !== undefined || target.place?.readOnly === true,
    others,
    next: nextFor(read, held, servers),
  };
}

function faultState({ code }: StoreError): 'unparsable' | 'unreadable' {
  return code === 'TARGET_UNPARSABLE' || code === 'TARGET_UNSUPPORTED' ? 'unparsable' : 'unreadable';
}

function serversOf(read: ReadTarget, { owned, last, undone }: Held): ScannedServer[] {
  const { content } = read;
  const { dialect } = read.target;
  const found: ScannedServer[] = [];
  const isQuiet = silencedIn(read);
  for (const { name, value } of content?.section.entries.values() ?? []) {
    const transport = transportOf(dialect, value);
    const fields = writtenFor(owned, name);
    if (transport === 'foreign' || (fields === undefined && fromClient(dialect, value).server === undefined)) continue;
    const drift = fields === undefined ? foreignDrift(last?.config != null) : driftOf(dialect, value, fields);
    found.push({
      name,
      transport,
      owned: fields !== undefined,
      enabled: isEnabled(dialect, value) && !isQuiet(name),
      ...(drift !== undefined && { drift: undone && drift !== 'foreign' ? 'undone' : drift }),
    });
  }
  for (const [name, fields] of Object.entries(owned)) {
    if (content?.section.entries.has(name)) continue;
    const transport = Object.keys(fields).some((pointer) => /^\/(?:command|cmd)$/.test(pointer)) ? 'stdio' : 'http';
    found.push({ name, transport, owned: true, enabled: false, drift: undone ? 'undone' : 'missing' });
  }
  return found;
}

function foreignDrift(hasConfig: boolean): 'foreign' | undefined {
  return hasConfig ? 'foreign' : undefined;
}

function nextFor(
  { target, fault }: ReadTarget,
  { last }: Held,
  servers: readonly ScannedServer[],
): Guidance | undefined {
  const { client, readOnly } = target.dialect;
  if (fault !== undefined) {
    const copy = newestCopy(target.path);
    return { hint: copy === undefined ? fault.hint : `${fault.hint} The newest copy is ${copy}.` };
  }
  if (servers.some(hasDrifted) && last?.config != null)
    return {
      hint: 'A person or the client changed what was deployed.',
      advice: [{ do: 'deploy', name: last.config.name, client, restore: true }],
    };
  if (readOnly === undefined && last === undefined && servers.length > 0)
    return { advice: [{ do: 'import-client', client }] };
  return undefined;
}
