import { isUtf8 } from 'node:buffer';
import { passphraseIn, readPassphrase } from '../../app/passphrase.ts';
import type { Unlock } from '../../archive/age.ts';
import { StoreError } from '../../core/errors.ts';
import { askPassphrase } from './ask-passphrase.ts';
import { readInput } from './input.ts';
import { parseStoreId } from './store-id.ts';

/** The largest identity, recipients or passphrase file that is looked at, in bytes. */
const MAX_FILE_BYTES = 65_536;
/** How an age file begins, armored or not. */
const AGE_HEADS = ['age-encryption.org/v1\n', '-----BEGIN AGE ENCRYPTED FILE-----'];
/** How an SSH private key file begins. */
const SSH_KEY = '-----BEGIN OPENSSH PRIVATE KEY-----';

/** A backup and what opens it, as they are given on the command line. */
export interface OpenInput {
  readonly file: string;
  readonly identity?: readonly string[];
  readonly passphraseFile?: string;
  readonly expectStore?: string;
}

/** The argument of every command that reads a backup. */
export const BACKUP_FILE = {
  syntax: '<file>',
  meaning: 'the backup; - for standard input',
  completes: 'files',
} as const;

/** The options of every command that reads a backup. */
export const OPEN_OPTIONS = [
  {
    flags: '--identity <file>',
    completes: 'files',
    meaning: 'file with the age identity (AGE-SECRET-KEY-1…) or the SSH key that opens it; may be given several times',
    repeats: true,
  },
  {
    flags: '--passphrase-file <file>',
    completes: 'files',
    meaning: 'file whose first line opens it; asked for otherwise',
  },
  { flags: '--expect-store <id>', meaning: 'refuse a backup of any other store', parse: parseStoreId },
] as const;

/** A note on standard input, for the help of such a command. */
export const BOTH_ON_STANDARD_INPUT =
  'With - for both, standard input is the identity or the passphrase file, and the backup right behind it.';

/**
 * Reads what opens a backup, and returns it with the backup's path or bytes. Where both are standard input, the first lines
 * are the secret, up to where an age file begins.
 *
 * @throws StoreError ARGUMENT_INVALID, NOT_FOUND, KEY_LOCKED
 */
export async function openInput({ file, identity = [], passphraseFile }: OpenInput): Promise<{
  readonly backup: string | AsyncIterable<Uint8Array>;
  readonly unlock: Unlock;
}> {
  if (identity.length > 0 && passphraseFile !== undefined) {
    throw new StoreError('ARGUMENT_INVALID', '--identity and --passphrase-file were both given', {
      hint: 'Give the one the backup was made for.',
    });
  }
  const isShared = file === '-' && (passphraseFile === '-' || identity.includes('-'));
  const { secret, rest } = isShared ? await splitInput(process.stdin) : { secret: undefined, rest: undefined };
  const backup = rest ?? (file === '-' ? process.stdin : file);
  if (passphraseFile !== undefined)
    return {
      backup,
      unlock: {
        passphrase:
          secret === undefined ? await readPassphrase(passphraseFile) : passphraseIn(secret, 'standard input'),
      },
    };
  if (identity.length === 0)
    return { backup, unlock: { passphrase: await askPassphrase('Passphrase of the backup: ') } };
  const identities: string[] = [];
  for (const path of identity) {
    const bytes = path === '-' && secret !== undefined ? secret : await readInput(path, MAX_FILE_BYTES);
    const text = Buffer.from(bytes).toString('latin1');
    identities.push(...(text.includes(SSH_KEY) ? [text] : linesIn(bytes, path)));
  }
  return { backup, unlock: { identities } };
}

/** Reads files of age recipients, one a line, as `age -R` does. @throws StoreError ARGUMENT_INVALID, NOT_FOUND */
export async function readRecipients(files: readonly string[]): Promise<string[]> {
  const recipients: string[] = [];
  for (const file of files) {
    const found = linesIn(await readInput(file, MAX_FILE_BYTES), file);
    if (found.length === 0)
      throw new StoreError('ARGUMENT_INVALID', `there is no recipient in ${file}`, {
        hint: 'It holds one recipient a line; lines that start with # are left out.',
      });
    recipients.push(...found);
  }
  return recipients;
}

/** The lines of an identity or recipients file that say something. */
function linesIn(bytes: Uint8Array, file: string): string[] {
  if (!isUtf8(bytes))
    throw new StoreError('ARGUMENT_INVALID', `${file} is not UTF-8 text`, {
      hint: 'Save it as UTF-8: PowerShell, for one, writes UTF-16 with >.',
    });
  return Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** Splits a stream where an age file begins in it. */
async function splitInput(
  stream: AsyncIterable<Uint8Array>,
): Promise<{ secret: Uint8Array; rest: AsyncIterable<Uint8Array> }> {
  const pieces = stream[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  for (;;) {
    const found = AGE_HEADS.map((start) => head.indexOf(start)).filter((at) => at >= 0);
    const at = Math.min(...found);
    if (found.length > 0) return { secret: head.subarray(0, at), rest: continued(head.subarray(at), pieces) };
    const { value, done } = head.length > MAX_FILE_BYTES ? { value: undefined, done: true } : await pieces.next();
    if (done === true)
      throw new StoreError('ARGUMENT_INVALID', 'no backup begins in standard input', {
        hint: 'Give the identity or the passphrase first, and the backup right behind it.',
      });
    head = Buffer.concat([head, value as Uint8Array]);
  }
}

async function* continued(head: Uint8Array, pieces: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
}
