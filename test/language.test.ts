import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sourceFiles, textParts } from './source-text.ts';

const ROOT = join(import.meta.dirname, '..');

/** Words that a colleague would not say, each with one that serves instead. */
const INSTEAD: ReadonlyArray<readonly [word: RegExp, instead: string]> = [
  [/\banew\b/i, 'again'],
  [/\bbeside\b/i, 'next to, in addition to'],
  [/\bmend(?:s|ed|ing)?\b/i, 'fix (code), repair (the store)'],
  [/\btold\b/i, 'reported, called'],
  [/\bwhoever\b/i, 'the caller, a person who'],
  [/\bsomebody\b/i, 'another process, another user'],
  [/\b(?:anybody|nobody)\b/i, 'name the one who does it'],
  [/\bshall\b/i, 'should, must'],
];

/** The first word of a comment is a noun (a type) or a verb (a function). */
const OPENING = /^(?:\/\*\*?|\/\/)[\s*]*What\b/;

function oldWords(text: string): string[] {
  return INSTEAD.flatMap(([word, instead]) => {
    const found = word.exec(text)?.[0];
    return found === undefined ? [] : [`${found} (${instead})`];
  });
}

describe('the language', () => {
  it('of comments and messages is present-day English', () => {
    const found = sourceFiles(ROOT, 'src').flatMap((path) =>
      textParts(join(ROOT, path)).flatMap(({ kind, text, line }) => {
        const opening = kind === 'comment' && OPENING.test(text) ? ['a comment that opens with "What"'] : [];
        return [...oldWords(text), ...opening].map((word) => `${path}:${line}: ${word}`);
      }),
    );
    expect(found).toEqual([]);
  });

  it('of the documents too', () => {
    const docs = readdirSync(join(ROOT, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join('docs', name));
    const found = ['README.md', 'AGENTS.md', ...docs].flatMap((path) =>
      readFileSync(join(ROOT, path), 'utf8')
        .split('\n')
        .flatMap((line, at) => oldWords(line).map((word) => `${path}:${at + 1}: ${word}`)),
    );
    expect(found).toEqual([]);
  });
});
