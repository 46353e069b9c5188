import type { Author } from '../../../core/commit/statement.ts';
import { spellLine } from '../../../core/visible.ts';

/** The names that well-known clients give when they connect, and those that people use. */
const TITLES: ReadonlyMap<string, string> = new Map([
  ['claude-ai', 'Claude Desktop'],
  ['claude-code', 'Claude Code'],
  ['codex-mcp-client', 'Codex'],
  ['cursor-vscode', 'Cursor'],
  ['gemini-cli-mcp-client', 'Gemini CLI'],
]);
/** Over the network: the name of the token, and what the client calls itself. */
const TOKEN_AND_CLIENT = /^([a-z0-9][a-z0-9._-]{0,39}) \((.+)\)$/;
const MAX_CHARS = 60;

/** Returns who made a commit and from which client, as its author claims. */
export function whoMade({ name, via }: Author): { readonly who: string; readonly from?: string } {
  if (via === 'cli') return { who: 'The command line' };
  const [, token, client] = TOKEN_AND_CLIENT.exec(name) ?? [];
  return token === undefined || client === undefined ? { who: title(name) } : { who: token, from: title(client) };
}

function title(client: string): string {
  return TITLES.get(client) ?? plainText(client);
}

/** Returns a text of another's choosing as one short line in which nothing hides. */
export function plainText(text: string, maxChars = MAX_CHARS): string {
  const line = spellLine(text);
  return line.length <= maxChars ? line : `${line.slice(0, maxChars - 1)}…`;
}
