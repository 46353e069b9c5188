/** The most characters of content, or of the lines of a list, that the text part of a result repeats. */
export const TEXT_CHARS = 2_000;

/**
 * Returns the beginning of a text, and how much of it is left; never half of a surrogate pair.
 *
 * @param show how the part that is left is shown
 */
export function cutText(text: string, show: (part: string) => string = String, advice = ''): string {
  if (text.length <= TEXT_CHARS) return show(text);
  const end = /[\uD800-\uDBFF]$/.test(text.slice(0, TEXT_CHARS)) ? TEXT_CHARS - 1 : TEXT_CHARS;
  return `${show(text.slice(0, end))}\n[${text.length - end} more characters in the structured content${advice}]`;
}

/** Returns the first of several lines, and how many are left; undefined when there are none. */
export function cutLines(lines: readonly string[]): string | undefined {
  const [first, ...others] = lines;
  if (first === undefined) return undefined;
  const shown = [cutText(first)];
  let chars = first.length;
  for (const line of others) {
    chars += line.length + 1;
    if (chars > TEXT_CHARS) break;
    shown.push(line);
  }
  const left = lines.length - shown.length;
  return left === 0 ? shown.join('\n') : [...shown, `[${left} more in the structured content]`].join('\n');
}
