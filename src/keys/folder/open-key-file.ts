import type { Hex } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import { isEncryptedPem, openPrivateKey } from '../formats/private-key-pem.ts';
import { damagedKey, lockedKey } from '../key-faults.ts';
import { type SigningKey, signingKeyOf } from '../signing-key.ts';

/** Asks for the passphrase of an encrypted key file; undefined where no person can be asked. */
export type Passphrase = () => Promise<string | undefined>;

/**
 * Opens the bytes of a private key file, which must hold the key that its name says. The passphrase is asked for only when
 * it is encrypted. The caller clears the bytes and the seed.
 *
 * @param path the file, for messages
 * @throws StoreError KEY_LOCKED, CORRUPT
 */
export async function openKeyFile(
  file: Uint8Array,
  { keyId, path, passphrase }: { keyId: Hex; path: string; passphrase: Passphrase | undefined },
): Promise<{ key: SigningKey; seed: Uint8Array }> {
  const asked: Promise<string | undefined> | undefined = isEncryptedPem(file) ? passphrase?.() : undefined;
  const given = await asked;
  const opened = await openPrivateKey(file, given);
  if ('fault' in opened) throw opened.fault === 'form' ? damagedKey(path) : lockedKey(keyId, given !== undefined);
  const key = await signingKeyOf(opened.seed);
  if (key.keyId === keyId) return { key, seed: opened.seed };
  opened.seed.fill(0);
  throw new StoreError('CORRUPT', `${path} holds another key than its name says`, {
    hint: 'Bring the file back from a key backup.',
  });
}

/** Returns true for bytes that are no private key file at all, encrypted or not. */
export async function isNoKey(file: Uint8Array): Promise<boolean> {
  const opened = await openPrivateKey(file);
  if ('fault' in opened) return opened.fault === 'form';
  opened.seed.fill(0);
  return false;
}
