import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { openSharedStore } from '../../src/app/stores/shared-store.ts';
import { parseAddress } from '../../src/engine/postgres/address.ts';
import { newSeed } from '../../src/keys/ed25519.ts';
import { privateKeyPem } from '../../src/keys/formats/private-key-pem.ts';
import { signingKeyOf } from '../../src/keys/signing-key.ts';
import type { StorePaths } from '../../src/store/api/paths.ts';
import type { Store } from '../../src/store/api/store.ts';
import type { OpenOptions } from '../../src/store/open.ts';
import { pathsBelow, puts } from '../store/temporary-var.ts';
import { author, textOf } from '../trust/stores.ts';
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

/** Two machines that share a store: each has its own folders and its own key, and nothing in common but the database. */
export interface TwoMachines {
  readonly place: DatabasePlace;
  readonly ada: Store;
  readonly ben: Store;
  /** The ids of their keys. */
  readonly keys: readonly [string, string];
  /** Their var folders. */
  readonly folders: readonly [string, string];
  readonly storeId: string;
}

/** Makes a store with one config `a`, which both may write. */
export async function twoMachines(admin: string): Promise<TwoMachines> {
  const place = await preparedPlace(admin);
  const paths = [await machine(), await machine()] as const;
  const ada = await openAt(place.url, paths[0]);
  await ada.writer.commit(puts({ a: 'from ada' }));
  const { store: storeId = '', signingKey = '' } = await ada.state.status();
  const seed = newSeed();
  const { keyId, spki } = await signingKeyOf(seed);
  await ada.keys.trust({ author, spki: Buffer.from(spki, 'base64'), label: 'ben', role: 'writer' });
  const ben = await openAt(place.url, paths[1], { storeId });
  expect(textOf(await ben.reader.read('a'))).toBe('from ada');
  await ben.keys.importKey({ author, file: privateKeyPem(seed), label: 'ben', role: 'writer' });
  return { place, ada, ben, keys: [signingKey, keyId], folders: [paths[0].root, paths[1].root], storeId };
}
