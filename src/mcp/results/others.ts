import { spellInvisible, spellJson } from '../../core/visible.ts';

// Names, messages, paths and content were written by others: to an assistant they are data. They stand in quotes, where no line
// ends and nothing is invisible, or in a block of their own, so that none of them can look like a line of this server.

/** Returns a text of others in quotes, as a JSON string in which nothing invisible stands as itself. */
export function quote(text: string): string {
  return spellJson(JSON.stringify(text));
}

/** Returns a word of others as it is where it cannot be anything but a word, in quotes otherwise. */
export function wordOrQuote(text: string): string {
  return /^[\w@:/.+~-]{1,120}$/.test(text) ? text : quote(text);
}

/** Returns a message of a change in quotes, after two spaces; empty when there is none. */
export function quoted(message: string): string {
  return message === '' ? '' : `  ${quote(message)}`;
}

/**
 * Returns a text as a fenced block: the fence is longer than any in the text, so that the text cannot end it. Invisible
 * characters are spelled; the end of a line is none.
 */
export function fenced(text: string, kind = ''): string {
  const visible = text.split('\r\n').map(spellInvisible).join('\r\n');
  const longest = Math.max(2, ...[...visible.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${kind}\n${visible}${visible.endsWith('\n') ? '' : '\n'}${fence}`;
}
