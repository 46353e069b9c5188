import { sha256Hex } from '../../core/digest.ts';
import { isStoreError } from '../../core/errors.ts';
import { canonicalJson, toCanonicalBytes } from '../../core/json/canonical-json.ts';
import { isObject } from '../../core/json/is-object.ts';
import { listConfigs } from '../configs/list-configs.ts';
import { putConfig } from '../configs/put-config.ts';
import { readConfig } from '../configs/read-config.ts';
import { structuredValue } from '../shared/content-changes.ts';
import type { Context } from '../shared/context.ts';
import { count } from '../shared/text.ts';
import { serversNamed, withValues } from './server-start.ts';

/** Which servers are started. */
export interface ProbeServersRequest {
  /** A config, or `CONFIG/server`; the servers of every config unless given. */
  readonly servers?: string | undefined;
  /** Keep a digest of each tool's definition in the store. */
  readonly record?: boolean | undefined;
}

/** One server that was started. */
export interface ProbedServerResult {
  readonly config: string;
  readonly server: string;
  readonly ok: boolean;
  /** Why it did not answer. */
  readonly why?: string | undefined;
  readonly title?: string | undefined;
  readonly initialize?: string | undefined;
  readonly discover?: string | undefined;
  readonly startMs?: number | undefined;
  readonly tools: readonly string[];
  /** Differences from what was recorded: a tool whose definition is another may do something else by now. */
  readonly changes: readonly string[];
}

/** The outcome of a probe. */
export interface ProbeServersResult {
  readonly summary: string;
  readonly servers: readonly ProbedServerResult[];
}

/** Starts configured servers one after the other. @throws StoreError NOT_FOUND, CONTENT_INVALID */
export async function probeServers(
  ctx: Context,
  { servers, record = false }: ProbeServersRequest,
): Promise<ProbeServersResult> {
  const probed: ProbedServerResult[] = [];
  const found = servers === undefined ? await allServers(ctx) : await serversNamed(ctx, servers);
  for (const one of found) probed.push(await probeOne(ctx, one, record));
  const failed = probed.filter(({ ok }) => !ok).length;
  const changed = probed.filter(({ changes }) => changes.length > 0).length;
  return {
    summary: `${count(probed.length - failed, 'server')} answered${failed === 0 ? '' : `, ${failed} did not`}${changed === 0 ? '' : `; ${changed} with other tools than recorded`}`,
    servers: probed,
  };
}

/** Returns the servers of every config that is a list of servers. */
async function allServers(ctx: Context): Promise<Awaited<ReturnType<typeof serversNamed>>> {
  const found: Awaited<ReturnType<typeof serversNamed>>[number][] = [];
  let cursor: string | undefined;
  do {
    const page = await listConfigs(ctx, { cursor, limit: 200 });
    for (const { name } of page.configs) {
      try {
        found.push(...(await serversNamed(ctx, name)));
      } catch (error) {
        // Most configs are about something else.
        if (!isStoreError(error, 'CONTENT_INVALID')) throw error;
      }
    }
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return found;
}

async function probeOne(
  ctx: Context,
  found: Awaited<ReturnType<typeof serversNamed>>[number],
  record: boolean,
): Promise<ProbedServerResult> {
  const bare = { config: found.config, server: found.server, tools: [], changes: [] };
  try {
    const { entry } = await withValues(ctx, found);
    const { name, version, tools, ...more } = await ctx.installation.probe(entry);
    const digests = Object.fromEntries(tools.flatMap(toolDigest));
    const recorded = await readRecord(ctx, found);
    const changes = recorded === undefined ? [] : compare(recorded, digests);
    if (record) await writeRecord(ctx, found, digests);
    return { ...bare, ok: true, title: `${name} ${version}`.trim(), ...more, tools: Object.keys(digests), changes };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { ...bare, ok: false, why: error.message };
  }
}

function toolDigest(tool: unknown): Array<[string, string]> {
  if (!isObject(tool) || typeof tool['name'] !== 'string') return [];
  return [[tool['name'], `sha256:${sha256Hex(Buffer.from(canonicalJson(tool)))}`]];
}

type Digests = Readonly<Record<string, string>>;

function compare(before: Digests, now: Digests): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return names.flatMap((name) => {
    if (before[name] === now[name]) return [];
    return [now[name] === undefined ? `- ${name}` : before[name] === undefined ? `+ ${name}` : `~ ${name}`];
  });
}

/** A server's name may be anything, so its record is named after its hash where it is no name of a config. */
function recordName({ config, server }: { readonly config: string; readonly server: string }): string {
  const part = /^[a-z0-9][a-z0-9._-]{0,62}$/.test(server) ? server : sha256Hex(server).slice(0, 16);
  return `probes/${config}/${part}`;
}

async function readRecord(ctx: Context, found: { config: string; server: string }): Promise<Digests | undefined> {
  try {
    const value = await structuredValue(await readConfig(await ctx.store(), { name: recordName(found) }));
    return isObject(value) && isObject(value['tools']) ? (value['tools'] as Digests) : undefined;
  } catch (error) {
    if (isStoreError(error, 'NOT_FOUND', 'NAME_INVALID')) return undefined;
    throw error;
  }
}

async function writeRecord(ctx: Context, found: { config: string; server: string }, tools: Digests): Promise<void> {
  await putConfig(ctx, {
    name: recordName(found),
    bytes: toCanonicalBytes({ server: found.server, tools }),
    mediaType: 'application/json',
    message: `tools of ${found.config}/${found.server} as they were probed`,
  });
}
