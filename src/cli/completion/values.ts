import { isObject } from '../../core/json/is-object.ts';
import { formatPointer } from '../../core/json/pointer.ts';
import { isConfigName } from '../../core/name.ts';
import { shortId } from '../../core/short-id.ts';
import type { Store } from '../../store/api/store.ts';
import { structuredValue } from '../../verbs/shared/content-changes.ts';
import type { Context } from '../../verbs/shared/context.ts';
import { readLabels } from '../../verbs/shared/labels.ts';
import type { ValueKind } from '../program/command.ts';

/** The most values that are offered. */
const MAX_VALUES = 500;
const PAGE = 200;
/** How deep the places of a config are offered. */
const PLACE_DEPTH = 4;

/** Returns what of the store fits a place of a line, for completion. @throws StoreError what a read throws */
export async function valuesOf(
  context: Context,
  kind: ValueKind,
  name: string | undefined,
): Promise<readonly string[]> {
  const store = await context.store();
  const values = await (isOfConfig(kind) ? ofConfig(store, kind, name) : ofStore(context, store, kind));
  return values.slice(0, MAX_VALUES);
}

type OfConfig = 'versions' | 'labels' | 'places';

function isOfConfig(kind: ValueKind): kind is OfConfig {
  return kind === 'versions' || kind === 'labels' || kind === 'places';
}

async function ofConfig(store: Store, kind: OfConfig, name: string | undefined): Promise<string[]> {
  if (!isConfigName(name)) return [];
  if (kind === 'places') {
    const { row, bytes } = await store.reader.read(name);
    return places(await structuredValue({ bytes, mediaType: row.mediaType }));
  }
  const labels = Object.keys((await readLabels(store, name)).labels);
  if (kind === 'labels') return labels;
  const { items } = await store.reader.versions(name, { limit: PAGE });
  return [...labels, 'latest', ...items.map(({ version }) => `${version}`)];
}

async function ofStore(context: Context, store: Store, kind: Exclude<ValueKind, OfConfig>): Promise<string[]> {
  switch (kind) {
    case 'configs':
      return names(store, '');
    case 'schemas':
      return (await names(store, 'schemas/')).map((name) => name.slice('schemas/'.length));
    case 'drafts':
      return (await store.drafts.list()).map(({ name }) => name);
    case 'keys':
      return (await store.state.status()).keys.map(({ keyId }) => shortId(keyId));
    case 'tokens':
      return (await import('../../verbs/tokens/tokens.ts')).listTokens(context).map(({ name }) => name);
    case 'catalog':
      return (await (await import('../../verbs/catalog/catalog.ts')).searchCatalog(context)).map(({ id }) => id);
    case 'servers':
      return (await servers(store)).map(([config, server]) => `${config}/${server}`);
    case 'server-names':
      return [...new Set((await servers(store)).map(([, server]) => server))];
  }
}

async function names(store: Store, prefix: string): Promise<string[]> {
  return (await store.reader.heads({ prefix, limit: MAX_VALUES })).items.map(({ name }) => name);
}

/** The servers of all configs that hold some, without those of the configs they build on. */
async function servers(store: Store): Promise<Array<readonly [config: string, server: string]>> {
  const found: Array<readonly [string, string]> = [];
  for (const name of await names(store, '')) {
    try {
      const { row, bytes } = await store.reader.read(name);
      const value = await structuredValue({ bytes, mediaType: row.mediaType });
      const entries = isObject(value) ? (value['mcpServers'] ?? value['servers']) : undefined;
      if (isObject(entries)) found.push(...Object.keys(entries).map((server) => [name, server] as const));
    } catch {
      // One that cannot be read offers nothing; the others do.
    }
  }
  return found;
}

function places(value: unknown, pointer = '', depth = PLACE_DEPTH): string[] {
  if (depth === 0 || !(isObject(value) || Array.isArray(value))) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const inner = pointer + formatPointer([key]);
    return [inner, ...places(member, inner, depth - 1)];
  });
}
