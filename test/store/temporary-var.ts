import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommitRequest } from '../../src/store/api/writer.ts';
import type { StorePaths } from './open-store.ts';

/** The paths of a store below one var folder. */
export function pathsBelow(root: string): StorePaths {
  return {
    root,
    storage: join(root, 'storage'),
    keys: join(root, 'keys'),
    state: join(root, 'state'),
    telemetry: join(root, 'telemetry'),
  };
}

/** An empty var folder below the system's temporary folder. */
export async function makeVar(): Promise<{ paths: StorePaths; dispose: () => Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'config-store-'));
  return { paths: pathsBelow(root), dispose: () => rm(root, { recursive: true, force: true }) };
}

/** A commit that puts text under names, one version each. */
export function puts(contents: Record<string, string>, message = 'test'): CommitRequest {
  return {
    changes: Object.entries(contents).map(([name, text]) => ({
      action: 'put',
      name,
      bytes: Buffer.from(text),
      mediaType: 'text/plain',
    })),
    message,
    author: { name: 'test', version: '1', via: 'cli' },
  };
}
