import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Envelope, encodeEnvelope, MAX_ENVELOPE_BYTES, parseEnvelope } from '../../src/core/commit/envelope.ts';
import { encodeStatement } from '../../src/core/commit/statement.ts';
import { StoreError } from '../../src/core/errors.ts';
import { propertyRuns } from '../property-runs.ts';
import { example } from './statements.ts';

const bytes = (value: Uint8Array) => Buffer.from(value).toString('hex');
const facts = ({ payload, keyId, signature }: Envelope) => [bytes(payload), keyId, bytes(signature)];
const envelope: Envelope = {
  payload: Buffer.from(encodeStatement(example)),
  keyId: '0123456789abcdef'.repeat(4),
  signature: Buffer.from(Array.from({ length: 64 }, (_, i) => (i * 37) % 256)),
};

describe('envelopes', () => {
  test('parse after encode is the identity, and so is encode after parse', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.stringMatching(/^[0-9a-f]{64}$/),
        fc.uint8Array({ minLength: 64, maxLength: 64 }),
        (payload, keyId, signature) => {
          const encoded = encodeEnvelope({ payload, keyId, signature });
          expect(facts(parseEnvelope(encoded))).toEqual(facts({ payload, keyId, signature }));
          expect(bytes(encodeEnvelope(parseEnvelope(encoded)))).toBe(bytes(encoded));
        },
      ),
      propertyRuns,
    );
  });

  test('every single-bit flip is refused or is another envelope: there are no two spellings', () => {
    const encoded = Buffer.from(encodeEnvelope(envelope));
    let refused = 0;
    for (let bit = 0; bit < encoded.length * 8; bit++) {
      const flipped = Buffer.from(encoded);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      try {
        const other = parseEnvelope(flipped);
        if (facts(other).join() === facts(envelope).join()) throw new Error(`bit ${bit}: two spellings`);
        if (!flipped.equals(encodeEnvelope(other))) throw new Error(`bit ${bit}: not what encode writes`);
      } catch (error) {
        if (!(error instanceof StoreError) || error.code !== 'CORRUPT') throw error;
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(encoded.length);
    expect(refused).toBeLessThan(encoded.length * 8);
  });

  const text = Buffer.from(encodeEnvelope(envelope)).toString();
  test.each([
    ['nothing', ''],
    ['a line feed after it', `${text}\n`],
    ['a space', text.replace(':', ': ')],
    ['another order', text.replace(/^\{("payload":"[^"]*"),("payloadType":"[^"]*")/, '{$2,$1')],
    ['a second signature', text.replace('}]}', `},{"keyid":"${envelope.keyId}","sig":"${'A'.repeat(86)}=="}]}`)],
    ['no signature', text.replace(/\[\{.*\}\]/, '[]')],
    ['no keyid', text.replace(/"keyid":"[^"]*",/, '')],
    ['an upper-case keyid', text.replace('abcdef', 'ABCDEF')],
    ['another payload type', text.replace('in-toto', 'in_toto')],
    ['an escaped character', text.replace('payload"', 'p\\u0061yload"')],
    ['URL-safe base64', text.replace(/"sig":"./, '"sig":"_')],
    ['no padding', text.replace('=="}]}', '"}]}')],
    ['padding bits that are not zero', encodedWith('QR==')],
    ['padding in the middle', encodedWith('QQ==QQ==')],
    ['a length base64 cannot have', encodedWith('QQQQQ')],
    ['base64 over several lines', encodedWith('QQ\n==')],
    ['an unknown member', text.replace('"payloadType"', '"x":1,"payloadType"')],
  ])('refuses %s', (_, spoilt) => {
    expect(spoilt).not.toBe(text);
    expect(() => parseEnvelope(Buffer.from(spoilt))).toThrow(expect.objectContaining({ code: 'CORRUPT' }));
  });

  function encodedWith(base64: string): string {
    return text.replace(/"payload":"[^"]*"/, `"payload":"${base64}"`);
  }

  test('takes 1 MiB and not a byte more', () => {
    const payload = Buffer.alloc(MAX_ENVELOPE_BYTES);
    const frame = encodeEnvelope({ ...envelope, payload: Buffer.alloc(0) }).length;
    const largest = payload.subarray(0, Math.floor((MAX_ENVELOPE_BYTES - frame) / 4) * 3);
    expect(parseEnvelope(encodeEnvelope({ ...envelope, payload: largest })).payload).toHaveLength(largest.length);
    expect(() => parseEnvelope(encodeEnvelope({ ...envelope, payload }))).toThrow(/over 1048576/);
  });

  test('reads a view into a larger buffer', () => {
    const encoded = encodeEnvelope(envelope);
    const pool = Buffer.concat([Buffer.from('xx'), encoded, Buffer.from('yy')]);
    expect(facts(parseEnvelope(pool.subarray(2, 2 + encoded.length)))).toEqual(facts(envelope));
  });
});
