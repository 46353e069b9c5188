import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A comment, or the text of a string or template literal without its expressions. */
export interface TextPart {
  readonly kind: 'comment' | 'string';
  readonly text: string;
  /** 1 for the first line of the file. */
  readonly line: number;
}

/** Every TypeScript file below `folder`, as paths relative to `root`. */
export function sourceFiles(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

/** Reads the comments and strings of a source file. */
export function textParts(path: string): TextPart[] {
  return scan(readFileSync(path, 'utf8'));
}

// A slash after one of these begins a regular expression, after anything else it divides.
const BEFORE_REGEX = /(?:^|[(,=:[!&|?{};+>]|\b(?:return|typeof|case|of|in))\s*$/;

/** Splits TypeScript into comments and strings; expressions of templates are scanned too. */
export function scan(source: string): TextPart[] {
  const parts: TextPart[] = [];
  let at = 0;
  const lineAt = (offset: number) => source.slice(0, offset).split('\n').length;
  const add = (kind: TextPart['kind'], from: number, to: number) =>
    parts.push({ kind, text: source.slice(from, to), line: lineAt(from) });

  const skipTo = (end: string, from: number) => {
    const found = source.indexOf(end, from);
    return found === -1 ? source.length : found;
  };
  const string = (quote: string) => {
    const begin = ++at;
    while (at < source.length && source[at] !== quote) at += source[at] === '\\' ? 2 : 1;
    add('string', begin, at++);
  };
  const regex = () => {
    let inClass = false;
    for (at++; at < source.length && (inClass || source[at] !== '/'); at++) {
      if (source[at] === '\\') at++;
      else if (source[at] === '[') inClass = true;
      else if (source[at] === ']') inClass = false;
    }
    at++;
  };
  const template = () => {
    let begin = ++at;
    let text = '';
    const first = begin;
    while (at < source.length && source[at] !== '`') {
      if (source[at] === '\\') at += 2;
      else if (source.startsWith('${', at)) {
        text += `${source.slice(begin, at)}\u2026`;
        at += 2;
        code('}');
        begin = ++at;
      } else at++;
    }
    parts.push({ kind: 'string', text: text + source.slice(begin, at++), line: lineAt(first) });
  };
  /** Scans code until `end` at the same depth, or to the end of the file. */
  function code(end: string | undefined): void {
    for (let depth = 0; at < source.length; ) {
      const character = source[at] ?? '';
      if (character === end && depth === 0) return;
      if (source.startsWith('//', at)) {
        const stop = skipTo('\n', at);
        add('comment', at, stop);
        at = stop;
      } else if (source.startsWith('/*', at)) {
        const stop = skipTo('*/', at + 2);
        add('comment', at, stop);
        at = stop + 2;
      } else if (character === "'" || character === '"') string(character);
      else if (character === '`') template();
      else if (character === '/' && BEFORE_REGEX.test(source.slice(Math.max(0, at - 40), at))) regex();
      else {
        if (character === '{') depth++;
        if (character === '}') depth--;
        at++;
      }
    }
  }
  code(undefined);
  return parts;
}
