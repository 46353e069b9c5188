import { chmodSync, cpSync, existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, sha256Hex } from '../../src/core/digest.ts';
import { commitPath, objectPath } from '../../src/engine/files/layout.ts';
import { databaseOf, memoryOf, onMemory, onPostgres, replaceMemory, type StorePaths } from './open-store.ts';

/** The log file of a commit, in a storage folder. */
export function logFile(storage: string, index: number): string {
  return join(storage, 'log', commitPath(index));
}

/** The file of the artifact with this text, in a storage folder. */
export function artifactFile(storage: string, text: string): string {
  return join(storage, 'objects', objectPath(sha256Hex(text)));
}

/** The bytes of an entry of the log, as they lie there. */
export function entryOf({ storage }: StorePaths, index: number): Buffer {
  if (onPostgres) return Buffer.from(databaseOf(storage).entry(index) ?? '');
  return Buffer.from((onMemory ? memoryOf(storage).entry(index) : readFileSync(logFile(storage, index))) ?? '');
}

/** Puts other bytes in the place of an entry, or takes it away. */
export function setEntry({ storage }: StorePaths, index: number, bytes: Uint8Array | undefined): void {
  if (!onMemory) setFile(logFile(storage, index), bytes);
  else if (bytes === undefined) (onPostgres ? databaseOf : memoryOf)(storage).takeEntry(index);
  else (onPostgres ? databaseOf : memoryOf)(storage).damageEntry(index, bytes);
}

/** True when there is something at an index. */
export function hasEntry({ storage }: StorePaths, index: number): boolean {
  if (onPostgres) return databaseOf(storage).entry(index) !== undefined;
  return onMemory ? memoryOf(storage).hasEntry(index) : existsSync(logFile(storage, index));
}

/** Puts bytes under an address, theirs or not, or takes them away. */
export function setObject({ storage }: StorePaths, digest: Digest, bytes: Uint8Array | string | undefined): void {
  if (onPostgres) databaseOf(storage).setObject(digest, bytes === undefined ? undefined : Buffer.from(bytes));
  else if (!onMemory) setFile(join(storage, 'objects', objectPath(digest)), bytes);
  else if (bytes === undefined) memoryOf(storage).removeObject(digest);
  else memoryOf(storage).damageObject(digest, Buffer.from(bytes));
}

/** Puts other bytes under the address of a text, or takes them away. */
export function setArtifact(paths: StorePaths, text: string, bytes: string | undefined): void {
  setObject(paths, sha256Hex(text), bytes);
}

/** Makes an artifact older than it is. */
export function ageArtifact({ storage }: StorePaths, text: string, byMs: number): void {
  if (onPostgres) databaseOf(storage).ageObject(text, byMs);
  else if (onMemory) memoryOf(storage).ageObject(sha256Hex(text), byMs);
  else utimesSync(artifactFile(storage, text), 0, (Date.now() - byMs) / 1_000);
}

/** True when there is something under the address of a text. */
export function hasArtifact({ storage }: StorePaths, text: string): boolean {
  if (onPostgres) return databaseOf(storage).hasObject(text);
  return onMemory ? memoryOf(storage).hasObject(sha256Hex(text)) : existsSync(artifactFile(storage, text));
}

/** Puts one installation's storage in the place of another's. */
export function replaceStorage(from: string, { storage }: StorePaths): void {
  if (onMemory) return replaceMemory(from, storage);
  rmSync(storage, { recursive: true, force: true });
  cpSync(from, storage, { recursive: true });
}

function setFile(path: string, bytes: Uint8Array | string | undefined): void {
  if (bytes === undefined) return rmSync(path);
  if (existsSync(path)) chmodSync(path, 0o644);
  writeFileSync(path, bytes);
}
