import type { CommandEntry } from '../program/command.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { outlineCommands } from './outline.ts';
import { zshCompletion } from './zsh.ts';

/** Shells there is a completion for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
/** A shell there is a completion for. */
export type Shell = (typeof SHELLS)[number];

/** Returns the completion script of a shell, for these commands. */
export async function completionScript(shell: Shell, entries: Readonly<Record<string, CommandEntry>>): Promise<string> {
  const outlines = await outlineCommands(entries);
  return { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion }[shell](outlines);
}
