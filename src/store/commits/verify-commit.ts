import {
  type Envelope,
  MAX_ENVELOPE_BYTES,
  PAYLOAD_TYPE,
  parseEnvelope,
  preAuthEncoding,
} from '../../core/commit/envelope.ts';
import { parsePayload } from '../../core/commit/parse-statement.ts';
import { type CommitId, type KeyId, type StoreId, sha256Hex } from '../../core/digest.ts';
import { isStoreError, StoreError } from '../../core/errors.ts';
import {
  admitPublicKey,
  keyIdOf,
  publicKeyObject,
  type VerifiedWhere,
  verifySignature,
  verifyWhere,
} from '../../keys/ed25519.ts';
import type { Keyring } from '../../keys/keyring.ts';
import { type CommitRecord, keyCommitOf, recordOf } from './commit-record.ts';

/** Requirements on a commit and its place; an undefined one is not checked. */
export interface ExpectedPlace {
  readonly index: number;
  readonly previous?: CommitId | null | undefined;
  readonly store?: StoreId | undefined;
  readonly keyring?: number | null | undefined;
}

/** A log file of which the form and the signer are known, and nothing else yet. */
interface Opened {
  readonly expected: ExpectedPlace;
  readonly id: CommitId;
  readonly envelope: Envelope;
  readonly key: ReturnType<typeof publicKeyObject>;
}

/**
 * Verifies one commit: form, signer, place and rights at once, the signature in the thread pool unless `where` says otherwise. `signature` settles with its
 * verdict, and with that on the keys the commit adds; its handler is attached. Whether the key is trusted today is another
 * question, since later revocations change the answer: see `Keyring.untrusted`.
 *
 * @throws StoreError CORRUPT, SIGNATURE_INVALID, KEY_UNTRUSTED, STORE_FOREIGN, STORE_NEWER
 */
export function startVerification(
  bytes: Uint8Array,
  expected: ExpectedPlace,
  keyring: Keyring,
  where: VerifiedWhere = 'pool',
): { record: CommitRecord; signature: Promise<void> } {
  const opened = open(bytes, expected, keyring);
  checkInForce(opened, keyring);
  const record = placeOf(opened, keyring);
  const { key, envelope } = opened;
  const signature = verifyWhere(where, key, signedMessage(envelope), envelope.signature).then(async (valid) => {
    if (!valid) throw badSignature(expected.index);
    await admitAdded(record);
  });
  signature.catch(() => undefined); // awaited by the caller
  return { record, signature };
}

/** Verifies everything of a commit but its signature and rights. @throws StoreError CORRUPT, KEY_UNTRUSTED, STORE_FOREIGN, STORE_NEWER */
export function verifyStructure(bytes: Uint8Array, expected: ExpectedPlace, keyring: Keyring): CommitRecord {
  return place(open(bytes, expected, keyring));
}

/** Place and rights; where they are wrong because the file was changed after it was signed, the signature says so first. */
function placeOf(opened: Opened, keyring: Keyring): CommitRecord {
  try {
    const record = place(opened);
    checkRights(record, keyring);
    return record;
  } catch (error) {
    if (isStoreError(error)) checkSignature(opened);
    throw error;
  }
}

function open(bytes: Uint8Array, expected: ExpectedPlace, keyring: Keyring): Opened {
  const { index } = expected;
  const id = bytes.length <= MAX_ENVELOPE_BYTES ? sha256Hex(bytes) : '';
  // Rules: size limit, the one form of JSON, canonical base64, payloadType.
  const envelope = parseEnvelope(bytes);
  // Rule: the key is known. The first commit introduces its own.
  const key = index === 0 ? firstKey(envelope) : keyring.publicKey(envelope.keyId);
  if (key === undefined)
    throw untrusted(
      `commit ${index} is signed by key ${envelope.keyId.slice(0, 16)}…, which was never added to this store`,
    );
  return { expected, id, envelope, key };
}

/** Rule: the key is in force at this index, as the keyring before it says. */
function checkInForce({ expected, envelope }: Opened, keyring: Keyring): void {
  const reason = expected.index > 0 ? keyring.untrusted(envelope.keyId, expected.index) : undefined;
  if (reason !== undefined) throw untrusted(reason);
}

/** Rule: pure Ed25519 over the DSSE pre-authentication encoding. */
function checkSignature({ expected, envelope, key }: Opened): void {
  if (!verifySignature(key, signedMessage(envelope), envelope.signature)) throw badSignature(expected.index);
}

