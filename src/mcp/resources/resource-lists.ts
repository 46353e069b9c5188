import { type McpServer, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { toStoreError } from '../../core/errors.ts';
import type { Context } from '../../verbs/shared/context.ts';
import { decodeCursor, encodeCursor } from '../../verbs/shared/cursor.ts';
import type { Changes, ChangeWatcher } from '../change-watcher.ts';
import { toProtocolError } from '../protocol-error.ts';
import { quote } from '../results/others.ts';
import { decodeUri } from './decoded-template.ts';
import { configUri, FIXED_RESOURCES } from './resources.ts';

/** Resources on one page of `resources/list`. */
const PAGE_SIZE = 100;
/** Subscriptions one connection of the 2025 era may hold. */
const MAX_SUBSCRIPTIONS = 1_024;
const URI = /^(?:config|artifact|store):\/\/\S{1,300}$/;

/**
 * Registers `resources/list` in pages, `resources/subscribe` and `unsubscribe` for 2025-era clients (2026's
 * `subscriptions/listen` is answered by the SDK), and the notifications for both.
 *
 * @returns notifies the client of changes: lists to clients that read them, updates to those that subscribed
 */
export function registerResourceLists(
  server: McpServer,
  options: { context: Context; watcher: ChangeWatcher; era: 'legacy' | 'modern'; push: boolean },
): (changes: Changes) => void {
  const { context, watcher, era, push } = options;
  /** The URIs that are followed, with how the client spelled each. */
  const subscribed = new Map<string, string>();

  server.server.setRequestHandler('resources/list', async ({ params }) => {
    const after = params?.cursor === undefined ? undefined : positionOf(params.cursor);
    const fixed = after === undefined ? FIXED_RESOURCES.map((resource) => ({ ...resource })) : [];
    const { configs, next } = await configsAfter(context, after);
    return {
      resources: [...fixed, ...configs],
      ...(next !== undefined && { nextCursor: encodeCursor('resources', next) }),
    };
  });

  if (!push) return () => undefined;

  server.server.setRequestHandler('resources/subscribe', async ({ params: { uri } }) => {
    if (!URI.test(uri))
      throw new ProtocolError(
        ProtocolErrorCode.InvalidParams,
        'Invalid params: uri is not one of this server (config://, artifact://, store://)',
      );
    if (subscribed.size >= MAX_SUBSCRIPTIONS)
      throw new ProtocolError(
        ProtocolErrorCode.InvalidParams,
        `Invalid params: at most ${MAX_SUBSCRIPTIONS} subscriptions at once; unsubscribe from some`,
      );
    subscribed.set(decodeUri(uri), uri);
    await watcher.start();
    return {};
  });

  server.server.setRequestHandler('resources/unsubscribe', ({ params: { uri } }) => {
    subscribed.delete(decodeUri(uri));
    return {};
  });

  return ({ changed, listChanged }) => {
    if (!server.isConnected()) return;
    const uris = ['store://log', ...changed.map(configUri)];
    // On the 2026 era the SDK hands each update to the subscriptions that asked for its URI.
    for (const uri of uris) {
      const spelled = era === 'modern' ? uri : subscribed.get(uri);
      if (spelled !== undefined) void server.server.sendResourceUpdated({ uri: spelled });
    }
    if (listChanged) server.sendResourceListChanged();
  };
}

/** Returns where the page starts. @throws ProtocolError -32602 for a cursor this list never gave */
function positionOf(cursor: string): string {
  try {
    return decodeCursor('resources', cursor);
  } catch (error) {
    throw toProtocolError(toStoreError(error));
  }
}

/** Returns one page of configs as resources; where the store cannot be read the first page is empty. */
async function configsAfter(context: Context, after: string | undefined) {
  try {
    const { items, next } = await (await context.store()).reader.heads({ after, limit: PAGE_SIZE });
    const configs = items.map(({ name, mediaType, size, message }) => ({
      uri: configUri(name),
      name,
      mimeType: mediaType,
      size,
      ...(message !== '' && { description: `Message of its newest version: ${quote(message)}` }),
    }));
    return { configs, next };
  } catch (error) {
    // The fixed resources stay listed: reading store://health says why the others are not.
    if (after === undefined) return { configs: [], next: undefined };
    throw toProtocolError(toStoreError(error));
  }
}
