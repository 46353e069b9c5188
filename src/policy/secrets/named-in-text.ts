import { type Suspicion, strongest, suspectNamedValue } from './named-values.ts';
import { type NameKind, secretFlagKind, secretNameKind } from './secret-names.ts';

/** A value in text that the name before it gives away. */
export interface NamedMatch {
  /** Where the name begins, in UTF-16 code units. */
  readonly at: number;
  readonly name: string;
  readonly suspicion: Suspicion;
}

/** A name and what stands between it and its value: `NAME=`, `"name": `, `name => `, `--name `, `<name>`. */
const NAME =
  /(?<![\w.]|[\w.]-)(--?|<)?(\\?["'`]?)([A-Za-z_][\w.-]{1,127})\2\]?(?:[ \t]*(?::(?!\/\/)=?|={1,3}>?|\|)[ \t]*|>|[ \t]+(?:is|was|to)[ \t]+|[ \t]+(?=\S))/g;
/** XML and JSON that write name and value as two members: `<add key="ApiKey" value="…"/>`. */
const PAIR =
  /(?:name|key|header|field)\\?["']?\s{0,4}[=:]\s{0,4}\\?["']([\w.-]{2,128})\\?["']\s{0,8},?\s{0,8}\\?["']?value\\?["']?\s{0,4}[=:]\s{0,4}\\?["']([^"'\\\n]{1,8192})/gi;
/** Programs that take a password right behind a short option. */
const CLIENT_OPTION =
  /\b(?:mysql\w{0,12}|mariadb\w{0,12}|sshpass|redis-cli|ldap(?:search|modify|add))\b[^\n|;&]{0,200}?\s-[paw] ?([^\s"'-]{5,200})/g;
const MAX_LINE_CHARS = 8_192;
/** How far a list below a name is followed, in characters. */
const MAX_LIST_CHARS = 4_096;
/** A word before the value, such as `Bearer`, `Bot`, `Token`. */
const SCHEME = /^[A-Za-z][A-Za-z-]{1,30}[ \t]+(?=[^\s"'`])/;
/** One word up to white space or what closes it; references stay whole, whatever they hold. */
const WORD = /^(?:\$\{\{[^}]*\}\}|\$?\{[^{}\n]*\}|\$\([^()\n]*\)|\[[A-Z][A-Z0-9 _-]*\]|[^\s"'`)\]}<>])+/;

/** Names and values in plain text, wherever and in whatever notation they stand; offsets in code units. */
export function findNamedSecretsInText(text: string): NamedMatch[] {
  const found: NamedMatch[] = [];
  if (!/[=:>|]|--?\w|\s(?:is|was|to)\s|password\s|\b(?:ENV|ARG|setx?|export|setenv)\s/i.test(text)) return found;
  for (const match of text.matchAll(NAME)) {
    const [whole, dash, , name = ''] = match;
    const flag = dash?.startsWith('-') === true;
    // The parts of a URN have colons between them.
    if (text[match.index - 1] === ':' && whole.endsWith(':')) continue;
    const kind = flag ? secretFlagKind(name) : secretNameKind(name);
    if (kind === undefined) continue;
    // A name and a space are a pair only as a flag, and in the files of curl and of Docker.
    if (/\s$/.test(whole) && !/(?:[:=>|]|\s(?:is|was|to))\s*$/.test(whole) && !flag && !isSpaced(text, match.index))
      continue;
    if (whole.endsWith('>') && dash !== '<' && !/=>$/.test(whole)) continue;
    const suspicion = suspectAfter(kind, text, match.index + whole.length);
    if (suspicion !== undefined) found.push({ at: match.index, name, suspicion });
  }
  for (const { 1: value = '', index } of text.matchAll(CLIENT_OPTION))
    if (suspectNamedValue('password', value) !== undefined)
      found.push({ at: index, name: 'password', suspicion: 'certain' });
  for (const { 1: name = '', 2: value = '', index } of text.matchAll(PAIR)) {
    const kind = secretNameKind(name);
    const suspicion = kind === undefined ? undefined : suspectNamedValue(kind, value);
    if (suspicion !== undefined) found.push({ at: index, name, suspicion });
  }
  return found;
}

/** `.netrc`, `ENV NAME value` and `setx NAME value`. */
function isSpaced(text: string, at: number): boolean {
  const line = text.slice(Math.max(0, text.lastIndexOf('\n', at - 1) + 1, at - 200), at);
  return /\b(?:machine|login)\s+\S+|^\s*(?:ENV|ARG|setx|set|export|SET|setenv)\s+$/i.test(line);
}

function suspectAfter(kind: NameKind, text: string, start: number): Suspicion | undefined {
  const rest = text.slice(start, start + MAX_LINE_CHARS);
  const quoted = /^\\?(["'`])/.exec(rest);
  if (quoted !== null) return suspectNamedValue(kind, quotedText(rest.slice(quoted[0].length), quoted[0]));
  if (/^[[{](?!\w+\}|\{)/.test(rest))
    return suspectList(kind, rest.slice(1, MAX_LIST_CHARS), rest.startsWith('[') ? ']' : '}');
  const line = rest.split('\n', 1)[0] as string;
  if (/^\s*(?:[|>][+-]?\d?)?\s*$/.test(line)) return suspectBelow(kind, rest.slice(line.length, MAX_LIST_CHARS));
  const scheme = SCHEME.exec(line)?.[0] ?? '';
  const first = WORD.exec(line)?.[0] ?? '';
  const word = scheme === '' ? '' : (WORD.exec(line.slice(scheme.length))?.[0] ?? '');
  // `;` and `&` end a value in a query or a connection string, and stand inside one elsewhere.
  return strongest([first, word, first.split(/[&;,]/, 1)[0] as string].map((value) => suspectNamedValue(kind, value)));
}

function quotedText(text: string, quote: string): string {
  if (quote.length > 1) return text.split(quote, 1)[0] as string;
  return (/^(?:[^\\]|\\[\s\S])*?(?=["'`])/.exec(text.split(quote, 1)[0] + quote)?.[0] ??
    text.split('\n', 1)[0]) as string;
}

/** Members of a list or map in brackets, on one line or several. */
function suspectList(kind: NameKind, text: string, close: string): Suspicion | undefined {
  const inside = text.split(close, 1)[0] as string;
  return strongest(inside.split(/[\s,"'`]+/).map((piece) => suspectListed(kind, piece)));
}

/** Items or lines that are indented below a name. */
function suspectBelow(kind: NameKind, text: string): Suspicion | undefined {
  const found: Array<Suspicion | undefined> = [];
  for (const line of text.split('\n').slice(1)) {
    const item = /^[ \t#/*]*(?:- |[ \t])[ \t]*["'`]?([^\s"'`:]+)["'`]?,?[ \t]*$/.exec(line)?.[1];
    if (item === undefined) break;
    found.push(suspectListed(kind, item));
  }
  return strongest(found);
}

/** Below a name only what looks random counts: a list has many kinds of members. */
function suspectListed(kind: NameKind, piece: string): Suspicion | undefined {
  const suspicion = suspectNamedValue(kind === 'key' ? 'key' : 'token', piece);
  return suspicion === 'certain' ? suspicion : undefined;
}
