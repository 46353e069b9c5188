import { STATEMENT_LIMITS } from '../../core/commit/statement.ts';
import { formatDigest } from '../../core/digest.ts';
import { isStoreError, type StoreError } from '../../core/errors.ts';
import { checkName } from '../../core/name.ts';
import type { Receipt } from '../../core/receipt.ts';
import type { Store } from '../../store/api/store.ts';
import { contentToStore } from '../configs/content-to-store.ts';
import { explainType, type TypedContent } from '../configs/find-media-type.ts';
import { admitContent } from '../shared/admission.ts';
import { argumentInvalid } from '../shared/argument.ts';
import type { Context } from '../shared/context.ts';
import { count } from '../shared/text.ts';

/** Contents for several configs. */
export interface PutConfigsRequest {
  /** `fileName` tells the media type, and names the file in a refusal. */
  readonly configs: ReadonlyArray<{ readonly name: string; readonly fileName: string; readonly bytes: Uint8Array }>;
  readonly message?: string | undefined;
  /** Say what it would do, and store nothing. */
  readonly dryRun?: boolean | undefined;
}

/** Why one of them may not be stored. */
export interface RefusedConfig {
  readonly name: string;
  readonly fileName: string;
  readonly error: StoreError;
}

/** One of them, as it is stored now. */
export interface StoredConfig {
  readonly name: string;
  readonly fileName: string;
  readonly version: number;
  /** `sha256:<hex>`. */
  readonly digest: string;
  /** False when it had this content already. */
  readonly created: boolean;
}

/** The outcome for them: all of them, or, where one was refused, nothing. */
export interface PutConfigsResult {
  readonly summary: string;
  /** With any in it nothing was stored. */
  readonly refused: readonly RefusedConfig[];
  readonly stored: readonly StoredConfig[];
  /** Absent where nothing was committed. */
  readonly receipt?: Receipt | undefined;
}

/**
 * Stores contents as the newest versions of several configs, in one commit. When the policy refuses one, nothing is stored, and the
 * answer names all that it refuses.
 *
 * @throws StoreError ARGUMENT_INVALID, and what a commit throws
 */
export async function putConfigs(ctx: Context, request: PutConfigsRequest): Promise<PutConfigsResult> {
  const { configs, dryRun = false } = request;
  if (configs.length === 0) throw argumentInvalid('there is nothing to store', 'Give at least one config.');
  if (configs.length > STATEMENT_LIMITS.changes)
    throw argumentInvalid(
      `there are ${configs.length} configs, and one commit changes ${STATEMENT_LIMITS.changes} at most`,
      'Store them in several parts.',
    );
  const store = await ctx.store();
  const refused: RefusedConfig[] = [];
  const contents: TypedContent[] = [];
  let message = request.message ?? '';
  for (const config of configs) {
    try {
      const { content, signed } = await admitted(ctx, store, config, message);
      contents.push(content);
      message = signed;
    } catch (error) {
      if (!isStoreError(error)) throw error;
      refused.push({ name: config.name, fileName: config.fileName, error });
    }
  }
  if (refused.length > 0)
    return {
      summary: `Nothing was stored: ${count(refused.length, 'config')} of ${configs.length} refused`,
      refused,
      stored: [],
    };
  if (dryRun) return { summary: `Not stored: ${count(configs.length, 'config')} would be`, refused, stored: [] };
  const { receipt, versions, committed } = await store.writer.commit({
    changes: configs.map(({ name }, at) => {
      const { bytes, mediaType } = contents[at] as TypedContent;
      return { action: 'put', name, bytes, mediaType };
    }),
    message,
    author: ctx.author(),
  });
  const made = versions.filter(({ created }) => created).length;
  const { name: _name, version: _version, digest: _digest, ...whole } = receipt;
  return {
    summary: committed
      ? `Stored ${count(made, 'config')} in commit ${receipt.index}${made < versions.length ? `; ${versions.length - made} unchanged` : ''}`
      : `Nothing new: all ${count(versions.length, 'config')} unchanged`,
    refused,
    stored: versions.map(({ name, version, digest, created }, at) => ({
      name,
      fileName: configs[at]?.fileName ?? '',
      version,
      digest: formatDigest(digest),
      created,
    })),
    ...(committed && { receipt: whole }),
  };
}

async function admitted(
  ctx: Context,
  store: Store,
  { name, fileName, bytes }: PutConfigsRequest['configs'][number],
  message: string,
): Promise<{ content: TypedContent; signed: string }> {
  checkName(name);
  const content = await contentToStore(store, { name, fileName, bytes }, await store.reader.head(name));
  try {
    return { content, signed: await admitContent(ctx, name, content, message) };
  } catch (error) {
    throw isStoreError(error) ? explainType(error, content) : error;
  }
}
