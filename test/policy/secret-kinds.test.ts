// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of configs are what is tested.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { admit, admitTexts } from '../../src/policy/policy.ts';
import { mayHoldCredential } from '../../src/policy/secrets/credential-forms.ts';
import { TOKEN_FORMS } from '../../src/policy/secrets/token-table.ts';
import { candidate, credential, overMcp, randomLooking as r } from './candidates.ts';

const token = credential('ghp', '_', r(36));
const escaped = (text: string) => text.replace(/./g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
const base64 = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding).toString('base64');
const refused = (sent: ReturnType<typeof candidate>) =>
  expect(admit(sent, overMcp)).rejects.toMatchObject({ code: 'SECRET_FOUND' });
const admitted = (sent: ReturnType<typeof candidate>) => expect(admit(sent, overMcp)).resolves.toEqual([]);

describe('what is signed beside the content is searched too', () => {
  test.each([
    `text/plain; token=${token}`,
    `text/plain; charset="${token}"`,
    `text/plain;api_key=${r(32)}`,
    `text/${token}`,
  ])('media type %#', (mediaType) => refused(candidate('x', { mediaType })));

  test.each([
    `see ${token}`,
    `the new password is ${r(12)}`,
    `\\u0067${token.slice(1)}`,
    `--api-key ${r(32)}`,
    base64(`token: ${token}`),
  ])('message, label and reason %#', async (text) => {
    await refused(candidate('{}', { message: text }));
    for (const field of ['label', 'reason'])
      await expect(admitTexts([{ field, text }], { allowSecrets: false })).rejects.toMatchObject({
        code: 'SECRET_FOUND',
      });
  });
});

describe('escapes and encodings hide nothing', () => {
  test.each([
    ['JSON lines', `{"a":"${escaped(token)}"}\n{"b":1}`, 'application/jsonl'],
    ['JSON behind a byte order mark', `\ufeff{"a":"${escaped(token)}"}`, 'text/plain'],
    ['a plain YAML scalar', `a: ${escaped(token)}`, 'application/yaml'],
    ['a YAML escape', `a: "\\x67${token.slice(1)}"`, 'application/yaml'],
    ['a comment', `# ${escaped(token)}\na = 1`, 'application/toml'],
    [
      'JSON in a string of JSON in a string',
      JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ apiKey: r(32) }) }) }),
      'application/json',
    ],
    ['doubled backslashes', `{"a": "${escaped(token).replaceAll('\\', '\\\\')}"}`, 'application/json'],
    ['percent signs', `see https://x.example.net/?q=%67${token.slice(1)}`, 'text/plain'],
    ['HTML', `<a href="&#103;${token.slice(1)}">`, 'text/html'],
    ['base64', `{"a":"${base64(`export TOKEN=${token}`)}"}`, 'application/json'],
    ['base64 of UTF-16', `run -enc ${base64(`$token = "${token}"`, 'utf16le')}`, 'text/plain'],
    ['hexadecimal digits', `x = ${Buffer.from(`token=${token}`).toString('hex')}`, 'text/plain'],
    ['base64 of base64', base64(base64(`API_KEY=${r(32)}`)), 'text/plain'],
  ])('%s', (_, content, mediaType) => refused(candidate(content, { mediaType })));
});

describe('a likely value beside it hides no credential', () => {
  const uuid = '123e4567-e89b-42d3-a456-426614174000';
  test.each([
    ['YAML comment', `# ${token}\nmy_api_key: ${uuid}\n`, 'application/yaml'],
    ['YAML tag', `my_api_key: ${uuid}\na: !${token} 1\n`, 'application/yaml'],
    ['YAML anchor', `my_api_key: ${uuid}\na: &${token} 1\n`, 'application/yaml'],
    ['YAML directive', `%TAG !x! ${token}\n---\nmy_api_key: ${uuid}\n`, 'application/yaml'],
    ['YAML block', `my_api_key: ${uuid}\na: |\n  # ${token}\n`, 'application/yaml'],
    ['JSONC comment', `{/* ${token} */"my_api_key":"${uuid}"}`, 'application/jsonc'],
    ['JSONC entry', `{"my_api_key":"${uuid}", // "tokens": ["${r(32)}"]\n"a":1}`, 'application/jsonc'],
    ['TOML comment', `my_api_key = "${uuid}" # DB_PASS = "${r(10)}"\n`, 'application/toml'],
  ])('%s', (_, content, mediaType) => refused(candidate(content, { mediaType })));
});

