import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreError } from '../../core/errors.ts';
import type { Installation } from '../../verbs/shared/installation.ts';
import { readInput } from './input.ts';

/** Signals that end this process: the file must not stay behind. */
const ENDING = ['SIGHUP', 'SIGTERM'] as const;
/** Signals of the keyboard, which are the editor's while it runs. */
const KEYBOARD = ['SIGINT', 'SIGQUIT'] as const;

/** A text in a file of its own that a person edits, as often as it takes. */
export interface EditedFile {
  /** Starts the person's editor, waits for its end and returns what the file holds. @throws StoreError CANCELLED, CONTENT_TOO_LARGE … */
  edit(): Promise<Uint8Array>;
}

/**
 * Writes bytes into a file that only this user can read, in a folder of its own, and removes both when the work ends, however it
 * ends, and when a signal ends this process.
 *
 * @param fileName by which the editor knows what it is
 */
export async function withEditedFile<T>(
  { bytes, fileName, maxBytes }: { bytes: Uint8Array; fileName: string; maxBytes: number },
  installation: Installation,
  work: (file: EditedFile) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'config-store-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const end = (signal: NodeJS.Signals) => {
    remove();
    process.exit(128 + constants.signals[signal]);
  };
  process.once('exit', remove);
  for (const signal of ENDING) process.on(signal, end);
  try {
    const path = join(folder, fileName);
    writeFileSync(path, bytes, { flag: 'wx', mode: 0o600 });
    return await work({
      edit: async () => {
        await runEditor(path, installation);
        return readInput(path, maxBytes);
      },
    });
  } finally {
    for (const signal of ENDING) process.off(signal, end);
    process.off('exit', remove);
    remove();
  }
}

async function runEditor(path: string, { variable, environmentWith }: Installation): Promise<void> {
  const isWindows = process.platform === 'win32';
  const named = variable('VISUAL') ?? variable('EDITOR');
  // One that needs a terminal would wait for ever where there is none; one that a person named may need none.
  if (named === undefined && !process.stdin.isTTY)
    throw new StoreError('CANCELLED', 'nothing was stored: there is no terminal for an editor', {
      hint: 'Run it on a terminal, name an editor that needs none in VISUAL or EDITOR, or store a file.',
    });
  const editor = named ?? (isWindows ? 'notepad' : 'vi');
  // The setting is a command line, such as `code --wait`; the path is never part of one but on Windows, where it is ours.
  const [program, ...args] = isWindows ? [`${editor} "${path}"`] : ['/bin/sh', '-c', `${editor} "$@"`, editor, path];
  const ignore = () => undefined;
  for (const signal of KEYBOARD) process.on(signal, ignore);
  try {
    const child = spawn(program, args, { stdio: 'inherit', shell: isWindows, env: environmentWith({}) });
    const ended = await new Promise<string | undefined>((resolve) => {
      child.once('error', (error: NodeJS.ErrnoException) => resolve(`could not be started (${error.code})`));
      child.once('exit', (code, signal) => resolve(code === 0 ? undefined : `ended with ${signal ?? `code ${code}`}`));
    });
    if (ended === undefined) return;
    throw new StoreError('CANCELLED', `nothing was stored: the editor "${editor}" ${ended}`, {
      hint: 'VISUAL or EDITOR names the editor to use, such as "nano" or "code --wait".',
    });
  } finally {
    for (const signal of KEYBOARD) process.off(signal, ignore);
  }
}
