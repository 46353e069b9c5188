import { Lexer } from 'yaml';
import type { TextRange } from './toml-scan.ts';

/** The mark the lexer puts before a scalar: the token after it is content, whatever it begins with. */
const SCALAR = '\u001f';
/** Marks of the lexer that stand for no character of the text. */
const MARKS = new Set(['\u0002', '\u0018', '\u001f']);

/** Returns the comments of a YAML text, their marks included. */
export function yamlCommentRanges(text: string): TextRange[] {
  const ranges: TextRange[] = [];
  let at = 0;
  let before = '';
  for (const token of new Lexer().lex(text)) {
    if (!MARKS.has(token)) {
      if (token.startsWith('#') && before !== SCALAR) ranges.push({ start: at, end: at + token.length });
      at += token.length;
    }
    before = token;
  }
  return ranges;
}
