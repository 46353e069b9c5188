import { type Suspicion, strongest, suspectNamedValue } from './named-values.ts';
import { type NameKind, secretFlagKind, secretNameKind, secretParameterKind } from './secret-names.ts';

/** A value in text that the name before it gives away. */
export interface NamedMatch {
  /** Where the name begins, in UTF-16 code units. */
  readonly at: number;
  readonly name: string;
  readonly suspicion: Suspicion;
}

/** A name and what stands between it and its value: `NAME=`, `"name": `, `name => `, `--name `, `<name>`. */
const NAME =
  /(?<![\w.]|[\w.]-)(--?|<)?(\\?["'`]?)([A-Za-z_][\w.-]{1,127})\2\]?\*{0,2}(?::[ \t]+&?(?:'\w+ )?[A-Za-z][\w<>.|?[\]]{0,40}(?: \| \w+)*[ \t]*=[ \t]*(?=["'`])|[ \t]*(?::(?!\/\/)=?\*{0,2}|={1,3}>?|\|)[ \t]*|>|[ \t]+(?:is|was|to)[ \t]+|[ \t]+(?=\S))/g;
/** XML and JSON that write name and value as two members: `<add key="ApiKey" value="…"/>`. */
const PAIR =
  /(?:name|key|header|field)\\?["']?\s{0,4}[=:]\s{0,4}\\?["']([\w.-]{2,128})\\?["']\s{0,8},?\s{0,8}\\?["']?value\\?["']?\s{0,4}[=:]\s{0,4}\\?["']([^"'\\\n]{1,8192})/gi;
/** As {@link PAIR} in YAML, one member a line, and a flag with its value in a list: `"--api-key", "…"`. */
const LINE_PAIR =
  /^([ \t#/*;-]*)(?:name|key|header)[ \t]*:[ \t]*["']?([\w.-]{2,128})["']?[ \t]*\n[ \t#/*;]*value[ \t]*:[ \t]*["']?([^"'\n]{1,8192})/gm;
const LISTED_FLAG = /["']--?([A-Za-z][\w-]{0,60})["'][ \t]*,\s{0,40}["']([^"'\n]{1,8192})["']/g;
/** Programs that take a password, or a user with one, right behind a short option. */
const CLIENT_OPTION =
  /\b(?:mysql\w{0,12}|mariadb\w{0,12}|sshpass|redis-cli|ldap(?:search|modify|add)|(?:docker|podman|nerdctl|buildah|skopeo|oc|registry) login)\b[^\n|;&]{0,200}?\s-[paw] ?([^\s"'-]{5,200})/g;
const USER_OPTION = /\b(?:curl|wget|https?ie?|xh)\b[^\n|;]{0,400}?\s-[uaU] ?["']?([\w.@+-]{1,64}:[^\s"']{4,200})/g;
/** A line of a `.pgpass`: host, port, database, user, password. */
const PGPASS = /^(?:[\w.*-]{1,253}):(?:\d{4,5}|\*):[\w.*-]{1,63}:[\w.*-]{1,63}:([^\s:]{5,200})$/gm;
/** Words before "key" in prose. */
const KEY_WORD = /\b(?:api|access|secret|private|signing|encryption|license|master|service|admin)[ -]$/i;
const MAX_LINE_CHARS = 8_192;
/** The longest value that is looked at in a text with very many names. */
const SHORT_CHARS = 512;
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
  const values = new ValueReader(text);
  const names = new RegExp(NAME);
  for (let match = names.exec(text); match !== null; match = names.exec(text)) {
    const [whole, dash, , name = ''] = match;
    const flag = dash?.startsWith('-') === true;
    // The parts of a URN have colons between them.
    if (text[match.index - 1] === ':' && whole.endsWith(':')) continue;
    const kind = kindAt(text, match.index, name, flag);
    if (kind === undefined) {
      // The word in the place of a type may be the name: `old: token="…"`.
      if (/=\s*$/.test(whole)) names.lastIndex = match.index + whole.indexOf(name) + name.length;
      continue;
    }
    // A name and a space are a pair only as a flag, and in the files of curl and of Docker.
    const isApart = /\s$/.test(whole) && !/(?:[:=>|]\**|\s(?:is|was|to))\s*$/.test(whole);
    const isQuotedAfter = kind === 'password' && text[match.index + whole.length] === '`';
    if (isApart && !flag && !isQuotedAfter && !isSpaced(text, match.index)) continue;
    if (whole.endsWith('>') && dash !== '<' && !/=>$/.test(whole)) continue;
    const suspicion = values.suspectAt(kind, match.index + whole.length, name);
    if (suspicion !== undefined) found.push({ at: match.index, name, suspicion });
  }
  found.push(...findClientPasswords(text));
  for (const { 1: value = '', index } of text.matchAll(PGPASS))
    if (suspectNamedValue('password', value) !== undefined)
      found.push({ at: index, name: 'password', suspicion: 'likely' });
  for (const { 1: name = '', 2: value = '', index } of text.matchAll(PAIR)) {
    const kind = secretNameKind(name);
    const suspicion = kind === undefined ? undefined : suspectNamedValue(kind, value, name);
    if (suspicion !== undefined) found.push({ at: index, name, suspicion });
  }
  for (const { 1: indent = '', 2: name = '', 3: value = '', index } of text.matchAll(LINE_PAIR)) {
    const kind = secretNameKind(name);
    const suspicion = kind === undefined ? undefined : suspectNamedValue(kind, value, name);
    if (suspicion !== undefined) found.push({ at: index + indent.length, name, suspicion });
  }
  for (const { 1: name = '', 2: value = '', index } of text.matchAll(LISTED_FLAG)) {
    const kind = secretFlagKind(name);
    const suspicion = kind === undefined ? undefined : suspectNamedValue(kind, value, name);
    if (suspicion !== undefined) found.push({ at: index, name, suspicion });
  }
  return found;
}

/** Passwords behind the short options of programs that take them so: `mysql -p…`, `curl -u user:…`. */
export function findClientPasswords(commandLine: string): NamedMatch[] {
  const found: NamedMatch[] = [];
  for (const [expression, kind] of [
    [CLIENT_OPTION, 'password'],
    [USER_OPTION, 'user'],
  ] as const)
    for (const { 1: value = '', index } of commandLine.matchAll(expression))
      if (suspectNamedValue(kind, value) !== undefined)
        found.push({ at: index, name: 'password', suspicion: 'certain' });
  return found;
}

function kindAt(text: string, at: number, name: string, flag: boolean): NameKind | undefined {
  if (flag) return secretFlagKind(name);
  const before = text[at - 1];
  if (before === '?' || before === '&') return secretParameterKind(name);
  if (/^keys?$/i.test(name) && KEY_WORD.test(text.slice(Math.max(0, at - 16), at))) return 'token';
  return secretNameKind(name);
}

/** Looks at what follows names, and at no part of a text too often: names may stand in the values of other names. */
class ValueReader {
  readonly #text: string;
  /** How many more characters of values are looked at in full; afterwards only short ones are. */
  #budget: number;
  /** Where the last list ends. */
  #listedUntil = 0;

  constructor(text: string) {
    this.#text = text;
    this.#budget = 65_536 + 8 * text.length;
  }

  suspectAt(kind: NameKind, start: number, name: string): Suspicion | undefined {
    const rest = this.#text.slice(start, start + (this.#budget > 0 ? MAX_LINE_CHARS : SHORT_CHARS));
    const quoted = /^\\?(["'`])/.exec(rest);
    if (quoted !== null) return this.#suspect(kind, quotedText(rest.slice(quoted[0].length), quoted[0]), name);
    if (/^[[{](?!\w+\}|\{)/.test(rest)) return this.#suspectList(kind, start);
    const line = firstLine(rest);
    if (/^\s*(?:[|>][+-]?\d?)?\s*$/.test(line)) return this.#suspectBelow(kind, start + line.length);
    const scheme = SCHEME.exec(line)?.[0] ?? '';
    const first = WORD.exec(line)?.[0] ?? '';
    const word = scheme === '' ? '' : (WORD.exec(line.slice(scheme.length))?.[0] ?? '');
    // `;` and `&` end a value in a query or a connection string, and stand inside one elsewhere.
    const values = [first, word, first.split(/[&;,]/, 1)[0] as string];
    return strongest(values.map((value) => this.#suspect(kind, value, name)));
  }

  #suspect(kind: NameKind, value: string, name: string): Suspicion | undefined {
    this.#budget -= value.length;
    return suspectNamedValue(kind, value, name);
  }

  /** Members of a list or map in brackets, on one line or several. */
  #suspectList(kind: NameKind, start: number): Suspicion | undefined {
    if (start < this.#listedUntil) return undefined;
    const limit = Math.min(this.#text.length, start + MAX_LIST_CHARS);
    const close = this.#text.indexOf(this.#text[start] === '[' ? ']' : '}', start);
    this.#listedUntil = close === -1 || close > limit ? limit : close;
    const inside = this.#text.slice(start + 1, this.#listedUntil);
    return strongest(inside.split(/[\s,"'`]+/).map((piece) => suspectListed(kind, piece)));
  }

  /** Items or lines that are indented below a name. */
  #suspectBelow(kind: NameKind, lineEnd: number): Suspicion | undefined {
    if (lineEnd < this.#listedUntil) return undefined;
    const found: Array<Suspicion | undefined> = [];
    const limit = lineEnd + MAX_LIST_CHARS;
    for (let at = lineEnd; at !== -1 && at < limit; ) {
      const line = firstLine(this.#text.slice(at + 1, at + 1 + SHORT_CHARS));
      const item = /^[ \t#/*]*(?:- |[ \t])[ \t]*["'`]?([^\s"'`:]+)["'`]?,?[ \t]*$/.exec(line)?.[1];
      if (item === undefined) break;
      found.push(suspectListed(kind, item));
      this.#listedUntil = at;
      at = this.#text.indexOf('\n', at + 1);
    }
    return strongest(found);
  }
}

/** `.netrc`, on one line or several, `ENV NAME value`, `setx NAME value` and `set -gx NAME value`. */
function isSpaced(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 200), at);
  const line = before.slice(before.lastIndexOf('\n') + 1);
  return (
    /^\s*(?:machine|login|account)\s+\S+[^:=]*$/m.test(before) ||
    /^\s*(?:ENV|ARG|setx?|export|setenv)(?:\s+-\w+)*\s+$|\bconfig(?:ure)?\s+(?:set\s+)?(?:-[\w-]+\s+)*$/i.test(line)
  );
}

function quotedText(text: string, quote: string): string {
  for (let at = text.indexOf(quote); at !== -1; at = text.indexOf(quote, at + 1))
    if (quote.length > 1 || text[at - 1] !== '\\') return text.slice(0, at);
  return firstLine(text);
}

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end === -1 ? text : text.slice(0, end);
}

/** Below a name only what looks random counts: a list has many kinds of members. */
function suspectListed(kind: NameKind, piece: string): Suspicion | undefined {
  const suspicion = suspectNamedValue(kind === 'key' ? 'key' : 'token', piece);
  return suspicion === 'certain' ? suspicion : undefined;
}
