import { StoreError } from '../core/errors.ts';

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

/** The most bytes of a passphrase file that are read: 64 kB. */
const MAX_FILE_BYTES = 65_536;

/** Reads the first line of a passphrase file, or of standard input for `-`. @throws StoreError KEY_LOCKED */
export async function readPassphrase(file: string): Promise<string> {
  const { createReadStream } = await import('node:fs');
  const { text: readAll } = await import('node:stream/consumers');
  // One byte more than a first line may have: a device would never end.
  const source = file === '-' ? process.stdin : createReadStream(file, { end: MAX_FILE_BYTES });
  const text = await readAll(source).catch((cause: unknown) => {
    throw new StoreError('KEY_LOCKED', `the passphrase file ${file} cannot be read`, {
      hint: 'Name a file that this user can read.',
      advice: [{ do: 'set', setting: 'CONFIG_STORE_KEY_PASSPHRASE_FILE' }],
      cause,
    });
  });
  const [line = ''] = text.split(/\r?\n/, 1);
  return line;
}

/** Asks on the terminal, without an echo; undefined when the person gives up. */
export async function promptPassphrase(question: string): Promise<string | undefined> {
  const { createInterface } = await import('node:readline');
  const { Writable } = await import('node:stream');
  process.stderr.write(question);
  // readline echoes what is typed to its output: give it one that drops everything.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await new Promise<string | undefined>((resolve) => {
      lines.once('line', resolve);
      lines.once('close', () => resolve(undefined));
      lines.once('SIGINT', () => lines.close());
    });
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}
