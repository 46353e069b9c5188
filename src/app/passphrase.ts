import { StoreError } from '../core/errors.ts';
import { SETTINGS } from './settings.ts';

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
  if (mayPrompt && process.stdin.isTTY && process.stderr.isTTY) return () => prompt('Passphrase of the signing key: ');
  return undefined;
}

/** Asks for a new passphrase twice. @throws StoreError ARGUMENT_INVALID when the two differ, KEY_LOCKED without a terminal */
export async function askNewPassphrase(what: string): Promise<string> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new StoreError('KEY_LOCKED', `there is no terminal to ask for ${what} on`, {
      hint: `Put it in a file and name that in ${SETTINGS.passphraseFile.variable}.`,
    });
  }
  const first = await prompt(`New ${what}: `);
  const second = await prompt('The same again: ');
  if (first !== undefined && first !== '' && first === second) return first;
  throw new StoreError('ARGUMENT_INVALID', 'the two entries differ, or are empty', {
    hint: 'Nothing was changed. Try again.',
  });
}

/** Asks once. @throws StoreError KEY_LOCKED without a terminal or an answer */
export async function askPassphrase(question: string): Promise<string> {
  const answer = process.stdin.isTTY && process.stderr.isTTY ? await prompt(question) : undefined;
  if (answer !== undefined && answer !== '') return answer;
  throw new StoreError('KEY_LOCKED', 'there is no passphrase', {
    hint: 'Name a file with --passphrase-file, or run this on a terminal.',
  });
}

/** The first line of a passphrase file, or of standard input for `-`. @throws StoreError KEY_LOCKED */
export async function readPassphrase(file: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const { text: readAll } = await import('node:stream/consumers');
  const reading = file === '-' ? readAll(process.stdin) : readFile(file, 'utf8');
  const text = await reading.catch((cause: unknown) => {
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

async function prompt(question: string): Promise<string | undefined> {
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
