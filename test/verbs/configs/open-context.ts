import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { isStoreError, type StoreError } from '../../../src/core/errors.ts';
import type { Store } from '../../../src/store/api/store.ts';
import type { Context } from '../../../src/verbs/shared/context.ts';
import { openStore, type StorePaths } from '../../store/open-store.ts';
import { checkTexts, contextAt, installationAt } from '../context-at.ts';

/** The folders of a store of this test's own, removed when the test ends. Nothing is made in them yet. */
export async function temporaryPaths(): Promise<StorePaths> {
  const root = await mkdtemp(join(tmpdir(), 'configs-'));
  onTestFinished(() => rm(root, { recursive: true, force: true, maxRetries: 3 }));
  return {
    root,
    storage: join(root, 'storage'),
    keys: join(root, 'keys'),
    state: join(root, 'state'),
    telemetry: join(root, 'telemetry'),
  };
}

/** A context on a real store, as one client has it; closed when the test ends. */
export async function openContext(
  options: {
    paths?: StorePaths;
    client?: string;
    allowSecrets?: boolean;
    maxContentBytes?: number;
    storeId?: string;
    telemetry?: Context['telemetry'];
  } = {},
): Promise<{ ctx: Context; store: Store; paths: StorePaths }> {
  const paths = options.paths ?? (await temporaryPaths());
  const { allowSecrets = false } = options;
  const store = await openStore({ paths, storeId: options.storeId, checkTexts: checkTexts(allowSecrets) });
  onTestFinished(() => store.close());
  const ctx = contextAt({
    store: async () => store,
    installation: installationAt(paths),
    author: () => ({ name: options.client ?? 'test', version: '1.0.0', via: 'mcp' }),
    maxContentBytes: options.maxContentBytes ?? 1_048_576,
    allowSecrets,
    ...(options.telemetry && { telemetry: options.telemetry }),
  });
  return { ctx, store, paths };
}

/** The StoreError a promise must reject with. */
export async function refusal(promise: Promise<unknown>): Promise<StoreError> {
  try {
    await promise;
  } catch (error) {
    if (isStoreError(error)) return error;
    throw error;
  }
  throw new Error('expected a StoreError, and nothing was thrown');
}
