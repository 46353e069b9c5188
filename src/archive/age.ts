import type { Decrypter, Identity } from 'age-encryption';
import { isStoreError, StoreError } from '../core/errors.ts';
import { decodeArmor } from './armor.ts';

/** The readers a file is encrypted for: recipients (`age1…`, or a line with an SSH key), or everyone who knows a passphrase. */
export type Lock = { readonly recipients: readonly string[] } | { readonly passphrase: string };

/** The way to open it: identities (`AGE-SECRET-KEY-1…`, or the text of an SSH key file), the passphrase, or what `encryptAge` gave. */
export type Unlock =
  | { readonly identities: readonly string[] }
  | { readonly passphrase: string }
  | { readonly identity: Identity };

/**
 * The work of a passphrase, as a power of two: 64 MiB and about 0.3 s. age itself takes 2^18, which a process that may have
 * 256 MiB cannot open; two bits more in the passphrase make up for the difference.
 */
const SCRYPT_LOG_N = 16;
/** Memory that one unit of N takes in scrypt with r = 8, in bytes. */
const SCRYPT_BYTES_PER_N = 1_024;

/**
 * Encrypts a stream in the format of age (age-encryption.org/v1), as `age -d` opens it. Loads the library at the first call.
 *
 * @returns the stream, and what opens it while this process runs: to prove that it can be read
 * @throws StoreError ARGUMENT_INVALID for a recipient that is none, for none at all, and for an empty passphrase
 */
export async function encryptAge(
  plain: AsyncIterable<Uint8Array>,
  lock: Lock,
): Promise<{ encrypted: AsyncIterable<Uint8Array>; unlock: Unlock }> {
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  let unlock: Unlock;
  if ('passphrase' in lock) {
    if (lock.passphrase.trim() === '')
      throw refused('the passphrase is empty', 'Give one of at least four random words.');
    encrypter.setPassphrase(lock.passphrase);
    encrypter.setScryptWorkFactor(SCRYPT_LOG_N);
    unlock = lock;
  } else {
    if (lock.recipients.length === 0) throw refused('a recipient is missing', RECIPIENT_HINT);
    for (const recipient of lock.recipients) {
      if (/^ssh-/.test(recipient)) {
        const ssh = (await import('./ssh-age.ts')).sshRecipient(recipient);
        if (ssh === undefined) throw noRecipient(recipient);
        encrypter.addRecipient(ssh);
        continue;
      }
      // Other kinds of recipients are left out: the age of Debian stable cannot open what is made for them.
      if (!/^age1[02-9ac-hj-np-z]{58}$/.test(recipient)) throw noRecipient(recipient);
      try {
        encrypter.addRecipient(recipient);
      } catch (cause) {
        throw noRecipient(recipient, cause);
      }
    }
    let kept: Uint8Array | undefined;
    encrypter.addRecipient({
      wrapFileKey: (fileKey) => {
        kept = fileKey.slice();
        return []; // nothing of it is written: it only lets this process read what it wrote
      },
    });
    unlock = { identity: { unwrapFileKey: () => kept ?? null } };
  }
  return { encrypted: await encrypter.encrypt(ReadableStream.from(plain)), unlock };
}

/**
 * Decrypts a stream in the format of age, armored or not. Each part was authenticated when it is given out; that nothing is
 * missing at the end is known only once the stream has ended.
 *
 * @throws StoreError ARGUMENT_INVALID for an identity that is none; KEY_LOCKED when nothing given opens the file, or its
 * passphrase takes more memory than there is; the stream throws CORRUPT when the file was changed or cut
 */
export async function* decryptAge(encrypted: AsyncIterable<Uint8Array>, unlock: Unlock): AsyncGenerator<Uint8Array> {
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  if ('passphrase' in unlock) {
    decrypter.addIdentity(memoryGuard());
    decrypter.addPassphrase(unlock.passphrase);
  } else if ('identity' in unlock) decrypter.addIdentity(unlock.identity);
  else if (!(await acceptsAll(decrypter, unlock.identities)))
    throw refused(
      'this is not an age identity',
      'It is the line that starts with AGE-SECRET-KEY-1, as age-keygen writes it.',
    );
  try {
    yield* await decrypter.decrypt(ReadableStream.from(decodeArmor(encrypted)));
  } catch (cause) {
    throw isStoreError(cause) ? cause : unopened(cause);
  }
}

/** Opens nothing, but refuses a passphrase whose work needs more memory than this process may still take. */
function memoryGuard(): Identity {
  return {
    unwrapFileKey: (stanzas) => {
      for (const { args } of stanzas) {
        const needed = args[0] === 'scrypt' ? 2 ** Number(args[2]) * SCRYPT_BYTES_PER_N : 0;
        if (needed > process.availableMemory())
          throw new StoreError(
            'KEY_LOCKED',
            `the passphrase of this backup takes ${mebibytes(needed)} MiB of memory to work out, and ${mebibytes(process.availableMemory())} MiB are left for this process`,
            { hint: 'Give it more memory (a container: a higher limit), then try again.' },
          );
      }
      return null;
    },
  };
}

function mebibytes(bytes: number): number {
  return Math.floor(bytes / 1_048_576);
}

async function acceptsAll(decrypter: Decrypter, identities: readonly string[]): Promise<boolean> {
  const { isSshKeyFile, readSshKeyFile } = await import('./ssh-key-file.ts');
  for (const identity of identities) {
    if (isSshKeyFile(identity)) decrypter.addIdentity(readSshKeyFile(identity));
    else if (!accepts(decrypter, identity)) return false;
  }
  return identities.length > 0;
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

function noRecipient(recipient: string, cause?: unknown): StoreError {
  return recipient.startsWith('ssh-')
    ? refused(
        'this is not an SSH key that can be a recipient',
        'Give a whole line of a .pub file, of the kind ssh-ed25519, or ssh-rsa with 2048 bits or more.',
        cause,
      )
    : refused('this is not an age recipient', RECIPIENT_HINT, cause);
}

function refused(message: string, hint: string, cause?: unknown): StoreError {
  return new StoreError('ARGUMENT_INVALID', message, { hint, cause });
}
