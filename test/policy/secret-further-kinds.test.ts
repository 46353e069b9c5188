// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of configs are what is tested.
import { describe, expect, test } from 'vitest';
import { admit } from '../../src/policy/policy.ts';
import { candidate, credential, overMcp, randomLooking as r } from './candidates.ts';

const env = (name: string, value: string) => ({ mcpServers: { x: { command: 'npx', env: { [name]: value } } } });
const hex = (length: number) => '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'.slice(0, length);

describe('refused', () => {
  test.each<[string, object]>([
    ['a word of documentation before it', env('API_KEY', `your-${r(32)}`)],
    ['"example" before it', env('API_KEY', `example-${r(32)}`)],
    ['"redacted" before it', env('TOKEN', `redacted-${r(32)}`)],
    ['"changeme" before it', env('DB_PASSWORD', `changeme-${r(16)}`)],
    ['the signs of a variable around it', env('TOKEN', `\${${r(32)}}`)],
    ['a dollar before it', env('TOKEN', `$${r(32)}`)],
    ['angles around it', env('TOKEN', `<${r(32)}>`)],
    ['two braces around it', env('TOKEN', `{{${r(32)}}}`)],
    ['the scheme of a reference before it', env('TOKEN', `secret:${r(32)}`)],
    ['a token in the place of a user', env('REPO', `https://${r(40)}@git.example.net/a/b.git`)],
    ['a name that ends in PW', env('ROOTPW', `S3cr3t${r(8)}`)],
    ['a name with an accent', env('contraseña', `S3cr3t${r(8)}`)],
    ['a name in Cyrillic', env('пароль', `S3cr3t${r(8)}`)],
    ['a name in Japanese', env('パスワード', `S3cr3t${r(8)}`)],
    ['a session header', { headers: { 'X-Session': r(32) } }],
    ['a map of passwords', { passwords: { ada: `pw${r(9)}1` } }],
    ['a Secret of Kubernetes', { kind: 'Secret', stringData: { x: r(32) } }],
    ['a key of Twilio', { args: [credential('AC', hex(32), ':', hex(32))] }],
    ['a token of ClickUp', { args: [credential('pk_', '1234567_', 'A1B2C3D4E5F6G7H8I9J0K1L2M3N4O5P6')] }],
    ['a bearer token of Twitter', { args: [credential('A'.repeat(21), r(80))] }],
  ])('%s', (_, json) => expect(admit(candidate(json), overMcp)).rejects.toMatchObject({ code: 'SECRET_FOUND' }));

  test.each([
    ['a pair in comments of YAML', 'application/yaml', `# - name: API_KEY\n#   value: ${r(32)}\na: 1\n`],
    ['a comment that begins with another word', 'application/toml', `a = 1 # old: token="${r(32)}"\n`],
    [
      'a flag in a list that is commented out',
      'application/jsonc',
      `{\n // "args": ["--api-key", "${r(32)}"],\n "a": 1}`,
    ],
    ['a map of passwords in YAML', 'application/yaml', `passwords:\n  ada: pw${r(9)}1\n`],
  ])('%s', (_, mediaType, content) =>
    expect(admit(candidate(content, { mediaType }), overMcp)).rejects.toMatchObject({ code: 'SECRET_FOUND' }),
  );
});

describe('not refused', () => {
  const hash = `${r(22)}$${r(43)}`;
  test.each<[string, object]>([
    ['a hash of Django', env('DB_PASSWORD', `pbkdf2_sha256$600000$${hash}`)],
    ['a hash of PostgreSQL', env('DB_PASSWORD', `SCRAM-SHA-256$4096:${r(22)}==$${r(43)}=:${r(43)}=`)],
    ['an older hash of PostgreSQL', env('DB_PASSWORD', `md5${hex(32)}`)],
    ['a hash of LDAP', env('DB_PASSWORD', `{SSHA}${r(32)}`)],
    ['a hash of Apache', env('DB_PASSWORD', `$apr1$${r(8)}$${r(22)}`)],
    ['ciphertext of AWS KMS', env('API_KEY', `AQICAH${r(180)}`)],
    ['ciphertext of ejson', env('API_KEY', `EJ[1:${r(43)}=:${r(32)}:${r(40)}]`)],
    ['ciphertext with its scheme before it', env('API_KEY', `enc:v1:${r(40)}==`)],
    ['a variable of Windows in a URL', { args: ['postgresql://user:%DB_PW%@h/db'] }],
    ['the words of documentation in a URL', { args: ['postgresql://db_user:db_password@h/db'] }],
    ['what a log shows of a key', env('DB_PASSWORD', 'sk-proj-…9f2A')],
    ['what a tool leaves of a value', env('DB_PASSWORD', '[Filtered]')],
    ['the key of a site, which is public', env('TURNSTILE_SITE_KEY', `0x4AAA${r(16)}`)],
    ["the name of an entry in a browser's storage", env('localStorageKey', 'app:v2:theme3')],
    ['a path through a folder with a random name', env('PRIVATE_KEY', `/data/${hex(32)}/key`)],
    [
      'the example in the documentation of AWS',
      env('AWS_SECRET_ACCESS_KEY', credential('wJalrXUtnFEMI/K7MDENG', '/bPxRfiCYEXAMPLEKEY')),
    ],
    ['a variable with digits', env('API_KEY', '${env:HF_TOKEN_2}')],
    ['a reference by name', env('API_KEY', 'secret:hf-token-2')],
  ])('%s', (_, json) => expect(admit(candidate(json), overMcp)).resolves.toEqual([]));
});
