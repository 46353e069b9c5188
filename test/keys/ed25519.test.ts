import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as noble from '@noble/ed25519';
import { beforeAll, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/core/digest.ts';
import {
  admitPublicKey,
  keyIdOf,
  loadSigner,
  type NobleSigner,
  newSeed,
  publicKeyObject,
  rawPublicKey,
  spkiOf,
  verifyInPool,
  verifySignature,
} from '../../src/keys/ed25519.ts';

const vectors = (name: string) => JSON.parse(readFileSync(new URL(`../vectors/${name}`, import.meta.url), 'utf8'));
const bytes = (hex: string) => Buffer.from(hex, 'hex');

let signer: NobleSigner;
beforeAll(async () => {
  signer = await loadSigner();
});

/** noble's verdict by RFC 8032; what it calls a malformed signature is not valid. */
function nobleVerdict(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  return signature.length === 64 && noble.verify(signature, message, publicKey, { zip215: false });
}

describe('RFC 8032, 7.1', () => {
  const cases: { priv: string; pub: string; msg: string; sig: string }[] = vectors('rfc8032-ed25519.json');

  it.each(cases.map((one, i) => [i + 1, one] as const))(
    'test %i: the key, the signature, and OpenSSL agree',
    async (_, one) => {
      const [seed, message, signature] = [bytes(one.priv), bytes(one.msg), bytes(one.sig)];
      const spki = spkiOf(noble.getPublicKey(seed));
      expect(Buffer.from(rawPublicKey(spki)).toString('hex')).toBe(one.pub);
      expect(Buffer.from(signer.sign(seed, message)).toString('hex')).toBe(one.sig);
      expect(verifySignature(publicKeyObject(spki), message, signature)).toBe(true);
      await expect(verifyInPool(publicKeyObject(spki), message, signature)).resolves.toBe(true);
      await expect(admitPublicKey(spki)).resolves.toBeUndefined();
    },
  );

  it('a signature with any one bit changed is refused', async () => {
    const one = cases[1] as (typeof cases)[number];
    const key = publicKeyObject(spkiOf(bytes(one.pub)));
    for (let bit = 0; bit < 512; bit++) {
      const signature = bytes(one.sig);
      signature[bit >> 3] = (signature[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(verifySignature(key, bytes(one.msg), signature), `bit ${bit}`).toBe(false);
      if (bit % 32 === 0) expect(nobleVerdict(signature, bytes(one.msg), bytes(one.pub)), `bit ${bit}`).toBe(false);
    }
  });
});

describe('Wycheproof', () => {
  interface Group {
    publicKey: { pk: string };
    tests: { tcId: number; comment: string; msg: string; sig: string; result: string }[];
  }
  const groups: Group[] = vectors('wycheproof-ed25519.json').testGroups;
  const cases = groups.flatMap(({ publicKey, tests }) =>
    tests.map((test) => ({ ...test, publicKey: bytes(publicKey.pk) })),
  );

  it('has its 151 cases', () => {
    expect(cases).toHaveLength(151);
  });

  it('OpenSSL, in this thread and in the pool, and noble give the verdict of each case', async () => {
    for (const { tcId, msg, sig, result, publicKey } of cases) {
      const key = publicKeyObject(spkiOf(publicKey));
      const verdicts = {
        openssl: verifySignature(key, bytes(msg), bytes(sig)),
        pool: await verifyInPool(key, bytes(msg), bytes(sig)),
        noble: nobleVerdict(bytes(sig), bytes(msg), publicKey),
      };
      const valid = result === 'valid';
      expect({ tcId, ...verdicts }).toEqual({ tcId, openssl: valid, pool: valid, noble: valid });
    }
  });
});

describe('ed25519-speccheck', () => {
  const cases: { message: string; pub_key: string; signature: string }[] = vectors('ed25519-speccheck.json');
  const REFUSALS = [
    ...['small order', 'small order', 'mixed order', 'mixed order', 'mixed order', 'mixed order'],
    ...[undefined, undefined, 'mixed order', 'mixed order', 'canonical', 'canonical'],
  ];

  it.each(cases.map((one, i) => [i, one] as const))(
    'case %i: the key is admitted only if all agree on it',
    async (i, one) => {
      const spki = spkiOf(bytes(one.pub_key));
      const refusal = REFUSALS[i];
      if (refusal === undefined) {
        await expect(admitPublicKey(spki)).resolves.toBeUndefined();
        const openssl = verifySignature(publicKeyObject(spki), bytes(one.message), bytes(one.signature));
        expect(nobleVerdict(bytes(one.signature), bytes(one.message), bytes(one.pub_key))).toBe(openssl);
      } else {
        await expect(admitPublicKey(spki)).rejects.toMatchObject({
          code: 'ARGUMENT_INVALID',
          message: expect.stringContaining(refusal),
        });
      }
    },
  );

  it('the two implementations do disagree on keys that are refused', () => {
    const disagree = cases.filter(({ pub_key, message, signature }) => {
      const openssl = verifySignature(publicKeyObject(spkiOf(bytes(pub_key))), bytes(message), bytes(signature));
      return nobleVerdict(bytes(signature), bytes(message), bytes(pub_key)) !== openssl;
    });
    expect(disagree).toHaveLength(3);
  });
});

describe('admission', () => {
  it('refuses every point of small order', async () => {
    const { Point } = noble;
    const torsion = Point.fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a');
    let point = Point.ZERO;
    const seen = new Set<string>();
    for (let i = 0; i < 8; i++) {
      seen.add(point.toHex());
      await expect(admitPublicKey(spkiOf(point.toBytes()))).rejects.toThrow('small order');
      point = point.add(torsion);
    }
    expect(seen.size).toBe(8);
  });

  it('refuses a sound key with any point of small order added', async () => {
    const { Point } = noble;
    const torsion = Point.fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a');
    let point = Point.fromBytes(noble.getPublicKey(newSeed()));
    await expect(admitPublicKey(spkiOf(point.toBytes()))).resolves.toBeUndefined();
    for (let i = 1; i < 8; i++) {
      point = point.add(torsion);
      await expect(admitPublicKey(spkiOf(point.toBytes()))).rejects.toThrow('mixed order');
    }
  });

  it('refuses y beyond the field, the sign of zero, and what is not on the curve', async () => {
    const field = (1n << 255n) - 19n;
    const littleEndian = (value: bigint) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse();
    const signOfZero = littleEndian(1n | (1n << 255n)); // x = 0 with its sign bit set: RFC 8032, 5.1.3, step 4
    for (const encoded of [
      littleEndian(field),
      littleEndian(field + 1n),
      littleEndian(field + 18n),
      signOfZero,
      littleEndian(2n),
    ])
      await expect(admitPublicKey(spkiOf(encoded))).rejects.toThrow('canonical');
  });

  it('refuses other algorithms, other DER and trailing bytes', async () => {
    const der = (key: { export(options: { format: 'der'; type: 'spki' }): Buffer }) =>
      key.export({ format: 'der', type: 'spki' });
    const sound = Buffer.from(spkiOf(noble.getPublicKey(newSeed())));
    const refused = [
      der(generateKeyPairSync('x25519').publicKey),
      der(generateKeyPairSync('ed448').publicKey),
      der(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey),
      Buffer.concat([sound, Buffer.alloc(1)]),
      sound.subarray(0, -1),
      sound.subarray(12),
      Buffer.alloc(0),
    ];
    for (const spki of refused) await expect(admitPublicKey(spki)).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
  });

  it('takes keys that others made, under the SHA-256 of their SPKI', async () => {
    for (let i = 0; i < 20; i++) {
      const { publicKey } = generateKeyPairSync('ed25519');
      const spki = publicKey.export({ format: 'der', type: 'spki' });
      await expect(admitPublicKey(spki)).resolves.toBeUndefined();
      expect(Buffer.from(spkiOf(rawPublicKey(spki)))).toEqual(spki);
      expect(keyIdOf(spki)).toBe(sha256Hex(spki));
    }
  });
});
