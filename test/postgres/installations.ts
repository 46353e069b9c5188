import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openSharedStore } from '../../src/app/shared-store.ts';
import { parseAddress } from '../../src/engine/postgres/address.ts';
import type { StorePaths } from '../../src/store/api/paths.ts';
import type { Store } from '../../src/store/api/store.ts';
import type { OpenOptions } from '../../src/store/open.ts';
import { pathsBelow } from '../store/temporary-var.ts';
import { DatabasePlace } from './subject.ts';

/** The folders of a machine of its own, removed when the test ends. */
export async function machine(): Promise<StorePaths> {
  const root = await mkdtemp(join(tmpdir(), 'config-store-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return pathsBelow(root);
}

/** An empty store in a database, dropped when the test ends. `through` is where the installations connect. */
export async function preparedPlace(admin: string, through = admin): Promise<DatabasePlace> {
  const place = new DatabasePlace(admin, undefined, through);
  await place.prepare();
  onTestFinished(() => place.drop());
  return place;
}

/** Opens the store at an address as an installation does; closed when the test ends. */
export async function openAt(
  url: string,
  paths: StorePaths,
  options: Omit<OpenOptions, 'engine' | 'keys' | 'state'> = {},
): Promise<Store> {
  const database = { address: parseAddress(url), given: url, passwordFile: undefined, password: undefined };
  const store = await openSharedStore({ database, paths, ...options });
  onTestFinished(() => store.close());
  return store;
}
