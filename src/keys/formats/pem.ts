import { StoreError } from '../../core/errors.ts';
import { rawPublicKey } from '../ed25519.ts';
import { blockOf } from './pem-block.ts';

/** An SPKI as PEM (RFC 7468), as `openssl pkey -pubin` reads it. */
export function publicKeyPem(spki: Uint8Array): string {
  return `-----BEGIN PUBLIC KEY-----\n${Buffer.from(spki).toString('base64')}\n-----END PUBLIC KEY-----\n`;
}

/**
 * The SPKI (DER) in a public key file, which must be exactly what `publicKeyPem` and `openssl pkey -pubout` write (but for
 * what `blockOf` takes off): no text around it, no second block, no private key, no certificate.
 *
 * @throws StoreError ARGUMENT_INVALID when it is anything else.
 */
export function parsePublicKeyPem(text: string): Uint8Array {
  const block = Buffer.from(blockOf(Buffer.from(text))).toString('utf8');
  const [, base64 = ''] = /^-----BEGIN PUBLIC KEY-----\n([A-Za-z0-9+/]{59}=)\n-----END/.exec(block) ?? [];
  const spki = Buffer.from(base64, 'base64');
  if (block.trimEnd() !== publicKeyPem(spki).trimEnd()) {
    throw new StoreError('ARGUMENT_INVALID', 'this is not an Ed25519 public key in PEM form, and nothing else', {
      hint: 'Give a public key file of this program, or what OpenSSL prints: openssl pkey -in KEY -pubout',
    });
  }
  rawPublicKey(spki);
  return spki;
}
