import type { CanonicalServer } from '../../clients/canonical/server.ts';
import type { Guidance } from '../../core/advice.ts';
import { patchConfig } from '../configs/patch-config.ts';
import { putConfig } from '../configs/put-config.ts';
import { argumentInvalid } from '../shared/argument.ts';
import type { Context } from '../shared/context.ts';
import { showCatalog } from './catalog.ts';

/** Which server of the catalog goes into which config. */
export interface AddServerRequest {
  readonly id: string;
  readonly config: string;
  /** Its name in the config; the last part of its name in the catalog unless given. */
  readonly server?: string | undefined;
  /** Values of its inputs, by name. */
  readonly values: Readonly<Record<string, string>>;
  /** Prefer the remote server over a package. */
  readonly remote?: boolean | undefined;
}

/** The outcome. */
export interface AddServerResult {
  readonly summary: string;
  readonly next?: Guidance | undefined;
  readonly name: string;
  readonly version?: number | undefined;
  readonly server: string;
  readonly entry: CanonicalServer;
  /** Variables that have to be set where the client starts. */
  readonly variables: readonly string[];
}

/** Fills a config with a server of the catalog: version pinned, secrets as references. @throws StoreError NOT_FOUND, ARGUMENT_INVALID naming the inputs that are missing */
export async function addServer(ctx: Context, request: AddServerRequest): Promise<AddServerResult> {
  const { id, config, values, remote = false } = request;
  const entry = await showCatalog(ctx, id);
  const ways = remote ? entry.ways.filter(({ transport }) => transport !== 'stdio') : entry.ways;
  const way = ways[0];
  if (way === undefined) throw argumentInvalid(`${id} has no remote address`, 'Add it as a package.');
  const unknown = Object.keys(values).find((name) => !way.inputs.some((input) => input.name === name));
  if (unknown !== undefined)
    throw argumentInvalid(
      `${id} has no input ${JSON.stringify(unknown.slice(0, 80))}`,
      `It has ${way.inputs.map(({ name }) => name).join(', ') || 'none'}.`,
    );
  const made = way.entry(values);
  if ('missing' in made)
    throw argumentInvalid(
      `${id} needs ${made.missing.join(', ')}`,
      way.inputs
        .filter(({ name }) => made.missing.includes(name))
        .map(({ name, description }) => `${name}: ${description}`)
        .join('; '),
    );
  const server = request.server ?? (id.split('/').at(-1) as string);
  const store = await ctx.store();
  const head = await store.reader.head(config);
  const message = `add ${id} ${entry.version}`;
  const isNew = head === undefined || head.action === 'delete';
  const { version } = isNew
    ? await putConfig(ctx, { name: config, json: { mcpServers: { [server]: made } }, message })
    : await patchConfig(ctx, { name: config, patch: { mcpServers: { [server]: made } }, message });
  const variables = [...JSON.stringify(made).matchAll(/\$\{env:(\w+)\}/g)].map((found) => found[1] as string);
  return {
    summary: `Added ${server} (${id} ${entry.version}) to ${config}, now version ${version}`,
    ...(variables.length > 0 && {
      next: { hint: `Set ${[...new Set(variables)].join(', ')} where the client is started.` },
    }),
    name: config,
    version,
    server,
    entry: made,
    variables: [...new Set(variables)],
  };
}
