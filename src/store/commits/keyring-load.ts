import { parseEnvelope } from '../../core/commit/envelope.ts';
import { parsePayload } from '../../core/commit/parse-statement.ts';
import { type Hex, sha256Hex } from '../../core/digest.ts';
import { isStoreError, type StoreError } from '../../core/errors.ts';
import type { FileCommitLog } from '../../engine/files/commit-log.ts';
import { Keyring } from '../../keys/keyring.ts';
import { brokenChain } from './chain-walk.ts';
import { type CommitRecord, keyCommitOf } from './commit-record.ts';
import { checkAppended } from './verify-commit.ts';

/**
 * The commit that a cache says is its newest, if the log has that very commit and it verifies; undefined when the cache is
 * empty, ahead of the log, of another log, or the log is damaged there: then everything is read from the log anew.
 */
export function trustedStart(
  log: FileCommitLog,
  newest: { index: number; id: Hex } | undefined,
  onFault: (error: StoreError) => void,
): { head: CommitRecord; keyring: Keyring } | undefined {
  const bytes = newest === undefined ? undefined : log.readSync(newest.index);
  if (newest === undefined || bytes === undefined || sha256Hex(bytes) !== newest.id) return undefined;
  try {
    return loadKeyring(log, newest.index, bytes);
  } catch (error) {
    if (!isStoreError(error)) throw error;
    onFault(error);
    return undefined;
  }
}

/**
 * Verifies one commit from nothing but the log: its `keyring` pointers are followed back to commit 0, the key commits are
 * checked forward from there, each with the keyring before it, and then the commit itself. Costs as much as there are key
 * commits. A signer who leaves a newer key commit out of the pointers is found by the walk of the chain.
 *
 * @throws StoreError CORRUPT, SIGNATURE_INVALID, KEY_UNTRUSTED
 */
function loadKeyring(log: FileCommitLog, index: number, bytes: Uint8Array): { head: CommitRecord; keyring: Keyring } {
  let keyring = Keyring.empty;
  for (const { at, file } of keyCommitFiles(log, bytes)) {
    const record = checkAppended(file, { index: at, store: keyring.store, keyring: keyring.newest }, keyring);
    keyring = keyring.with(keyCommitOf(record));
  }
  const head = checkAppended(bytes, { index, store: keyring.store, keyring: keyring.newest }, keyring);
  return { head, keyring: head.statement.keys.length > 0 ? keyring.with(keyCommitOf(head)) : keyring };
}

/** The files of the key commits before a commit, oldest first, by its pointers; nothing about them is checked yet. */
function keyCommitFiles(log: FileCommitLog, bytes: Uint8Array): { at: number; file: Uint8Array }[] {
  const files: { at: number; file: Uint8Array }[] = [];
  let { index, keyring: pointer } = peek(bytes);
  while (pointer !== null) {
    const file = pointer < index ? log.readSync(pointer) : undefined;
    if (file === undefined) throw brokenChain(pointer, true);
    files.push({ at: pointer, file });
    ({ index, keyring: pointer } = peek(file));
  }
  return files.reverse();
}

function peek(bytes: Uint8Array): { index: number; keyring: number | null } {
  return parsePayload(parseEnvelope(bytes).payload);
}
