import { isHexDigest, type KeyId } from '../digest.ts';
import { StoreError } from '../errors.ts';

/** `payloadType` of every envelope: in-toto over DSSE. */
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
/** The largest envelope that is read or written, in bytes. */
export const MAX_ENVELOPE_BYTES = 1_048_576;

/** One log file in memory: the payload's bytes and its only signature. */
export interface Envelope {
  readonly payload: Uint8Array;
  readonly keyId: KeyId;
  /** 64 bytes, RFC 8032. */
  readonly signature: Uint8Array;
}

/** Returns the DSSE v1 pre-authentication encoding: what the signature covers (DSSE protocol.md, "Signature Definition"). */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** Returns the exact bytes of the log file. */
export function encodeEnvelope({ payload, keyId, signature }: Envelope): Uint8Array {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  return Buffer.from(
    `{"payload":"${base64(payload)}","payloadType":"${PAYLOAD_TYPE}","signatures":[{"keyid":"${keyId}","sig":"${base64(signature)}"}]}`,
  );
}

const FORM =
  /^\{"payload":"([A-Za-z0-9+/]*={0,2})","payloadType":"application\/vnd\.in-toto\+json","signatures":\[\{"keyid":"([0-9a-f]{64})","sig":"([A-Za-z0-9+/]{86}==)"\}\]\}$/;

/**
 * Reads a log file strictly: it must be exactly what `encodeEnvelope` makes of it. Stricter than DSSE asks on purpose:
 * standard base64 with padding only, exactly one signature, a keyid that is a SHA-256, no other members or white space.
 *
 * @throws StoreError `CORRUPT` when it is too large or in any other form.
 */
export function parseEnvelope(bytes: Uint8Array): Envelope {
  if (bytes.length > MAX_ENVELOPE_BYTES) throw broken(`it has ${bytes.length} bytes, over ${MAX_ENVELOPE_BYTES}`);
  const match = FORM.exec(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'));
  const [, payload, keyId, sig] = match ?? [];
  if (payload === undefined || keyId === undefined || sig === undefined || !isHexDigest(keyId))
    throw broken('it is not in the one form the store writes');
  // A copy of the key id: as a part of the file's text it would keep all of that in memory.
  const ownKeyId = Buffer.from(keyId, 'latin1').toString('latin1');
  return { payload: strictBase64(payload), keyId: ownKeyId, signature: strictBase64(sig) };
}

/** Decodes base64 whose unused trailing bits are zero (RFC 4648, 3.5), so every byte string has one spelling. */
function strictBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw broken('its base64 is not in canonical form');
  return bytes;
}

function broken(why: string): StoreError {
  return new StoreError('CORRUPT', `an envelope in the log is damaged: ${why}`, {
    hint: 'Restore the log from a backup.',
    advice: [{ do: 'verify' }],
  });
}
