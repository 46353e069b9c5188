import { isUtf8 } from 'node:buffer';
import {
  type McpServer,
  type ReadResourceResult,
  ResourceTemplate,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { snakeCase } from '../../core/case.ts';
import { isHexDigest } from '../../core/digest.ts';
import { StoreError, toStoreError } from '../../core/errors.ts';
import { isConfigName } from '../../core/name.ts';
import { parseVersionReference } from '../../core/version-reference.ts';
import { spellLine } from '../../core/visible.ts';
import type { VerifiedRead } from '../../store/api/versions.ts';
import type { Context } from '../../verbs/shared/context.ts';
import { commandLine, noticeText } from '../advice.ts';
import { toProtocolError } from '../protocol-error.ts';
import type { Completion } from './completion.ts';
import { DecodedTemplate } from './decoded-template.ts';
import { healthView, logView } from './store-views.ts';

/** The largest artifact a resource read returns, in bytes: base64 and JSON escapes must still fit into one message. */
const MAX_RESOURCE_BYTES = 1_048_576;

/** Returns the URI of a config's newest version. */
export function configUri(name: string): string {
  return `config://${name}`;
}

/** The parts the resources need. */
export interface ResourceOptions {
  readonly context: Context;
  readonly completion: Completion;
  /** Called after every answered read, with the failure where it failed. */
  readonly onRead: (
    uri: string,
    ctx: ServerContext,
    startedMs: number,
    outcome: ReadResourceResult | StoreError,
  ) => void;
}

/** The resources that are always there. */
export const FIXED_RESOURCES = [
  {
    name: 'health',
    uri: 'store://health',
    title: 'Health of the store',
    description: 'What check_health reports.',
    mimeType: 'application/json',
  },
  {
    name: 'log',
    uri: 'store://log',
    title: 'Newest changes',
    description:
      'The newest 50 commits: who changed which configs, when, why and with which key, each verified (unchanged since it was stored).',
    mimeType: 'application/json',
  },
] as const;

/** Registers `config://`, `artifact://` and `store://`. Lists and subscriptions are in resource-lists.ts. */
export function registerResources(server: McpServer, options: ResourceOptions): void {
  const { context, completion, onRead } = options;
  const read = async (uri: string, ctx: ServerContext, load: () => Promise<ReadResourceResult>) => {
    const startedMs = performance.now();
    try {
      const result = await load();
      onRead(uri, ctx, startedMs, result);
      return result;
    } catch (thrown) {
      const error = toStoreError(thrown);
      onRead(uri, ctx, startedMs, error);
      throw toProtocolError(error, uri);
    }
  };
  const [healthInfo, logInfo] = FIXED_RESOURCES;
  server.registerResource(healthInfo.name, healthInfo.uri, healthInfo, async ({ href }, ctx) =>
    read(href, ctx, async () => asJson(href, await healthView(context))),
  );
  server.registerResource(logInfo.name, logInfo.uri, logInfo, async ({ href }, ctx) =>
    read(href, ctx, async () => asJson(href, await logView(context))),
  );

  // Before the template of names alone, which would match the version as part of a name.
  server.registerResource(
    'config-version',
    new ResourceTemplate(new DecodedTemplate('config://{+name}@{version}'), {
      list: undefined,
      complete: {
        name: completion.names,
        version: (value, given) => completion.versions(value, given?.arguments?.['name']),
      },
    }),
    { title: 'One version of a config', description: 'A version never changes.' },
    async ({ href }, { name, version: given }, ctx) =>
      read(href, ctx, async () => {
        const version = parseVersionReference(given);
        if (!isConfigName(name) || version === undefined) throw unknownUri(href);
        const { getVersion } = await import('../../verbs/configs/get-version.ts');
        return asContent(href, await getVersion(context, { name, version }));
      }),
  );
  server.registerResource(
    'config',
    new ResourceTemplate(new DecodedTemplate('config://{+name}'), {
      list: undefined,
      complete: { name: completion.names },
    }),
    { title: 'A config', description: 'Its newest version, verified: unchanged since it was stored.' },
    async ({ href }, { name }, ctx) =>
      read(href, ctx, async () => {
        if (!isConfigName(name)) throw unknownUri(href);
        const { getVersion } = await import('../../verbs/configs/get-version.ts');
        return asContent(href, await getVersion(context, { name }));
      }),
  );
  server.registerResource(
    'artifact',
    new ResourceTemplate(new DecodedTemplate('artifact://sha256/{hex}'), {
      list: undefined,
      complete: { hex: completion.digests },
    }),
    { title: 'Content by its SHA-256', description: 'Bytes with exactly this digest, as a config has or had them.' },
    async ({ href }, { hex }, ctx) =>
      read(href, ctx, async () => {
        if (!isHexDigest(hex)) throw unknownUri(href);
        return asContent(href, await (await context.store()).reader.readDigest(hex));
      }),
  );
}

function asJson(uri: string, text: string): ReadResourceResult {
  return { contents: [{ uri, mimeType: 'application/json', text }] };
}

function asContent(uri: string, { row, bytes, verified, receipt, notices }: VerifiedRead): ReadResourceResult {
  if (bytes.length > MAX_RESOURCE_BYTES) {
    throw new StoreError(
      'CONTENT_TOO_LARGE',
      `${uri} has ${bytes.length} bytes, over the ${MAX_RESOURCE_BYTES} a resource returns`,
      {
        hint: `Call get_config with offset and max_chars, or use ${commandLine('get')}.`,
      },
    );
  }
  const content = isUtf8(bytes)
    ? { text: Buffer.from(bytes).toString('utf8') }
    : { blob: Buffer.from(bytes).toString('base64') };
  const _meta = snakeCase({
    verified,
    receipt,
    ...(notices.length > 0 && { warnings: notices.map((notice) => spellLine(noticeText(notice))) }),
  }) as Record<string, unknown>;
  return { contents: [{ uri, mimeType: row.mediaType, ...content, _meta }] };
}

function unknownUri(uri: string): StoreError {
  return new StoreError('NOT_FOUND', `${uri} names nothing in this store`, {
    hint: 'Use config://NAME, config://NAME@VERSION or artifact://sha256/HEX; resources/list shows the names.',
  });
}
