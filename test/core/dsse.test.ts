import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { encodeEnvelope, PAYLOAD_TYPE, parseEnvelope, preAuthEncoding } from '../../src/core/commit/envelope.ts';
import { sha256Hex } from '../../src/core/digest.ts';
import rfc8032 from '../vectors/rfc8032-ed25519.json' with { type: 'json' };

/** The PKCS#8 header of an Ed25519 seed (RFC 8410, section 7). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const [keyA, keyB] = rfc8032.slice(0, 2).map(({ priv, pub }) => {
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8, Buffer.from(priv, 'hex').subarray(0, 32)]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey(privateKey);
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  expect(spki.subarray(-32).toString('hex')).toBe(pub);
  return { privateKey, publicKey, keyid: sha256Hex(spki) };
}) as [Key, Key];
type Key = {
  privateKey: ReturnType<typeof createPrivateKey>;
  publicKey: ReturnType<typeof createPublicKey>;
  keyid: string;
};

const signature = (key: Key, payload: Uint8Array, type = PAYLOAD_TYPE) =>
  sign(null, preAuthEncoding(type, payload), key.privateKey);
const payload = Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}');

describe('DSSE pre-authentication encoding (protocol.md)', () => {
  test.each([
    [
      'the example of the protocol',
      'http://example.com/HelloWorld',
      'hello world',
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    ],
    ['an empty payload ends in a space', PAYLOAD_TYPE, '', `DSSEv1 28 ${PAYLOAD_TYPE} 0 `],
    ['an empty type', '', 'x', 'DSSEv1 0  1 x'],
    [
      'lengths are bytes of UTF-8, not characters',
      'application/vnd.exämple+json',
      'ä',
      'DSSEv1 29 application/vnd.exämple+json 2 ä',
    ],
  ])('%s', (_, type, body, encoded) => {
    expect(Buffer.from(preAuthEncoding(type, Buffer.from(body))).toString('utf8')).toBe(encoded);
  });

  test('carries payloads that are no text', () => {
    const body = Buffer.from('fbffbf3e3f', 'hex');
    expect(Buffer.from(preAuthEncoding('t', body)).toString('hex')).toBe(
      Buffer.concat([Buffer.from('DSSEv1 1 t 5 '), body]).toString('hex'),
    );
  });
});

describe('DSSE envelopes', () => {
  test('one signature by a known key verifies; the empty payload too', () => {
    for (const body of [payload, Buffer.alloc(0)]) {
      const read = parseEnvelope(
        encodeEnvelope({ payload: body, keyId: keyA.keyid, signature: signature(keyA, body) }),
      );
      expect(verify(null, preAuthEncoding(PAYLOAD_TYPE, read.payload), keyA.publicKey, read.signature)).toBe(true);
      expect(verify(null, preAuthEncoding(PAYLOAD_TYPE, read.payload), keyB.publicKey, read.signature)).toBe(false);
    }
  });

  test('the type is signed with the payload', () => {
    expect(
      verify(
        null,
        preAuthEncoding('application/vnd.example.other+json', payload),
        keyA.publicKey,
        signature(keyA, payload),
      ),
    ).toBe(false);
  });

  // Where the protocol is wider than this store: each of these is a valid DSSE envelope, and refused all the same.
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  const valid = {
    payload: base64(payload),
    payloadType: PAYLOAD_TYPE,
    signatures: [{ keyid: keyA.keyid, sig: base64(signature(keyA, payload)) }],
  };
  const urlSafe = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_');
  const bytesOfBothAlphabets = Buffer.from('fbffbf3e3f', 'hex');
  test.each([
    [
      'URL-safe base64: the store writes the standard alphabet only',
      {
        ...valid,
        payload: urlSafe(base64(bytesOfBothAlphabets)),
        signatures: [{ keyid: keyA.keyid, sig: base64(signature(keyA, bytesOfBothAlphabets)) }],
      },
    ],
    [
      'another payload type: the store has one',
      {
        ...valid,
        payloadType: 'application/vnd.exämple+json',
        signatures: [{ keyid: keyA.keyid, sig: base64(signature(keyA, payload, 'application/vnd.exämple+json')) }],
      },
    ],
    [
      'an empty payload type',
      { ...valid, payloadType: '', signatures: [{ keyid: keyA.keyid, sig: base64(signature(keyA, payload, '')) }] },
    ],
    [
      'several signatures: a commit has exactly one',
      { ...valid, signatures: [...valid.signatures, { keyid: keyB.keyid, sig: base64(signature(keyB, payload)) }] },
    ],
    ['one key twice', { ...valid, signatures: [...valid.signatures, ...valid.signatures] }],
    ['no keyid: the store always names the key', { ...valid, signatures: [{ sig: valid.signatures[0]?.sig }] }],
    ['a keyid that is no SHA-256', { ...valid, signatures: [{ ...valid.signatures[0], keyid: 'A' }] }],
    ['an unknown member', { ...valid, note: '' }],
  ])('stricter than DSSE: %s', (_, envelope) => {
    expect(() => parseEnvelope(Buffer.from(JSON.stringify(envelope)))).toThrow(
      expect.objectContaining({ code: 'CORRUPT' }),
    );
  });

  test('the form above without the deviation is read', () => {
    expect(Buffer.from(parseEnvelope(Buffer.from(JSON.stringify(valid))).payload)).toEqual(payload);
  });
});
