import { isWordy, randomChars } from './randomness.ts';

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
/** Ciphertext: SOPS, Ansible, dotenvx, age, OpenPGP, Vault transit, Spring, Jasypt, and hashes of passwords. */
const CIPHERTEXT =
  /^(?:ENC\[|ENC\(|\$ANSIBLE_VAULT;|encrypted:|age-encryption\.org\/|-----BEGIN (?:AGE ENCRYPTED FILE|PGP MESSAGE|PKCS7|CMS)|vault:v\d+:|\{cipher\}|\$(?:2[abxy]|argon2\w*|scrypt|pbkdf2[\w-]*|5|6|y|7)\$)/;
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
  return form === REFERENCES.at(-1) && randomChars(literal) >= 12;
}

function isCall(literal: string): boolean {
  const name = CALL.exec(literal)?.[1];
  return name !== undefined && isWordy(name);
}

function isPath(literal: string): boolean {
  if (/\s{2}|[\n=]/.test(literal)) return false;
  const segments = literal.split(/[/\\]/);
  if (segments.length === 1) return KEY_FILE.test(literal);
  if (FILE_END.test(segments.at(-1) ?? '') && !/[+]/.test(literal)) return true;
  // Base64 has slashes too, so without an extension every segment has to be one that people write.
  if (PATH_START.test(literal)) return segments.every((segment) => randomChars(segment) < 12);
  return isWordy(literal) && !/[+]/.test(literal);
}
