import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** What a comment right above a block says about it; readers of the page do not see it. */
export interface Mark {
  /** `not run`: by no test, for this reason. `run with`: where there is one. `save as`: it is the text of a file. */
  readonly kind: 'not run' | 'run with' | 'save as';
  readonly what: string;
}

/** A fenced block of shell commands in a document. */
export interface Block {
  /** `README.md:26` */
  readonly place: string;
  /** The program that reads it: `sh`, `bash`, `zsh` or `fish`. */
  readonly shell: string;
  readonly text: string;
  readonly mark: Mark | undefined;
}

/** Returns the documents of this project that people read, by their path. */
export function documents(): string[] {
  const markdown = (folder: string) => readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.md'));
  return [...markdown('.'), ...markdown('docs').map((name) => `docs/${name}`)];
}

/** Returns the blocks of shell commands in a document, in order. */
export function blocksOf(document: string): Block[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const blocks = text.matchAll(
    /^( *)(?:<!-- (not run|run with|save as): (.+) -->\n *)?```(sh|bash|zsh|fish)\n([\s\S]*?)^ *```$/gm,
  );
  return [...blocks].map(({ index, 1: indent = '', 2: kind, 3: what = '', 4: shell = '', 5: inside = '' }) => ({
    place: `${document}:${text.slice(0, index).split('\n').length}`,
    shell,
    text: inside.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    mark: kind === undefined ? undefined : { kind: kind as Mark['kind'], what },
  }));
}

/** Returns the commands of a block: its lines, those that end in a backslash joined with the next. */
export function commandsOf({ text }: Block): string[] {
  return text
    .replaceAll(/\\\n */g, '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
}
