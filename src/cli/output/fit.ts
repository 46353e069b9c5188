/** The width of a usual terminal, in characters. */
export const COLUMNS = 80;

/** Returns a line cut to so many characters, with an ellipsis where something is left out. */
export function cutToColumns(line: string, columns = COLUMNS): string {
  return line.length <= columns ? line : `${line.slice(0, columns - 1).trimEnd()}…`;
}

/** Returns text as lines broken between words, all of them indented. */
export function wrap(text: string, indent = '', columns = COLUMNS): string[] {
  if (text === '') return [];
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > columns) lines.push(`${indent}${word}`);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
