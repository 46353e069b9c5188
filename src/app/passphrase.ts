import { cancelled } from '../core/cancelled.ts';
import { isStoreError, StoreError } from '../core/errors.ts';
import { untilInterrupted } from './until-interrupted.ts';

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

/** Reads the first line of a passphrase file, or of standard input for `-`. @throws StoreError KEY_LOCKED */
export async function readPassphrase(file: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const { text: readAll } = await import('node:stream/consumers');
  const reading = file === '-' ? untilInterrupted(readAll(process.stdin)) : readFile(file, 'utf8');
  const text = await reading.catch((cause: unknown) => {
    if (isStoreError(cause)) throw cause;
    throw new StoreError('KEY_LOCKED', `the passphrase file ${file} cannot be read`, {
      hint: 'Name a file that this user can read.',
      advice: [{ do: 'set', setting: 'CONFIG_STORE_KEY_PASSPHRASE_FILE' }],
      cause,
    });
  });
  const [line = ''] = text.split(/\r?\n/, 1);
  return line;
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
