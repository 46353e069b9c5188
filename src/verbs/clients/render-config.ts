import type { Loss } from '../../clients/canonical/loss.ts';
import { printFragment } from '../../clients/canonical/print-fragment.ts';
import { dialectOf } from '../../clients/dialects/index.ts';
import type { VersionReference } from '../../core/version-reference.ts';
import type { Store } from '../../store/api/store.ts';
import { type ConfigServers, configServers, renderServers } from './config-servers.ts';

/** A config in a client's words, to be pasted into its file. */
export interface RenderedConfig {
  readonly client: string;
  readonly mediaType: string;
  readonly text: string;
  readonly losses: readonly Loss[];
  readonly config: ConfigServers;
}

const MEDIA_TYPES = {
  json: 'application/json',
  jsonc: 'application/jsonc',
  toml: 'application/toml',
  yaml: 'application/yaml',
} as const;

/** Renders a config for a client. @throws StoreError ARGUMENT_INVALID for an unknown client, and as `configServers` */
export async function renderConfig(
  store: Store,
  { name, version, client }: { name: string; version?: VersionReference | undefined; client: string },
): Promise<RenderedConfig> {
  const dialect = dialectOf(client);
  const config = await configServers(store, name, version);
  const { servers, losses } = renderServers(dialect, config);
  const text = await printFragment(dialect, servers);
  return { client: dialect.client, mediaType: MEDIA_TYPES[dialect.format], text, losses, config };
}

/** Returns a loss as one sentence. */
export function lossText({ code, client, server, field, message }: Loss): string {
  return `${code}: ${client}: ${field === '' ? server : `${server}.${field}`}: ${message}`;
}
