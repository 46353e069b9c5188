import { type Hex, sha256Hex } from '../core/digest.ts';
import { PAYLOAD_TYPE, parseEnvelope, preAuthEncoding } from '../core/envelope.ts';
import { parseStatement, type Statement } from '../core/statement.ts';
import { StoreError } from '../errors.ts';
import { admitPublicKey, keyidOf, publicKeyObject, verifyInPool, verifySignature } from '../keys/ed25519.ts';
import type { Keyring } from '../keys/keyring.ts';
import { type CommitRecord, keyCommitOf } from './rows.ts';

/** What a commit must say of its place; what is undefined is not checked. */
export interface ExpectedPlace {
  readonly index: number;
  readonly previous?: Hex | null | undefined;
  readonly store?: Hex | undefined;
  readonly keyring?: number | null | undefined;
}

/**
 * Checks one log file, each rule on its own, in the blueprint's order; the signature in this thread. Whether the key is
 * still trusted today is another question: see `Keyring.untrusted`.
 *
 * @throws StoreError CORRUPT, SIGNATURE_INVALID, KEY_UNTRUSTED, STORE_FOREIGN
 */
export function checkEnvelope(bytes: Uint8Array, expected: ExpectedPlace, keyring: Keyring): CommitRecord {
  const { record, message, signature, key } = structure(bytes, expected, keyring);
  if (!verifySignature(key, message, signature)) throw badSignature(expected.index);
  return record;
}

/**
 * As `checkEnvelope` for a commit that is judged by the keyring as it was before it: the key must be in force, key changes
 * must be allowed and new keys sound. The signature is checked in the thread pool; `signature` settles with the verdict.
 */
export function startCheck(
  bytes: Uint8Array,
  expected: ExpectedPlace,
  keyring: Keyring,
): { record: CommitRecord; signature: Promise<void> } {
  const { record, message, signature, key } = structure(bytes, expected, keyring);
  // Rule: the key is in force at this index, and keys and purges are an owner's.
  if (record.index > 0) {
    const reason = keyring.untrusted(record.keyid, record.index);
    if (reason !== undefined)
      throw new StoreError('KEY_UNTRUSTED', reason, {
        hint: 'Whoever wrote it had no right to sign here. "config-store verify" lists every finding.',
      });
    const ownersOnly =
      record.statement.keys.length > 0 || record.statement.changes.some(({ action }) => action === 'purge');
    if (ownersOnly && !keyring.isOwnerAt(record.keyid, record.index))
      throw new StoreError(
        'KEY_UNTRUSTED',
        `commit ${record.index} changes keys or purges, and is not signed by an owner`,
        { hint: '"config-store verify" lists every finding.' },
      );
    const refusal = record.statement.keys.length > 0 ? keyring.refusal(keyCommitOf(record)) : undefined;
    if (refusal !== undefined)
      throw new StoreError('CORRUPT', `commit ${record.index} changes keys in a way that is not allowed: ${refusal}`, {
        hint: '"config-store verify" lists every finding.',
      });
  }
  const verdict = verifyInPool(key, message, signature).then(async (valid) => {
    if (!valid) throw badSignature(expected.index);
    for (const added of record.statement.keys) {
      if (added.action === 'add') await admitPublicKey(Buffer.from(added.spki, 'base64'));
    }
  });
  verdict.catch(() => undefined); // awaited by the caller
  return { record, signature: verdict };
}

/** Everything but the signature. @throws StoreError CORRUPT, KEY_UNTRUSTED, STORE_FOREIGN */
export function checkStructure(bytes: Uint8Array, expected: ExpectedPlace, keyring: Keyring): CommitRecord {
  return structure(bytes, expected, keyring).record;
}

function structure(bytes: Uint8Array, expected: ExpectedPlace, keyring: Keyring) {
  const { index } = expected;
  // Rules: size limit, strict JSON, strict base64, payloadType.
  const envelope = parseEnvelope(bytes);
  const statement = parseStatement(Buffer.from(envelope.payload).toString('utf8'));
  // Rule: the key is known; the first commit introduces its own.
  const key = index === 0 ? firstKey(statement, envelope.keyid) : keyring.publicKey(envelope.keyid);
  if (key === undefined)
    throw new StoreError(
      'KEY_UNTRUSTED',
      `commit ${index} is signed by key ${envelope.keyid.slice(0, 16)}…, which was never added to this store`,
      { hint: '"config-store verify" lists every finding.' },
    );
  // Rules: it stands where it says it stands.
  if (statement.index !== index) throw corrupt(index, `it says it is commit ${statement.index}`);
  if (expected.store !== undefined && statement.store !== expected.store)
    throw new StoreError('STORE_FOREIGN', `commit ${index} belongs to store ${statement.store.slice(0, 16)}…`, {
      hint: 'Storage of two stores was mixed; restore it from a backup.',
    });
  if (expected.previous !== undefined && statement.previous !== expected.previous)
    throw corrupt(index, 'it does not name the commit before it');
  if (expected.keyring !== undefined && statement.keyring !== expected.keyring)
    throw corrupt(index, 'it does not name the newest key commit before it');
  for (const added of statement.keys) {
    if (added.action !== 'add') continue;
    const spki = Buffer.from(added.spki, 'base64');
    if (spki.toString('base64') !== added.spki || keyidOf(spki) !== added.keyid)
      throw corrupt(index, 'it adds a key under an id that is not its hash');
  }
  const record: CommitRecord = { index, id: sha256Hex(bytes), keyid: envelope.keyid, statement };
  return { record, message: preAuthEncoding(PAYLOAD_TYPE, envelope.payload), signature: envelope.signature, key };
}

/** Commit 0 adds the first key, an owner, is signed by it, and gives the store its id. */
function firstKey(statement: Statement, keyid: Hex) {
  const [first] = statement.keys;
  if (statement.keys.length !== 1 || first?.action !== 'add' || first.role !== 'owner')
    throw corrupt(0, 'it does not add the first owner key');
  if (first.keyid !== keyid || statement.store !== keyid)
    throw corrupt(0, 'the store id, the first key and the signer are not the same');
  return publicKeyObject(Buffer.from(first.spki, 'base64'));
}

function badSignature(index: number): StoreError {
  return new StoreError('SIGNATURE_INVALID', `the signature of commit ${index} does not verify`, {
    hint: 'The log file was changed after it was signed. Bring it back from a backup; "config-store verify" lists every finding.',
  });
}

function corrupt(index: number, why: string): StoreError {
  return new StoreError('CORRUPT', `commit ${index} is damaged: ${why}`, {
    hint: 'Bring the log file back from a backup; "config-store verify" lists every finding.',
  });
}
