import { encodeEnvelope, MAX_ENVELOPE_BYTES, PAYLOAD_TYPE, preAuthEncoding } from '../../core/commit/envelope.ts';
import { parseStatement } from '../../core/commit/parse-statement.ts';
import { type Author, encodeStatement, STATEMENT_LIMITS, type Statement } from '../../core/commit/statement.ts';
import { sha256Hex } from '../../core/digest.ts';
import { StoreError, toStoreError } from '../../core/errors.ts';
import type { BegunSignature, SigningKey } from '../../keys/signing-key.ts';
import type { CommitRequest } from '../api/writer.ts';
import { type CommitRecord, recordOf } from '../commits/commit-record.ts';
import type { Plan } from './plan.ts';

/** Size of an envelope without its payload. */
const ENVELOPE_FRAME_BYTES = encodeEnvelope({
  payload: new Uint8Array(),
  keyId: '0'.repeat(64),
  signature: new Uint8Array(64),
}).length;

/** The author as a statement holds it: cut to its limits, because a client's name must never make a write fail. */
export function claimOf({ name, version, via }: Author): Author {
  const cut = (text: string) => text.toWellFormed().slice(0, STATEMENT_LIMITS.authorChars).toWellFormed();
  return { name: cut(name), version: cut(version), via };
}

/** The statement a planned request becomes on top of `previous`. */
export function statementOf(
  request: CommitRequest,
  plan: Plan,
  previous: CommitRecord,
  keyring: number | null,
  now: Date,
): Statement {
  return {
    index: previous.index + 1,
    store: previous.statement.store,
    previous: previous.id,
    keyring,
    time: now.toISOString(),
    author: claimOf(request.author),
    message: request.message,
    changes: plan.changes,
    keys: request.keys ?? [],
  };
}

/**
 * The payload of a statement's envelope: what will be signed.
 *
 * @throws StoreError CONTENT_TOO_LARGE when the envelope would be over 1 MiB, ARGUMENT_INVALID when no reader would take it.
 */
export function payloadOf(statement: Statement): Uint8Array {
  const text = encodeStatement(statement);
  checkReadable(text);
  const payload = Buffer.from(text, 'utf8');
  const size = Math.ceil(payload.length / 3) * 4 + ENVELOPE_FRAME_BYTES;
  if (size <= MAX_ENVELOPE_BYTES) return payload;
  throw new StoreError(
    'CONTENT_TOO_LARGE',
    `the commit's envelope would have ${size} bytes, over ${MAX_ENVELOPE_BYTES}`,
    {
      hint: 'Split the change into several commits, or shorten the message.',
    },
  );
}

/** A statement that is signed by one implementation; nothing of it may be published before the other has confirmed it. */
export interface SignedStatement {
  readonly record: CommitRecord;
  /** The bytes of its log file. */
  readonly envelope: Uint8Array;
  readonly confirm: BegunSignature['confirm'];
}

/** Signs a statement. */
export function signStatement(statement: Statement, key: SigningKey, payload: Uint8Array): SignedStatement {
  const { bytes: signature, confirm } = key.begin(preAuthEncoding(PAYLOAD_TYPE, payload));
  const envelope = encodeEnvelope({ payload, keyId: key.keyId, signature });
  return { record: recordOf(statement.index, sha256Hex(envelope), key.keyId, statement), envelope, confirm };
}

/** Reads the statement as every reader will: nothing may get into the log that could not be read again. */
function checkReadable(text: string): void {
  try {
    parseStatement(text);
  } catch (error) {
    throw unwritable(toStoreError(error));
  }
}

function unwritable(cause: StoreError): StoreError {
  return new StoreError('ARGUMENT_INVALID', `this change cannot be written: ${cause.message}`, {
    hint: 'Nothing was committed. Shorten or correct the message, label or reason that it names.',
    cause,
  });
}