describe('forms and places of credentials', () => {
  const values: ReadonlyArray<readonly [string, unknown]> = [
    ['behind a letter', { a: `x${token}` }],
    ['behind digits', { a: `2026${credential('glpat', '-', r(20))}` }],
    ['a URL whose password holds a slash', { u: 'https://user:s3cret/Passw0rd@host/' }],
    ['a URL whose password holds a hash and a question mark', { u: 'postgres://app:s3#cr?t9@host/db' }],
    ['a URL without a user', { u: `redis://:${r(10)}@cache:6379` }],
    ['a connection string', { s: `Driver={SQL};Server=x;UID=sa;PWD=${r(9)}1;` }],
    ['keywords of libpq', { s: 'host=h port=5432 user=u password=hunter22 dbname=x' }],
    ['a signed URL', { u: `https://x.blob.example.net/c?sv=2022-11-02&sig=${r(43)}%3D` }],
    ['a number', { password: 48_392_017 }],
    ['digits', { DB_PASSWORD: '123456789' }],
    ['a header in a pair', { headers: [{ key: 'Authorization', value: `Bearer ${r(30)}` }] }],
    ['a scheme of its own', { headers: { Authorization: `Klaviyo-API-Key ${r(30)}` } }],
    ['the parameters of a scheme', { headers: { Authorization: `Digest username="a", response="${r(32)}"` } }],
    ['a cookie', { headers: { 'Set-Cookie': `sid=${r(32)}; Path=/; HttpOnly` } }],
    ['user and password', { args: ['-u', 'ada:hunter22'] }],
    ['a command line', { command: `curl -H "Authorization: Bearer ${r(32)}" https://h.internal` }],
    ['a variable before a command', { args: ['sh', '-c', `API_KEY=${r(32)} node x.js`] }],
    ['a default that is marked as secret', { inputs: [{ id: 'k', password: true, default: r(32) }] }],
    ['a value one level below its name', { password: { value: 'hunter22' } }],
    ['a map below a name', { credentials: { aws: { id: 'x', key: r(40) } } }],
    ['an app password', { SMTP_APP_PASSWORD: 'abcd efgh ijkl mnop' }],
    ['a name in another language', { passwort: 'hunter22' }],
    ['a dotted name', { 'spring.datasource.password': 'hunter22' }],
  ];
  test.each(values)('%s', (_, value) => refused(candidate(value as object)));

  test.each([
    ['.netrc', 'machine api.x.net login ada password hunter22\n'],
    ['XML', '<password>hunter22</password>'],
    ['an XML pair', `<add key="ApiKey" value="${r(32)}" />`],
    ['a Dockerfile', `ENV API_KEY ${r(32)}\n`],
    ['a table', `| token | ${r(32)} |\n`],
    ['a list below a name', `api_keys:\n  - ${r(32)}\n`],
    ['Python', `os.environ["API_KEY"] = "${r(32)}"`],
    ['PowerShell', `$env:API_KEY = "${r(32)}"`],
    ['a client of a database', 'mysql -uroot -pS3cretPw1 db'],
    ['prose', 'the password is hunter22'],
  ])('text: %s', (_, content) => refused(candidate(content, { mediaType: 'text/plain' })));
});

describe('what only looks like a credential', () => {
  const values: ReadonlyArray<readonly [string, unknown]> = [
    ['a user and a group', { args: ['run', '-u', '1000:1000', 'img'] }],
    ['a port and a scoped path', { url: 'http://localhost:3000/@scope/path' }],
    ['an image in a data URL', { icon: `data:image/png;base64,${base64(r(90))}` }],
    ['the first line of a key in prose', { description: 'begins with -----BEGIN PRIVATE KEY----- and ends alike' }],
    ['parts of a URN', { API_KEY: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:app-2aB3cD' }],
    ['a hash of a task', { id: `task-${'0a1b2c3d'.repeat(4)}` }],
    ['an example of letters and digits', { example: 'patABC123.def456ghi789jkl012mno345pqr678stu901vwx' }],
    [
      'what a schema says of a secret',
      { secrets: [{ name: 'x.token', description: 'See https://example.net/a1b2c3d4e5f6a7b8c9' }] },
    ],
  ];
  test.each(values)('%s', (_, value) => admitted(candidate(value as object)));
});

test('the first look at a whole text misses no form', () => {
  for (const { rule, head, body } of TOKEN_FORMS) {
    const source = `(?:${head})(?:${body})`.replaceAll(/\(\?[=!][^)]*\)/g, '');
    const texts = fc.sample(fc.stringMatching(new RegExp(`^${source}$`)), { numRuns: 5, seed: 7 });
    for (const text of texts) expect([rule, mayHoldCredential(`the text is ${text}`)]).toEqual([rule, true]);
  }
});
