import { isRandomRun, isWordy, randomChars } from './randomness.ts';

/** Values that say where a secret is kept, in the words of the tools that fetch it. */
const REFERENCES: readonly RegExp[] = [
  /^[a-z][a-z0-9+.-]*:\/\//i,
  /^(?:arn|urn|file|mailto|keychain|vault|env|pass|secretref|secret-ref|secretkeyref|configref|gopass|ssm|aws-ssm|secret|secrets|secretsmanager|keyring|keyvault|op|bw|bws|doppler|infisical|sops|ref|cmd|exec|command|from)[:+]/i,
  /^(?:os\.environ|os\.getenv|process\.env|import\.meta\.env|System\.getenv|Deno\.env|ENV|env|getenv|secrets|vars|var|local|data|config|inputs?|params?)(?:[./:[(]|$)/,
  /^projects\/[^/]+\/secrets\//,
  /^@Microsoft\.KeyVault\(/,
  // Tags of YAML that name a value kept elsewhere; they stand before it as they do in the text.
  /^!(?:secret|env|env_var|envvar|var|ref|getatt|sub|importvalue|include\w*|vault|keyring|file|reference|config|param|op|sops)\b/i,
  // The address of a value in another document, as Terraform writes it.
  /^[a-z][a-z_]*\d{0,2}(?:\.[a-z][a-z_]*\d{0,2}|\["[\w.-]{1,60}"\]|\[\d+\]){2,}$/,
  /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/,
];
/** Ciphertext: SOPS, Ansible, dotenvx, age, OpenPGP, Vault transit, AWS KMS, ejson, hiera-eyaml, Spring, Jasypt, and hashes of passwords. */
const CIPHERTEXT =
  /^(?:ENC\[|ENC\(|DEC::\w+\[|EJ\[\d+:|\$ANSIBLE_VAULT;|age-encryption\.org\/|-----BEGIN (?:AGE ENCRYPTED FILE|PGP MESSAGE|PKCS7|CMS)|vault:v\d+:|\{cipher\}|AQICAH[\w+/=]{60}|\$(?:2[abxy]|argon2\w*|scrypt|pbkdf2[\w-]*|apr1|enc|5|6|y|7)\$|\{(?:S?SHA\d*|SSHA\d*|S?MD5|CRYPT|bcrypt|argon2\w*|scrypt|pbkdf2[\w-]*)\}|pbkdf2[_:][\w:]+\$|scram-sha-\d+\$|md5[0-9a-f]{32}$|(?:enc(?:rypted)?(?:[_-]value)?|cipher(?:text)?|sealed|secure|kms|gcpkms|awskms|azurekms|gpg|pgp|age|aes[\w-]*)(?::v\d+)?:[\w+/=:.-]{16}|v\d:(?:aes-?)?(?:gcm|cbc|aead)[\w-]*:)/i;
const PUBLIC: readonly RegExp[] = [
  /^(?:sha(?:1|224|256|384|512)|md5|blake[23]\w*)[:-]/i,
  /^age1[0-9a-z]{20,}$/,
  /^(?:pk|pub|pubkey)_(?:live|test|prod)_/,
  /^(?:sb_publishable_|phc_|ssh-(?:rsa|ed25519|dss) |ecdsa-|-----BEGIN (?:PUBLIC KEY|CERTIFICATE|[A-Z ]+PUBLIC KEY))/,
  /^\d{4}-\d\d-\d\d(?:[T ]|$)/,
  /^v?\d+(?:\.\d+)+(?:[-+][0-9A-Za-z.-]{1,32})?$/,
  /^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i,
];
const PATH_START = /^(?:\.{1,2}[/\\]|~[/\\]|[/\\]|[A-Za-z]:[/\\]|%\w+%[/\\]|\$\w+[/\\])/;
const FILE_END = /\.(?:[a-z][a-z0-9]{0,7}|p8|p12|7z)$/i;
const KEY_FILE =
  /^[\w. @+-]+\.(?:pem|key|json5?|jsonc|p8|p12|pfx|jks|crt|cer|der|txt|ya?ml|toml|env|pub|asc|gpg|kdbx|ini|conf|cfg|token|age|enc)$/i;
const UUID = /^\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?$/i;

/** A call in code: `getpass.getpass(`, `config("NAME")`. */
const CALL = /^([A-Za-z_][\w.]*)\(/;

/** True for what is no secret although it stands under a name that says so: references, ciphertext, public values, paths. */
export function isHarmlessValue(literal: string): boolean {
  return (
    REFERENCES.some((form) => form.test(literal) && !hidesRandom(form, literal)) ||
    CIPHERTEXT.test(literal) ||
    PUBLIC.some((form) => form.test(literal)) ||
    isCall(literal) ||
    isPath(literal)
  );
}

/** True for a UUID: as often the name of a thing as a key. */
export function isUuid(literal: string): boolean {
  return UUID.test(literal);
}

/** A variable's name is made of words; an upper-case run with an underscore in it may still be random. */
function hidesRandom(form: RegExp, literal: string): boolean {
  if (form === REFERENCES.at(-1)) return randomChars(literal) >= 12;
  // Behind `secret:` stands the name of one, and no name has all three kinds of characters and no word.
  const rest = literal.slice(literal.indexOf(':') + 1);
  return form === REFERENCES[1] && /[a-z]/.test(rest) && /[A-Z]/.test(rest) && /\d/.test(rest) && isRandomRun(rest);
}

function isCall(literal: string): boolean {
  const name = CALL.exec(literal)?.[1];
  return name !== undefined && isWordy(name);
}

/** A path whose folders may be called anything, as those of caches are: `/data/0a1b2c3d4e5f6071/key`. */
function isBetweenWords(segments: readonly string[]): boolean {
  const named = segments.filter((segment) => segment !== '' && !/^(?:\.{1,2}|~|[A-Za-z]:)$/.test(segment));
  return named.length >= 3 && [named[0], named.at(-1)].every((word) => /^[a-z][a-z_-]{2,30}$/.test(word as string));
}

function isPath(literal: string): boolean {
  if (/\s{2}|[\n=]/.test(literal)) return false;
  const segments = literal.split(/[/\\]/);
  if (segments.length === 1) return KEY_FILE.test(literal);
  if (FILE_END.test(segments.at(-1) ?? '') && !/[+]/.test(literal)) return true;
  // Base64 has slashes too, so without an extension every segment has to be one that people write.
  if (PATH_START.test(literal))
    return isBetweenWords(segments) || segments.every((segment) => randomChars(segment) < 12);
  return isWordy(literal) && !/[+]/.test(literal);
}