function place({ expected, id, envelope }: Opened): CommitRecord {
  const { index } = expected;
  // Rule: the statement has the one form of its schema.
  const statement = parsePayload(envelope.payload);
  // Rules: store, index, previous, keyring pointer.
  if (expected.store !== undefined && statement.store !== expected.store)
    throw new StoreError('STORE_FOREIGN', `commit ${index} belongs to store ${statement.store.slice(0, 16)}…`, {
      hint: 'The storage of two stores was mixed; restore it from a backup.',
    });
  if (statement.index !== index) throw corrupt(index, `it says it is commit ${statement.index}`);
  if (expected.previous !== undefined && statement.previous !== expected.previous)
    throw corrupt(index, 'it does not name the commit before it');
  if (expected.keyring !== undefined && statement.keyring !== expected.keyring)
    throw corrupt(index, 'it does not name the newest key commit before it');
  // Rule: a key id is the hash of its key.
  for (const added of statement.keys) if (added.action === 'add') addedKey(index, added);
  return recordOf(index, id, envelope.keyId, statement);
}

/** Rules: key changes and purges are an owner's; key changes keep to what the keyring allows. */
function checkRights(record: CommitRecord, keyring: Keyring): void {
  const { index, keyId, statement } = record;
  if (index === 0) return;
  const ownersOnly = statement.keys.length > 0 || statement.changes.some(({ action }) => action === 'purge');
  if (ownersOnly && !keyring.isOwnerAt(keyId, index))
    throw untrusted(`commit ${index} changes keys or purges, and is not signed by an owner`);
  const refusal = statement.keys.length > 0 ? keyring.refusal(keyCommitOf(record)) : undefined;
  if (refusal !== undefined) throw corrupt(index, `it changes keys in a way that is not allowed: ${refusal}`);
}

/** Rule: a key enters the keyring only if every implementation agrees on what it verifies. */
async function admitAdded({ index, statement }: CommitRecord): Promise<void> {
  for (const added of statement.keys) {
    if (added.action !== 'add') continue;
    try {
      await admitPublicKey(Buffer.from(added.spki, 'base64'));
    } catch (cause) {
      if (!isStoreError(cause)) throw cause;
      throw untrusted(`commit ${index} adds key ${added.keyId.slice(0, 16)}…: ${cause.message}`, cause);
    }
  }
}

/** Commit 0 adds the first key, an owner, is signed by it, and gives the store its id. */
function firstKey(envelope: Envelope): Opened['key'] {
  const { keys, store } = parsePayload(envelope.payload);
  const [first] = keys;
  if (keys.length !== 1 || first?.action !== 'add' || first.role !== 'owner')
    throw corrupt(0, 'it does not add the first owner key');
  if (first.keyId !== envelope.keyId || store !== envelope.keyId)
    throw corrupt(0, 'the store id, the first key and the signer are not the same');
  return addedKey(0, first);
}

function addedKey(index: number, { keyId, spki }: { keyId: KeyId; spki: string }): Opened['key'] {
  const der = Buffer.from(spki, 'base64');
  if (der.toString('base64') !== spki || keyIdOf(der) !== keyId)
    throw corrupt(index, 'it adds a key under an id that is not its hash');
  try {
    return publicKeyObject(der);
  } catch (cause) {
    throw corrupt(index, 'it adds a key that is not Ed25519', cause);
  }
}

function signedMessage({ payload }: Envelope): Uint8Array {
  return preAuthEncoding(PAYLOAD_TYPE, payload);
}

function badSignature(index: number): StoreError {
  return new StoreError('SIGNATURE_INVALID', `the signature of commit ${index} does not verify`, {
    hint: 'The log file was changed after it was signed. Bring it back from a backup.',
    advice: [{ do: 'verify' }],
  });
}

function untrusted(reason: string, cause?: unknown): StoreError {
  return new StoreError('KEY_UNTRUSTED', reason, {
    hint: 'Its writer had no right to sign there.',
    advice: [{ do: 'verify' }],
    cause,
  });
}

function corrupt(index: number, why: string, cause?: unknown): StoreError {
  return new StoreError('CORRUPT', `commit ${index} is damaged: ${why}`, {
    hint: 'Bring the log file back from a backup.',
    advice: [{ do: 'verify' }],
    cause,
  });
}
