import type { Decrypter } from 'age-encryption';
import { isStoreError, StoreError } from '../core/errors.ts';

/** The readers a file is encrypted for: X25519 recipients (`age1…`), or everyone who knows a passphrase. */
export type Lock = { readonly recipients: readonly string[] } | { readonly passphrase: string };

/** The way to open it: identities (`AGE-SECRET-KEY-1…`), or the passphrase. */
export type Unlock = { readonly identities: readonly string[] } | { readonly passphrase: string };

/**
 * Encrypts a stream in the format of age (age-encryption.org/v1), as `age -d` opens it. Loads the library at the first call.
 *
 * @throws StoreError ARGUMENT_INVALID for a recipient that is none, for none at all, and for an empty passphrase
 */
export async function encryptAge(plain: AsyncIterable<Uint8Array>, lock: Lock): Promise<AsyncIterable<Uint8Array>> {
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  if ('passphrase' in lock) {
    if (lock.passphrase === '') throw refused('the passphrase is empty', 'Give one of at least four random words.');
    encrypter.setPassphrase(lock.passphrase);
  } else {
    if (lock.recipients.length === 0) throw refused('a recipient is missing', RECIPIENT_HINT);
    for (const recipient of lock.recipients) {
      // Other kinds of recipients are left out: the age of Debian stable cannot open what is made for them.
      if (!/^age1[02-9ac-hj-np-z]{58}$/.test(recipient)) throw refused('this is not an age recipient', RECIPIENT_HINT);
      try {
        encrypter.addRecipient(recipient);
      } catch (cause) {
        throw refused('this is not an age recipient', RECIPIENT_HINT, cause);
      }
    }
  }
  return encrypter.encrypt(ReadableStream.from(plain));
}

/**
 * Decrypts a stream in the format of age. Each part was authenticated when it is given out; that nothing is missing at
 * the end is known only once the stream has ended.
 *
 * @throws StoreError ARGUMENT_INVALID for an identity that is none; KEY_LOCKED when nothing given opens the file; the
 * stream throws CORRUPT when the file was changed or cut
 */
export async function* decryptAge(encrypted: AsyncIterable<Uint8Array>, unlock: Unlock): AsyncGenerator<Uint8Array> {
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  if ('passphrase' in unlock) decrypter.addPassphrase(unlock.passphrase);
  else if (!unlock.identities.every((identity) => accepts(decrypter, identity)))
    throw refused(
      'this is not an age identity',
      'It is the line that starts with AGE-SECRET-KEY-1, as age-keygen writes it.',
    );
  try {
    yield* await decrypter.decrypt(ReadableStream.from(encrypted));
  } catch (cause) {
    throw isStoreError(cause) ? cause : unopened(cause);
  }
}

function accepts(decrypter: Decrypter, identity: string): boolean {
  try {
    decrypter.addIdentity(identity);
    return true;
  } catch {
    return false; // the library's error is left out: it may quote the identity
  }
}

function unopened(cause: unknown): StoreError {
  return cause instanceof Error && cause.message.startsWith('no identity matched')
    ? new StoreError('KEY_LOCKED', 'neither the passphrase nor the identities given open this backup', {
        hint: 'Give the passphrase file, or the identity file of the recipient it was made for.',
        cause,
      })
    : new StoreError('CORRUPT', 'the backup was changed or cut, or is not an age file', {
        hint: 'Take an older backup, and check it.',
        advice: [{ do: 'check-backup' }],
        cause,
      });
}

const RECIPIENT_HINT = 'It is the line that starts with age1, as age-keygen prints it.';

function refused(message: string, hint: string, cause?: unknown): StoreError {
  return new StoreError('ARGUMENT_INVALID', message, { hint, cause });
}
