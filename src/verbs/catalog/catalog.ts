import { type CatalogServer, readCatalogDocument } from '../../clients/catalog/registry-document.ts';
import { StoreError } from '../../core/errors.ts';
import { checkName } from '../../core/name.ts';
import { nearest } from '../../core/nearest.ts';
import { listConfigs } from '../configs/list-configs.ts';
import { type PutConfigResult, putConfig } from '../configs/put-config.ts';
import { readConfig } from '../configs/read-config.ts';
import { structuredValue } from '../shared/content-changes.ts';
import type { Context } from '../shared/context.ts';

/** The first segment of the configs that describe servers. */
const CATALOG = 'catalog';

/** A server of the catalog, and the config that describes it. */
export interface CatalogEntry extends CatalogServer {
  /** Its name in the catalog: the config's name without the first segment. */
  readonly id: string;
}

/** Stores a registry document. @throws StoreError CONTENT_INVALID when it is none, and as `putConfig` */
export async function addToCatalog(
  ctx: Context,
  {
    id,
    bytes,
    message,
  }: { readonly id?: string | undefined; readonly bytes: Uint8Array; readonly message?: string | undefined },
): Promise<PutConfigResult & { readonly id: string }> {
  const read = readCatalogDocument(await structuredValue({ bytes, mediaType: 'application/json' }));
  if (typeof read === 'string') throw notADocument(read);
  const name = id ?? read.name.toLowerCase();
  const put = await putConfig(ctx, {
    name: checkName(`${CATALOG}/${name}`),
    bytes,
    mediaType: 'application/json',
    message: message ?? `${read.name} ${read.version}`,
  });
  return { ...put, id: name };
}

/** Returns the servers of the catalog whose name or description has a word in it. */
export async function searchCatalog(ctx: Context, word = ''): Promise<readonly CatalogEntry[]> {
  const found: CatalogEntry[] = [];
  let cursor: string | undefined;
  do {
    const page = await listConfigs(ctx, { prefix: `${CATALOG}/`, cursor, limit: 200 });
    for (const { name } of page.configs) {
      const entry = await read(ctx, name.slice(CATALOG.length + 1));
      const has = `${entry?.id} ${entry?.name} ${entry?.description}`.toLowerCase().includes(word.toLowerCase());
      if (entry !== undefined && has) found.push(entry);
    }
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return found;
}

/** Returns one server of the catalog. @throws StoreError NOT_FOUND naming the nearest, CONTENT_INVALID */
export async function showCatalog(ctx: Context, id: string): Promise<CatalogEntry> {
  const { configs } = await listConfigs(ctx, { prefix: `${CATALOG}/`, limit: 200 });
  const ids = configs.map(({ name }) => name.slice(CATALOG.length + 1));
  if (!ids.includes(id)) {
    const near = nearest(id, ids);
    throw new StoreError('NOT_FOUND', `the catalog has no ${JSON.stringify(id.slice(0, 80))}`, {
      hint: near === undefined ? 'Store its server.json there first.' : `Did you mean ${near}?`,
    });
  }
  const entry = await read(ctx, id);
  if (entry === undefined) throw notADocument('it was stored as something else');
  return entry;
}

async function read(ctx: Context, id: string): Promise<CatalogEntry | undefined> {
  const document = readCatalogDocument(
    await structuredValue(await readConfig(await ctx.store(), { name: `${CATALOG}/${id}` })),
  );
  return typeof document === 'string' ? undefined : { ...document, id };
}

function notADocument(why: string): StoreError {
  return new StoreError('CONTENT_INVALID', `this is no server.json of the MCP registry: ${why}`, {
    hint: 'It needs a name, and packages with registryType, identifier and version, or remotes with type and url.',
  });
}
