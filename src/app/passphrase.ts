import { isUtf8 } from 'node:buffer';
import { cancelled } from '../core/cancelled.ts';
import { isStoreError, StoreError } from '../core/errors.ts';
import { untilInterrupted } from './until-interrupted.ts';

/** The largest passphrase file that is read, in bytes. */
const MAX_FILE_BYTES = 65_536;

/**
 * Where the passphrase of encrypted key files comes from: the file the setting names, else a prompt when a person sits
 * at the terminal, else nowhere (then the store answers KEY_LOCKED).
 *
 * @param mayPrompt false for `serve`, whose standard input belongs to the protocol
 */
export function passphraseSource(
  file: string | undefined,
  mayPrompt: boolean,
): (() => Promise<string | undefined>) | undefined {
  if (file !== undefined) return () => readPassphrase(file);
  return mayPrompt && hasTerminal() ? () => promptPassphrase('Passphrase of the signing key: ') : undefined;
}

/** True when a person can be asked. */
export function hasTerminal(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/**
 * Reads the first line of a passphrase file, or of standard input for `-`.
 *
 * @throws StoreError KEY_LOCKED when it cannot be read, as `passphraseIn`
 */
export async function readPassphrase(file: string): Promise<string> {
  const { createReadStream } = await import('node:fs');
  const name = file === '-' ? 'standard input' : file;
  const chunks: Uint8Array[] = [];
  let size = 0;
  const read = async () => {
    for await (const chunk of file === '-' ? process.stdin : createReadStream(file)) {
      size += chunk.length;
      if (size > MAX_FILE_BYTES) break;
      chunks.push(chunk);
    }
  };
  try {
    await untilInterrupted(read());
  } catch (cause) {
    if (isStoreError(cause)) throw cause;
    throw locked(`the passphrase file ${name} cannot be read`, 'Name a file that this user can read.', cause);
  }
  if (size > MAX_FILE_BYTES)
    throw locked(
      `the passphrase file ${name} has more than ${MAX_FILE_BYTES} bytes`,
      'Name a file with one short line.',
    );
  return passphraseIn(Buffer.concat(chunks), name);
}

/**
 * Returns the first line of a passphrase file. It must be UTF-8 without a byte order mark: with anything else, the words that
 * a person types would be another passphrase than the one in the file.
 *
 * @param name of the file, for messages
 * @throws StoreError KEY_LOCKED
 */
export function passphraseIn(bytes: Uint8Array, name: string): string {
  if (!isUtf8(bytes)) throw otherEncoding(`the passphrase file ${name} is not UTF-8 text`);
  const text = Buffer.from(bytes).toString('utf8');
  if (text.startsWith('\uFEFF')) throw otherEncoding(`the passphrase file ${name} begins with a byte order mark`);
  const [line = ''] = text.split(/\r\n|\n|\r/, 1);
  // UTF-16 without a mark has zero bytes.
  if (/(?!\t)\p{Cc}/u.test(line))
    throw otherEncoding(`the passphrase file ${name} holds control characters, as UTF-16 text does`);
  return line;
}

function otherEncoding(message: string): StoreError {
  return locked(message, 'Save it as UTF-8 without a byte order mark: only then is it what a person would type.');
}

function locked(message: string, hint: string, cause?: unknown): StoreError {
  return new StoreError('KEY_LOCKED', message, {
    hint,
    advice: [{ do: 'set', setting: 'CONFIG_STORE_KEY_PASSPHRASE_FILE' }],
    cause,
  });
}

/** Asks on the terminal, without an echo. @throws StoreError CANCELLED when the person gives up, with Ctrl-C or Ctrl-D */
export async function promptPassphrase(question: string): Promise<string> {
  const { createInterface } = await import('node:readline');
  const { Writable } = await import('node:stream');
  // readline echoes what is typed to its output: give it one that drops everything.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    const answer = new Promise<string>((resolve, reject) => {
      lines.once('line', resolve);
      lines.once('close', () => reject(cancelled()));
      lines.once('SIGINT', () => lines.close());
    });
    // Only now: an answer to a question that is seen must find the terminal ready.
    process.stderr.write(question);
    return await untilInterrupted(answer);
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}
