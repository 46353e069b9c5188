import { StoreError } from '../errors.ts';
import { SETTINGS } from '../settings.ts';

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
  if (mayPrompt && process.stdin.isTTY && process.stderr.isTTY) return prompt;
  return undefined;
}

async function readPassphrase(file: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
  const [line = ''] = text.split(/\r?\n/, 1);
  return line;
}

function unreadable(file: string, cause: unknown): StoreError {
  return new StoreError('KEY_LOCKED', `the passphrase file ${file} cannot be read`, {
    hint: `Let ${SETTINGS.passphraseFile.variable} name a file that this user can read.`,
    cause,
  });
}

async function prompt(): Promise<string | undefined> {
  const { createInterface } = await import('node:readline');
  const { Writable } = await import('node:stream');
  process.stderr.write('Passphrase of the signing key: ');
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
