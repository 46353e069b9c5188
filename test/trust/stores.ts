import { chmodSync, cpSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { encodeStatement, type Statement } from '../../src/core/commit/statement.ts';
import type { Receipt } from '../../src/core/receipt.ts';
import { commitPath } from '../../src/engine/files/layout.ts';
import type { SigningKey } from '../../src/keys/signing-key.ts';
import type { Store } from '../../src/store/api/store.ts';
import type { VerifiedRead } from '../../src/store/api/versions.ts';
import type { CommitRecord } from '../../src/store/commits/commit-record.ts';
import { signStatement } from '../../src/store/write/sign-commit.ts';
import { databaseOf, type OpenOptions, onPostgres, openStore, type StorePaths } from '../store/open-store.ts';
import { pathsBelow, puts } from '../store/temporary-var.ts';

export const author = { name: 'test', version: '1', via: 'cli' } as const;

/** The folders of an installation of this test's own, removed when the test ends; nothing is made in them yet. */
export async function makePaths(): Promise<StorePaths> {
  const root = await mkdtemp(join(tmpdir(), 'trust-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return pathsBelow(root);
}

/** Opens a store; closed when the test ends. */
export async function open(paths: StorePaths, options: Omit<OpenOptions, 'paths'> = {}): Promise<Store> {
  const store = await openStore({ paths, ...options });
  onTestFinished(() => store.close());
  return store;
}

/** An installation whose config `a` has versions with these texts; closed again, pin written. */
export async function installation(...texts: string[]): Promise<StorePaths> {
  const paths = await makePaths();
  await writeVersions(paths, ...texts);
  return paths;
}

/** One more version of `a` for each text, by a process that then ends. */
export async function writeVersions(paths: StorePaths, ...texts: string[]): Promise<void> {
  const store = await openStore({ paths });
  try {
    for (const text of texts) await store.writer.commit(puts({ a: text }));
  } finally {
    await store.close();
  }
}

/** The log file of a commit. */
export function logFile({ storage }: StorePaths, index: number): string {
  return join(storage, 'log', commitPath(index));
}

/** Puts a copy of a storage in the place of another, whole. */
export function replaceStorage(from: string, paths: StorePaths): void {
  if (onPostgres) return databaseOf(paths.storage).become(databaseOf(from));
  rmSync(paths.storage, { recursive: true, force: true });
  cpSync(from, paths.storage, { recursive: true });
}

/** A copy of a folder, beside it. */
export function copyOf(folder: string): string {
  const copy = `${folder}-copy`;
  cpSync(folder, copy, { recursive: true });
  return copy;
}

/** A copy of a storage, and how it is named. */
export function copyOfStorage({ storage }: StorePaths): string {
  if (!onPostgres) return copyOf(storage);
  const copy = `${storage}-copy`;
  databaseOf(copy).become(databaseOf(storage));
  return copy;
}

/** Takes the log, artifacts and drafts away, under a process that has them open too. */
export function loseStorage({ storage }: StorePaths): void {
  if (onPostgres) databaseOf(storage).empty();
  else rmSync(storage, { recursive: true });
}

/** The same storage with a copy of its keys, as somebody has it who stole them. */
export function stolenKeys(paths: StorePaths): StorePaths {
  const keys = copyOf(paths.keys);
  rmSync(join(keys, 'pin.json'), { force: true });
  chmodSync(keys, 0o700);
  return { ...paths, keys, state: `${paths.state}-of-the-thief` };
}

/** What a read answered, as text. */
export function textOf({ bytes }: VerifiedRead): string {
  return Buffer.from(bytes).toString('utf8');
}

/** The file of the pin. */
export function pinFile({ state }: StorePaths): string {
  return join(state, 'pin.json');
}

/** Takes the pin away, and its copy. */
export function losePin(paths: StorePaths): void {
  for (const path of [pinFile(paths), join(paths.keys, 'pin.json')]) rmSync(path, { force: true });
}

/** Takes away everything this installation knows by itself. */
export function forget(paths: StorePaths): void {
  losePin(paths);
  rmSync(paths.state, { recursive: true, force: true });
}

/** The person's decision to go on with the store as it is. */
export async function accept(store: Store, reason: string): Promise<Receipt> {
  const rollback = await store.maintenance.rollback();
  return store.maintenance.accept({ author, reason, commit: rollback?.head.commit ?? '' });
}

/** Signs a statement as the store does, whatever it says. */
export function sealed(statement: Statement, key: SigningKey): { bytes: Uint8Array; record: CommitRecord } {
  const { envelope: bytes, record } = signStatement(statement, key, Buffer.from(encodeStatement(statement)));
  return { bytes, record };
}
