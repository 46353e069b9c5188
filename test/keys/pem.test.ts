import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newSeed } from '../../src/keys/ed25519.ts';
import { parsePublicKeyPem, publicKeyPem } from '../../src/keys/formats/pem.ts';
import {
  encryptedPrivateKeyPem,
  isEncryptedPem,
  openPrivateKey,
  privateKeyPem,
} from '../../src/keys/formats/private-key-pem.ts';
import { signingKeyOf } from '../../src/keys/signing-key.ts';
import { propertyRuns } from '../property-runs.ts';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';
import { hasOpenssl, openssl } from './openssl.ts';

const spkiOfSeed = async (seed: Uint8Array) => Buffer.from((await signingKeyOf(seed)).spki, 'base64');

describe('public key files', () => {
  it('come back as they were', async () => {
    const spki = await spkiOfSeed(newSeed());
    expect(Buffer.from(parsePublicKeyPem(publicKeyPem(spki)))).toEqual(Buffer.from(spki));
  });

  it('may have the line ends of Windows, or no last one', async () => {
    const pem = publicKeyPem(await spkiOfSeed(newSeed()));
    const spki = parsePublicKeyPem(pem);
    expect(parsePublicKeyPem(pem.replaceAll('\n', '\r\n'))).toEqual(spki);
    expect(parsePublicKeyPem(pem.trimEnd())).toEqual(spki);
  });

  it('are refused in any other form', async () => {
    const seed = newSeed();
    const pem = publicKeyPem(await spkiOfSeed(seed));
    const others = {
      empty: '',
      'text in front': `a key:\n${pem}`,
      'text behind': `${pem}more\n`,
      'two blocks': pem + pem,
      'a private key': privateKeyPem(seed).toString(),
      'another algorithm': generateKeyPairSync('x25519').publicKey.export({ format: 'pem', type: 'spki' }).toString(),
      RSA: generateKeyPairSync('rsa', { modulusLength: 1024 })
        .publicKey.export({ format: 'pem', type: 'pkcs1' })
        .toString(),
      'a header inside': pem.replace('-----\n', '-----\nProc-Type: 4,ENCRYPTED\n\n'),
      'base64 over two lines': pem.replace(/^(M.{20})/m, '$1\n'),
      'another spelling of the last bits': pem.replace(
        /(.)=\n/,
        (_, last: string) => `${String.fromCharCode(last.charCodeAt(0) + 1)}=\n`,
      ),
      'base64 of the URL': pem.replace(/^M.{10}/m, 'MCowBQYDK2-'),
    };
    for (const [name, text] of Object.entries(others))
      expect(() => parsePublicKeyPem(text), name).toThrowError(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
  });
});

describe('private key files', () => {
  it('come back as they were', async () => {
    const seed = newSeed();
    const pem = privateKeyPem(seed);
    expect(isEncryptedPem(pem)).toBe(false);
    expect(await openPrivateKey(pem)).toEqual({ seed: Uint8Array.from(seed) });
  });

  it('are byte for byte what node:crypto writes', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const seed = Buffer.from(privateKey.export({ format: 'jwk' }).d as string, 'base64url');
    expect(privateKeyPem(seed).toString()).toBe(privateKey.export({ format: 'pem', type: 'pkcs8' }));
  });

  describe('are read with what other programs put around them', () => {
    const around: Array<[string, (pem: string) => string]> = [
      ['line ends of Windows', (pem) => pem.replaceAll('\n', '\r\n')],
      ['line ends of old Macs', (pem) => pem.replaceAll('\n', '\r')],
      ['a byte order mark', (pem) => `\uFEFF${pem}`],
      ['a byte order mark and line ends of Windows', (pem) => `\uFEFF${pem.replaceAll('\n', '\r\n')}`],
      ['no last line end', (pem) => pem.trimEnd()],
      ['blank lines around', (pem) => `\n\n${pem}\n\n`],
      [
        'attributes',
        (pem) =>
          `Bag Attributes\n    friendlyName: my key\n    localKeyID: 01 02 \nKey Attributes: <No Attributes>\n${pem}`,
      ],
      [
        'attributes and line ends of Windows',
        (pem) => `Bag Attributes: <Empty Attributes>\n${pem}`.replaceAll('\n', '\r\n'),
      ],
    ];
    it.each(around)('%s', async (_, wrap) => {
      const seed = newSeed();
      const bytes = Uint8Array.from(seed);
      expect(await openPrivateKey(Buffer.from(wrap(privateKeyPem(seed).toString())))).toEqual({ seed: bytes });
      const locked = Buffer.from(wrap((await encryptedPrivateKeyPem(seed, 'p')).toString()));
      expect(isEncryptedPem(locked)).toBe(true);
      expect(await openPrivateKey(locked, 'p')).toEqual({ seed: bytes });
      const spki = await spkiOfSeed(bytes);
      expect(Buffer.from(parsePublicKeyPem(wrap(publicKeyPem(spki))))).toEqual(Buffer.from(spki));
    });

    it('but not with attributes that are no attributes', async () => {
      const pem = privateKeyPem(newSeed()).toString();
      for (const front of [
        'Bag Attributes of mine\n',
        'Attributes\n',
        'Bag Attributes\nsubject=me\n',
        `${pem}Bag Attributes\n`,
      ])
        expect(await openPrivateKey(Buffer.from(front + pem)), front.slice(0, 20)).toEqual({ fault: 'form' });
    });
  });

  it('are refused in any other form, without quoting them', async () => {
    const pem = privateKeyPem(newSeed());
    const text = pem.toString();
    const others = [
      '',
      ' ',
      text + text,
      `x\n${text}`,
      text.replace('\n', '\r\n'),
      text.replaceAll('\n', '\r\r\n'),
      text.replace('PRIVATE', 'PUBLIC'),
      text.replace('MC4C', 'MC4D'),
      text.replace('MC4CAQAw', 'MC4CAQEw'), // version 2 of the form, which OpenSSL reads as well
      text.replace(/^M.{10}/m, '***********'),
      generateKeyPairSync('x25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    ];
    for (const other of others)
      expect(await openPrivateKey(Buffer.from(other)), other.slice(0, 40)).toEqual({ fault: 'form' });
  });

  it('with a byte changed give another key or none, and never throw', async () => {
    const seed = newSeed();
    const pem = privateKeyPem(seed);
    await fc.assert(
      fc.asyncProperty(fc.nat(pem.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const changed = Buffer.from(pem);
        changed[at] = (changed[at] as number) ^ mask;
        const opened = await openPrivateKey(changed);
        expect('seed' in opened && Buffer.from(opened.seed).equals(seed)).toBe(false);
      }),
      propertyRuns,
    );
  });

  describe('with a passphrase', () => {
    it('come back with it, and not with another', async () => {
      const seed = newSeed();
      const pem = await encryptedPrivateKeyPem(seed, 'correct horse, Batterie, 電池');
      expect(isEncryptedPem(pem)).toBe(true);
      expect(await openPrivateKey(pem, 'correct horse, Batterie, 電池')).toEqual({ seed: Uint8Array.from(seed) });
      expect(await openPrivateKey(pem, 'correct horse')).toEqual({ fault: 'passphrase' });
      expect(await openPrivateKey(pem)).toEqual({ fault: 'passphrase' });
    });

    it('hold nothing of the seed, and differ each time', async () => {
      const seed = newSeed();
      const [one, two] = [await encryptedPrivateKeyPem(seed, 'p'), await encryptedPrivateKeyPem(seed, 'p')];
      expect(one.equals(two)).toBe(false);
      const der = Buffer.from(one.toString().split('\n').slice(1, -2).join(''), 'base64');
      expect(der.includes(Buffer.from(seed))).toBe(false);
    });

    it('are refused when damaged, or when they ask for more rounds than a minute of work', async () => {
      const text = (await encryptedPrivateKeyPem(newSeed(), 'p')).toString();
      const der = Buffer.from(text.split('\n').slice(1, -2).join(''), 'base64');
      const at = der.indexOf(Buffer.from('02030927c0', 'hex')); // INTEGER, 600,000
      const heavy = Buffer.from(der);
      heavy.set([0x7f, 0xff, 0xff], at + 2);
      expect(at).toBeGreaterThan(0);
      const forms = [
        text.replace('\n', '\r\n'),
        text + text,
        text.slice(0, -2),
        text.replace('-----BEGIN ENCRYPTED PRIVATE KEY-----\n', '-----BEGIN ENCRYPTED PRIVATE KEY-----\n\n'),
        armor(der.subarray(0, -1)),
        armor(heavy),
        armor(Buffer.alloc(0)),
        armor(Buffer.alloc(300, 0x30)),
      ];
      for (const form of forms) expect(await openPrivateKey(Buffer.from(form), 'p'), form).toEqual({ fault: 'form' });
    });
  });

  describe.skipIf(!hasOpenssl)('and the openssl command', () => {
    const fileOf = async (bytes: Uint8Array | string) => {
      const path = join(await temporaryFolder(), 'key.pem');
      writeFileSync(path, bytes, { mode: 0o600 });
      return path;
    };

    it('it reads ours, and gives the same public file', async () => {
      const seed = newSeed();
      const printed = openssl('pkey', '-in', await fileOf(privateKeyPem(seed)), '-pubout').toString();
      expect(printed).toBe(publicKeyPem(await spkiOfSeed(seed)));
      expect(openssl('pkey', '-pubin', '-in', await fileOf(printed), '-pubout').toString()).toBe(printed);
    });

    it('it reads ours with the passphrase, and not without', async () => {
      const seed = newSeed();
      const path = await fileOf(await encryptedPrivateKeyPem(seed, 'geheim'));
      const printed = openssl('pkey', '-in', path, '-passin', 'pass:geheim', '-pubout').toString();
      expect(printed).toBe(publicKeyPem(await spkiOfSeed(seed)));
      expect(() => openssl('pkey', '-in', path, '-passin', 'pass:anders', '-pubout')).toThrow();
      expect(openssl('asn1parse', '-in', path).toString()).toMatch(
        /PBES2.*PBKDF2.*INTEGER\s+:0927C0.*hmacWithSHA256.*aes-256-cbc/s,
      );
    });

    it('we read what it takes out of a PKCS#12 file, encrypted or not', async () => {
      const pem = openssl('genpkey', '-algorithm', 'ed25519');
      const opened = await openPrivateKey(pem);
      const path = await fileOf(pem);
      const certificate = openssl('req', '-x509', '-new', '-key', path, '-subj', '/CN=me');
      const bundle = await fileOf('');
      const args = ['-passout', 'pass:p', '-name', 'my key', '-out', bundle];
      openssl('pkcs12', '-export', '-inkey', path, '-in', await fileOf(certificate), ...args);
      const taken = openssl('pkcs12', '-in', bundle, '-passin', 'pass:p', '-nocerts', '-nodes');
      expect(taken.toString()).toMatch(/^Bag Attributes\n/);
      expect(await openPrivateKey(taken)).toEqual(opened);
    });

    it('we read its own', async () => {
      const pem = openssl('genpkey', '-algorithm', 'ed25519');
      const opened = await openPrivateKey(pem);
      const seed = 'seed' in opened ? opened.seed : expect.unreachable('it is a sound key');
      const path = await fileOf(pem);
      expect(publicKeyPem(await spkiOfSeed(seed))).toBe(openssl('pkey', '-in', path, '-pubout').toString());
      const encrypted = openssl(
        'pkcs8',
        '-topk8',
        '-in',
        path,
        '-v2',
        'aes-256-cbc',
        '-iter',
        '4096',
        '-passout',
        'pass:x',
      );
      expect(await openPrivateKey(encrypted, 'x')).toEqual({ seed });
      expect(await openPrivateKey(encrypted, 'y')).toEqual({ fault: 'passphrase' });
      const scrypt = openssl('pkcs8', '-topk8', '-in', path, '-scrypt', '-passout', 'pass:x');
      expect(await openPrivateKey(scrypt, 'x')).toEqual({ fault: 'form' });
    });
  });
});

function armor(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${lines.join('\n')}\n-----END ENCRYPTED PRIVATE KEY-----\n`;
}
