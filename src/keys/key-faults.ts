import type { Advice } from '../core/advice.ts';
import type { KeyId } from '../core/digest.ts';
import { StoreError } from '../core/errors.ts';

const PASSPHRASE_FILE: Advice = { do: 'set', setting: 'CONFIG_STORE_KEY_PASSPHRASE_FILE' };

/** `CORRUPT`: a private key file in another form than the store writes. */
export function damagedKey(path: string): StoreError {
  return new StoreError('CORRUPT', `${path} is not an Ed25519 private key in the form the store writes`, {
    hint: 'Bring the file back from a key backup. OpenSSL rewrites a sound key that has another form: openssl pkey -in OLD -out NEW',
  });
}

/** `KEY_LOCKED`: no passphrase, or one that does not open the key (`tried`). */
export function lockedKey(keyId: KeyId, tried: boolean): StoreError {
  return tried
    ? new StoreError('KEY_LOCKED', `the passphrase does not open the key ${keyId.slice(0, 16)}…`, {
        hint: 'Check the passphrase file: its first line is the passphrase.',
        advice: [PASSPHRASE_FILE],
      })
    : new StoreError('KEY_LOCKED', `the key ${keyId.slice(0, 16)}… is encrypted, and there is no passphrase`, {
        hint: 'Put the passphrase in a file and name that file, or type it on a terminal. Reading and verifying work without it.',
        advice: [PASSPHRASE_FILE],
      });
}

/** `ARGUMENT_INVALID`: a key from elsewhere that cannot be taken in. */
export function notImportable(fault: 'form' | 'passphrase'): StoreError {
  return fault === 'form'
    ? new StoreError('ARGUMENT_INVALID', 'this is not an Ed25519 private key in PKCS#8 PEM form', {
        hint: 'Give a file from another keys/ folder, or one that OpenSSL made: openssl genpkey -algorithm ed25519',
      })
    : new StoreError('ARGUMENT_INVALID', 'the passphrase does not open this key file', {
        hint: 'Give the passphrase that this very file was encrypted with.',
      });
}
