/**
 * The meaning of a name for its value: a password that a person chose, digits alone, a generated secret or token, some key, the key of a
 * wallet, or a user with a password.
 */
export type NameKind = 'password' | 'pin' | 'secret' | 'token' | 'key' | 'wallet' | 'user';

const PASSWORD =
  /^(?:pass|pw|pwd|pswd|passwords?|passwds?|passphrases?|passcodes?|passwort|kennwort|motdepasse|contrasena|senha|wachtwoord|parola|haslo|losenord|hasło|пароль|密码|密碼|パスワード|비밀번호|psk|wpapsk)$|^[a-z]{2,8}pw$|(?:password|passwd|passphrase|passcode|pwd)s?$|^(?:password|passwd|passphrase)/;
/** Words that end in "pass" and are none. */
const NO_PASS = /^(?:by|com|tres|sur|over|under|encom|im)pass$/;
const SECRET = /^(?:secrets?|mnemonic|seedphrase)$|secrets?$|^secret(?:key|access|token|id|base)/;
const TOKEN =
  /^(?:creds?|credentials?|jwt|pat|pats|sas)$|tokens?$|^(?:api|access|secret|private|auth|signing|encryption|master)keys?|(?:api|access|secret|private|priv|auth|signing|encryption|license|subscription)keys?$|credentials?$/;
/** Words that say "secret" only at the end of a name. */
const LAST_ONLY =
  /^(?:auth|authorization|authentication|bearer|cookies?|setcookie|pass|pat|pats|sas|pw|session|sessionid|sid)$/;
const AT_END =
  /^(?:auth|authorization|bearer|cookies?|setcookie|sessionid|sid|session|sig|signature|signing|hmac|salt|pepper|seed|sk|phrase)$/;
/** Words that make "key" a secret one when they stand before it. */
const KEY_BEFORE = new Set(
  'api access secret private signing sign encryption encrypt crypto master auth service account storage shared webhook client app application session hmac deploy admin root consumer subscription jwt aes license licence integration ingest ingestion write bot function server ssh gpg pgp user bearer rest'.split(
    ' ',
  ),
);
const HARMLESS_KEYS = new Set(
  'site public pub primary foreign sort partition cache hot shortcut host idempotency translation i18n registry model title label message text map object dict query lookup group row column routing route range hash bucket item index default config storage-class feature flag setting theme style icon menu tab nav state event metric tag sentence locale lang name type field param unique natural composite surrogate any press function arrow enter escape control ctrl alt shift meta command option modifier mac tab space home end page media video audio license-name'.split(
    ' ',
  ),
);
/** Words that follow a telling word without weakening it: `TOKEN_PROD`, `PASSWORD_OLD`. */
const SUFFIX = new Set(
  'prod production dev development test testing staging stage live local main primary secondary backup old new current previous value val default raw b64 base64 encoded plain plaintext clear text string data'.split(
    ' ',
  ),
);
/** A last word that makes the value a fact about the secret. */
const ABOUT = new Set(
  'url uri urls endpoint host hostname domain path paths file files filename dir directory folder location name names type types kind id ids format algorithm alg method mode scheme provider source policy prompt label title description desc hint help placeholder example field param parameter prefix suffix length len size count limit limits max min budget ttl expiry expires expiration lifetime timeout interval enabled disabled required optional allowed supported hash digest checksum fingerprint thumbprint ref refs reference arn var variable env version status state scope scopes audience issuer window rate usage cost price bucket rotation strategy index command cmd script helper at on by in seconds minutes hours days ms manager store reset change changed updated created'.split(
    ' ',
  ),
);

const cache = new Map<string, NameKind | undefined>();
/** Names repeat within a file and between files; more than this are not kept. */
const CACHE_SIZE = 2_000;

/** Returns the meaning of a member, variable, flag or header name for its value; `undefined` when it has none. */
export function secretNameKind(name: string): NameKind | undefined {
  if (name.length > 128) return undefined;
  if (cache.has(name)) return cache.get(name);
  const kind = kindOf(name);
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(name, kind);
  return kind;
}

/** True when a name says something about a value near it, such as its place or its description, and holds none itself. */
export function isAboutName(name: string): boolean {
  const last = nameWords(name).at(-1);
  return last !== undefined && ABOUT.has(last);
}

/** Names of services whose documentation says that their keys are UUIDs, and of the header that any key stands in. */
const UUID_KEYS = new Set(
  'authorization exa heroku snyk codecov splunk opsgenie geniekey postmark railway sambanova helius atlas smithery fal'.split(
    ' ',
  ),
);

/** True when a UUID under this name is a key, as the issuer says; elsewhere it is more often the name of a thing. */
export function isUuidKeyName(name: string): boolean {
  return nameWords(name).some((word) => UUID_KEYS.has(word));
}

/** As {@link secretNameKind}, for a parameter of a query, where `key` and `code` say enough. */
export function secretParameterKind(name: string): NameKind | undefined {
  return /^(?:key|code)$/i.test(name) ? 'token' : secretNameKind(name);
}

/** As {@link secretNameKind}, for a command-line flag, where `--key` alone says enough, and `-u` takes a user with a password. */
export function secretFlagKind(name: string): NameKind | undefined {
  if (/^key$/i.test(name)) return 'key';
  return /^(?:u|user|userpwd|proxy-user|creds)$/.test(name) ? 'user' : secretNameKind(name);
}

function kindOf(name: string): NameKind | undefined {
  const words = nameWords(name);
  if (words.some((word) => /^(?:public|pub|pubkey|publickey|publishable)$/.test(word))) return undefined;
  while (words.length > 1 && SUFFIX.has(words.at(-1) as string)) words.pop();
  const last = words.at(-1);
  if (last === undefined || ABOUT.has(last)) return undefined;
  for (let i = words.length - 1; i >= 0; i--) {
    const word = words[i] as string;
    const isLast = i === words.length - 1;
    if (!isLast && LAST_ONLY.test(word)) continue;
    if (isPasswordWord(word)) return 'password';
    if (SECRET.test(word)) return 'secret';
    if (TOKEN.test(word) || (isLast && AT_END.test(word))) return 'token';
    if (/^keys?$/.test(word) && i > 0 && KEY_BEFORE.has(words[i - 1] as string) && !isOfBrowser(words, i - 1))
      return 'token';
  }
  if (/^(?:pin|pincode)$/.test(last)) return 'pin';
  if (last === 'pk') return 'wallet';
  if (/motdepasse$/.test(words.join(''))) return 'password';
  const before = words.at(-2);
  return /^keys?$/.test(last) && before !== undefined && !HARMLESS_KEYS.has(before) ? 'key' : undefined;
}

/** The key of an entry in a browser's storage: `localStorageKey`. */
function isOfBrowser(words: readonly string[], at: number): boolean {
  return words[at] === 'storage' && /^(?:local|session|async)$/.test(words[at - 1] ?? '');
}

function nameWords(name: string): string[] {
  return name
    .normalize('NFD')
    .replace(/(?<=[A-Za-z])\p{M}+/gu, '')
    .normalize('NFC')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .map((word) => word.replace(/^\d+|\d+$/g, ''))
    .filter((word) => word !== '');
}

function isPasswordWord(word: string): boolean {
  return PASSWORD.test(word) || (/^[a-z]{1,8}pass$/.test(word) && !NO_PASS.test(word));
}
