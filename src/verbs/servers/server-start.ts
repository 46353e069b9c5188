import { reference, referencesIn } from '../../clients/canonical/references.ts';
import type { CanonicalServer } from '../../clients/canonical/server.ts';
import { StoreError } from '../../core/errors.ts';
import { nearest } from '../../core/nearest.ts';
import { configServers, requireVerified } from '../clients/config-servers.ts';
import type { Context } from '../shared/context.ts';

/** A server with the values of its variables in their places: never shown, never stored. */
export interface ServerStart {
  readonly config: string;
  readonly version: number;
  readonly server: string;
  readonly entry: CanonicalServer;
}

/**
 * Returns the config and the server of `NAME/server`; all servers where the whole text is a config's name.
 *
 * @throws StoreError NOT_FOUND, CONTENT_INVALID, KEY_UNTRUSTED, and what reading a config throws
 */
export async function serversNamed(
  ctx: Context,
  text: string,
): Promise<ReadonlyArray<{ config: string; version: number; server: string; entry: CanonicalServer }>> {
  const store = await ctx.store();
  if (/^[a-z0-9._/-]+$/.test(text) && (await store.reader.head(text)) !== undefined) {
    const found = await configServers(store, text);
    requireVerified(found);
    const { name, version, servers } = found;
    return [...servers].map(([server, entry]) => ({ config: name, version, server, entry }));
  }
  const at = text.lastIndexOf('/');
  const [config, server] = [text.slice(0, at), text.slice(at + 1)];
  const found = await configServers(store, config === '' ? text : config);
  requireVerified(found);
  const { version, servers } = found;
  const entry = servers.get(server);
  if (entry !== undefined) return [{ config, version, server, entry }];
  const near = nearest(server, [...servers.keys()]);
  throw new StoreError('NOT_FOUND', `${config} has no server ${JSON.stringify(server.slice(0, 80))}`, {
    hint: near === undefined ? 'See what is in it first.' : `Did you mean ${near}?`,
    advice: [{ do: 'read-config', name: config }],
  });
}

/**
 * Returns a server with the values of its variables: from this environment, else from the system's keyring.
 *
 * @throws StoreError NOT_FOUND naming the variables that have no value
 */
export async function withValues({ installation }: Context, server: Omit<ServerStart, 'values'>): Promise<ServerStart> {
  const names = [...new Set(referencesIn(JSON.stringify(server.entry)))];
  const values = new Map<string, string>();
  for (const name of names) {
    const value = await installation.secret(name);
    if (value !== undefined) values.set(name, value);
  }
  const missing = names.filter((name) => !values.has(name));
  if (missing.length > 0)
    throw new StoreError('NOT_FOUND', `${missing.join(', ')} ${missing.length === 1 ? 'has' : 'have'} no value`, {
      hint: 'Set the variable where this is started, or keep it in the keyring of the system.',
    });
  return { ...server, entry: filled(server.entry, values) as CanonicalServer };
}

function filled(value: unknown, values: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string')
    return [...values].reduce((text, [name, one]) => text.replaceAll(reference(name), () => one), value);
  if (Array.isArray(value)) return value.map((item) => filled(item, values));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner, values)]));
}
