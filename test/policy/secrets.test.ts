// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of configs are what is tested.
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StoreError } from '../../src/core/errors.ts';
import { admit, findings } from '../../src/policy/policy.ts';
import { LEFT_OUT } from '../../src/policy/secrets/known-services.ts';
import { findSecretsInText, findSecretsInValue, holdsSecret } from '../../src/policy/secrets/secrets.ts';
import { propertyRuns } from '../property-runs.ts';
import { candidate, credential, overMcp, randomLooking as r } from './candidates.ts';

const upper = (length: number) => r(length).toUpperCase();
const hex = (length: number) =>
  r(length * 9)
    .toLowerCase()
    .replace(/[^0-9a-f]/g, '')
    .slice(0, length);
const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url({ sub: '1234', name: 'A' })}.${r(43)}`;
const pem = (kind: string) =>
  `-----BEGIN ${kind}PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC${r(120)}\n-----END ${kind}PRIVATE KEY-----\n`;

describe('credentials of a known form', () => {
  const known: Array<[rule: string, value: string]> = [
    ['anthropic-key', credential('sk-', 'ant-api03-', r(93), 'AA')],
    ['anthropic-key', credential('sk-', 'ant-', r(20))],
    ['openai-key', credential('sk-', 'proj-', r(48))],
    ['openai-key', credential('sk-', r(48))],
    ['openai-key', credential('sk-', 'or-v1-', hex(64))],
    ['github-token', credential('ghp', '_', r(36))],
    ['github-token', credential('ghs', '_', r(36))],
    ['github-token', credential('github', '_pat_', r(22), '_', r(59))],
    ['gitlab-token', credential('glpat', '-', r(20))],
    ['slack-token', credential('xox', 'b-', '123456789012-', r(24))],
    ['slack-token', credential('xapp', '-1-A012-', r(20))],
    ['aws-access-key', credential('AKIA', upper(16))],
    ['google-key', credential('AIza', r(35))],
    ['npm-token', credential('npm', '_', r(36))],
    ['stripe-key', credential('sk', '_live_', r(24))],
    ['jwt', jwt],
    ['bearer-token', `Bearer ${r(32)}`],
    ['url-credentials', `https://bot:${r(10)}@example.net/x`],
    ['url-credentials', `postgres://app:${r(10)}@db/prod`],
    ['url-credentials', `redis://:${r(10)}@cache:6379`],
    ['private-key', pem('')],
    ['private-key', pem('RSA ')],
    ['private-key', pem('ENCRYPTED ')],
    ['private-key', credential('AGE-SECRET', '-KEY-1', upper(58))],
  ];

  test.each(known)('%s is found in a value and in text: %#', async (rule, value) => {
    expect(await findSecretsInValue({ x: [value] })).toMatchObject([{ rule, path: '/x/0', suspicion: 'certain' }]);
    expect(await findSecretsInText(`one\n- ${value} -\n`)).toContainEqual(
      expect.objectContaining({ rule, path: 'line 2', suspicion: 'certain' }),
    );
  });

  test.each([
    ['a placeholder in a URL', 'https://user:${env:PASSWORD}@example.net/'],
    ['an angled placeholder in a URL', 'https://user:<password>@example.net/'],
    ['a variable after Bearer', 'Bearer ${env:TOKEN}'],
    ['a VS Code input', 'Bearer ${input:token-of-the-service}'],
    ['a shell variable', 'Bearer $API_TOKEN'],
    ['the documentation key of AWS', 'AKIAIOSFODNN7EXAMPLE'],
    ['a filled-in form', credential('ghp', '_', 'x'.repeat(36))],
    ['a form to fill in', credential('sk-', 'ant-', 'your-key-goes-here')],
    ['a word that begins alike', 'task-management-and-scheduling-server'],
    ['a public key in PEM', '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----'],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'],
    ['a port in a URL', 'http://localhost:3000/@scope/path'],
    ['a package with a version', 'https://registry.example.net/@scope/name:1.2.3'],
    ['an e-mail address', 'mailto:someone@example.net'],
    ['a user without a password', 'ssh://git@example.net/repo'],
    ['prose', 'Bearer of bad news, and of all the news that is fit to print'],
  ])('%s is none', async (_, value) => {
    expect(await findSecretsInValue({ x: value })).toEqual([]);
    expect(await findSecretsInText(value)).toEqual([]);
  });
});

describe('values that a name gives away', () => {
  test.each([
    ['a token', { env: { MY_SERVICE_TOKEN: r(24) } }, '/env/MY_SERVICE_TOKEN', 'MY_SERVICE_TOKEN'],
    ['a key', { apiKey: r(32) }, '/apiKey', 'API_KEY'],
    ['a key in hex', { DATADOG_API_KEY: hex(32) }, '/DATADOG_API_KEY', 'DATADOG_API_KEY'],
    ['a numbered key', { API_KEY_2: r(32) }, '/API_KEY_2', 'API_KEY_2'],
    ['a password', { db: { password: 'hunter2' } }, '/db/password', 'PASSWORD'],
    ['a client secret', { 'client-secret': r(12) }, '/client-secret', 'CLIENT_SECRET'],
    ['a header', { headers: { Authorization: `Basic ${r(24)}==` } }, '/headers/Authorization', 'AUTHORIZATION'],
    ['a header of its own', { headers: { 'X-Api-Key': r(32) } }, '/headers/X-Api-Key', 'X_API_KEY'],
    ['a flag and its value', { args: ['serve', '--api-key', r(20)] }, '/args/2', 'API_KEY'],
    ['a flag with its value', { args: [`--token=${r(20)}`] }, '/args/0', 'TOKEN'],
    ['a variable for docker', { args: ['-e', `DB_PASSWORD=${r(12)}`] }, '/args/1', 'DB_PASSWORD'],
    ['a header as an argument', { args: ['--header', `X-Auth-Token: ${r(20)}`] }, '/args/1', 'X_AUTH_TOKEN'],
    ['a query', { url: `https://example.net/mcp?a=1&api_key=${r(20)}` }, '/url', 'API_KEY'],
    ['a pair', { env: [{ name: 'SENTRY_TOKEN', value: r(24) }] }, '/env/0/value', 'SENTRY_TOKEN'],
    ['a default in a variable', { TOKEN: `\${TOKEN:-${r(24)}}` }, '/TOKEN', 'TOKEN'],
    ['what follows a variable', { TOKEN: `\${PREFIX}${r(24)}` }, '/TOKEN', 'TOKEN'],
    ['a secret in base64 that begins like a path', { SECRET_KEY: `/${r(39)}=` }, '/SECRET_KEY', 'SECRET_KEY'],
  ])('%s', async (_, value, path, variable) => {
    expect(await findSecretsInValue(value)).toMatchObject([
      { rule: 'named-secret', path, variable, suspicion: 'certain' },
    ]);
  });

  test.each([
    ['export API_KEY="%"'],
    ['api_key: %'],
    ['  "apiKey": "%",'],
    ["const token = '%';"],
    ['{"a":1,"auth_token":"%"}}'],
    ['curl "https://x.example.net/?token=%"'],
  ])('in text: %s', async (line) => {
    expect(await findSecretsInText(`first\n${line.replace('%', r(32))}\n`)).toMatchObject([
      { rule: 'named-secret', path: 'line 2' },
    ]);
    expect(await findSecretsInText(`first\n${line.replace('%', '${env:X}')}\n`)).toEqual([]);
  });

  test.each([
    '${env:API_KEY}',
    '${API_KEY}',
    '${API_KEY:-}',
    '${input:api-key}',
    '${{ secrets.API_KEY }}',
    '$API_KEY',
    '$(pass show api/key1234567890)',
    '%API_KEY%',
    '<your-token>',
    '{{api_key}}',
    '{api_key}',
    'REPLACE_ME',
    'your-api-key-here',
    'YOUR_API_KEY',
    'changeme123',
    'example-token-1234567890',
    'xxxxxxxxxxxxxxxxxxxxxxxx',
    '********',
    '…',
    '',
    '   ',
    'none',
    'disabled',
    'bearer',
    'from-the-keychain-of-the-system',
    `sha256:${hex(64)}`,
    '1.2.3-beta.4',
    '2026-11-20T00:00:00.000Z',
    '/run/secrets/api_key_2026',
    '~/.config/service/token-v2.json',
    './keys/service-2026.pem',
    'C:\\Users\\me\\keys\\token1.txt',
    'https://vault.example.net/v1/secret/data/app1',
    'op://vault1/item2/field3',
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:app',
    `age1${r(58).toLowerCase()}`,
    `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5${r(48)}`,
    'someone@example.net',
  ])('a reference or placeholder is fine: %j', async (value) => {
    expect(await findSecretsInValue({ API_KEY: value, password: value, args: ['--token', value] })).toEqual([]);
  });

  test.each([
    ['public_key', r(44)],
    ['PUBLIC_KEY', r(44)],
    ['key', r(32)],
    ['sort_key', r(32)],
    ['max_tokens', '4096'],
    ['token_url', 'auth2.example.net/token/abcdef0123'],
    ['tokenizer', 'cl100k_base_tokenizer'],
    ['digest', hex(64)],
    ['id', '123e4567-e89b-42d3-a456-426614174000'],
    ['version', '1.2.3'],
    ['secret_name', 'prod/db/credentials1'],
    ['monkey', r(32)],
    ['keyboard', r(32)],
  ])('the name %s says nothing', async (name, value) => {
    expect(await findSecretsInValue({ [name]: value })).toEqual([]);
  });

  test('a UUID, and a SHA-256 under a key, are only suspected', async () => {
    const suspects = { API_KEY: '123e4567-e89b-42d3-a456-426614174000', CONFIG_STORE_KEY: hex(64) };
    expect(await findSecretsInValue(suspects)).toMatchObject([
      { path: '/API_KEY', suspicion: 'possible' },
      { path: '/CONFIG_STORE_KEY', suspicion: 'possible' },
    ]);
    await expect(admit(candidate(suspects), overMcp)).resolves.toEqual([]);
  });
});

describe('the library behind it', () => {
  /** One credential of each rule of the preset, in none of our own forms where there is none. */
  const samples: Record<string, string> = {
    aws: `AWS_SECRET_ACCESS_KEY = ${r(40)}`,
    npm: `//registry.example.net/:_authToken=${r(20)}`,
    slack: `https://hooks.slack.com/services/T${upper(8)}/B${upper(8)}/${r(24)}`,
    openai: credential('sk-', r(20), 'T3Blbk', 'FJ', r(20)),
    anthropic: credential('sk-', 'ant-api03-', r(93), 'AA'),
    groq: credential('gsk', '_', r(52)),
    huggingface: credential('hf', '_', r(80).replace(/\d/g, '').slice(0, 34)),
    linear: credential('lin', '_api_', r(40)),
    notion: credential('ntn', '_', '13579246801', r(35)),
    privatekey: pem(''),
    sendgrid: credential('SG', '.', r(22), '.', r(43)),
    shopify: credential('shpat', '_', r(32)),
    stripe: credential('rk', '_live_', r(24)),
    github: credential('ghp', '_', r(36)),
    gitlab: credential('glpat', '-', r(20)),
    grafana: credential('glsa', '_', r(32), '_', hex(8)),
    // The rule wants base64 whose last group is `}` alone, so the length is 1 modulo 3.
    '1password': credential(
      'ops',
      '_',
      Buffer.from(JSON.stringify({ email: 'a@example.net', muk: { k: r(60) }, salt: r(17) })).toString('base64'),
    ),
    'hashicorp-vault': credential('hvs', '.', r(95)),
    vercel: credential('vcp', '_', r(24)),
    databricks: credential('dapi', hex(32)),
    docker: credential('dckr', '_pat_', r(27)),
    figma: credential('figd', '_', r(40)),
    cloudflare: credential('cfut', '_', r(40), hex(8)),
    tailscale: credential('tskey', '-auth-', r(12), '-', r(32)),
  };
  const ruleOf = (id: string) => id.replace('@secretlint/secretlint-rule-', '');

  test('every rule has a sample here or is left out: a new rule needs a look at the trigger', () => {
    const ids = rules.map(({ meta }) => meta.id);
    expect(
      ids
        .filter((id) => !LEFT_OUT.has(id))
        .map(ruleOf)
        .sort(),
    ).toEqual(Object.keys(samples).sort());
    for (const id of LEFT_OUT) expect(ids).toContain(id);
  });

  test.each(Object.entries(samples))('%s', async (_, sample) => {
    expect((await findSecretsInText(`see\n${sample}\n`)).map(({ suspicion }) => suspicion)).toContain('certain');
    expect(await findSecretsInValue(['x', { note: sample }])).toMatchObject([
      { path: '/1/note', suspicion: 'certain' },
    ]);
  });
});

describe('no error repeats a credential', () => {
  const tails = fc.stringMatching(/^[A-Za-z0-9]{40}$/);
  const prefixes = fc.constantFrom('ghp_', 'sk-ant-api03-', 'glpat-', 'xoxb-', 'AIza', 'npm_', 'sk_live_', '');
  const places = fc.constantFrom<(value: string) => Partial<ReturnType<typeof candidate>>>(
    (value) => candidate({ API_KEY: value }),
    (value) => candidate({ [value]: { password: value } }),
    (value) => candidate({ args: [`--token=${value}`, `https://u:${value}@example.net`] }),
    (value) => candidate(`{"a":"${value}","a":1}`),
    (value) => candidate(`{"${value}":1,"${value}":2}`),
    (value) => candidate(`{"a": ${value}}`),
    (value) => candidate(`a: "${value}\nb: [`, { mediaType: 'text/yaml' }),
    (value) => candidate(`${value}: &${value} 1\nb: *${value}x`, { mediaType: 'text/yaml' }),
    (value) => candidate(`a = "${value}`, { mediaType: 'application/toml' }),
    (value) => candidate(`[${value}]\n[${value}]`, { mediaType: 'application/toml' }),
    (value) => candidate(`TOKEN=${value}`, { mediaType: 'text/plain' }),
    (value) => candidate('{}', { message: `token: ${value}` }),
    (value) => candidate('{}', { label: `token: ${value}` }),
    (value) => candidate('{}', { name: value }),
    (value) => candidate('{}', { name: `Servers/${value}` }),
    (value) => candidate('{}', { mediaType: `text/${value}; ${value}` }),
    (value) =>
      candidate({ mcpServers: { [value]: { command: value, args: [1], env: { [value]: '', B: `{${value}}` } } } }),
  );

  test('in message, hint, details, cause or stack, nor in a finding', async () => {
    await fc.assert(
      fc.asyncProperty(tails, prefixes, places, async (tail, prefix, place) => {
        const value = prefix + tail;
        const sent = place(value) as ReturnType<typeof candidate>;
        const leaks: string[] = [];
        for (const part of [value, value.toLowerCase(), tail.slice(0, 12), tail.slice(-12)]) {
          const look = (text: string) => text.includes(part) && leaks.push(text);
          await admit(sent, overMcp).catch((error: unknown) => {
            if (!(error instanceof StoreError)) throw error;
            look(
              `${error.stack} ${error.message} ${error.hint} ${JSON.stringify(error.details)} ${String(error.cause)}`,
            );
          });
          look(JSON.stringify(await findings(sent)));
        }
        expect(leaks).toEqual([]);
      }),
      { numRuns: propertyRuns.numRuns * 3 },
    );
  });
});

test('a few short words or a version, which are not searched, hold nothing that a search finds', async () => {
  const words = fc.stringMatching(
    /^(?:npm|hvs|sk|eyJ|key|token|password|Basic|dapi|AC|ghp)?[A-Za-z]{0,12}(?:[._-][A-Za-z]{1,8}){0,3}$/,
  );
  const version = fc.stringMatching(/^\d{1,12}(?:\.\d{1,6}){0,4}$/);
  await fc.assert(
    fc.asyncProperty(fc.oneof(words, version), async (long) => {
      const text = long.slice(0, 16).replace(/[._-]$/, '');
      expect((await findSecretsInText(text)).filter(({ suspicion }) => suspicion !== 'possible')).toEqual([]);
      expect(await holdsSecret(text)).toBe(false);
    }),
    propertyRuns,
  );
  expect(await holdsSecret(credential('xoxb-', r(12)))).toBe(true);
  expect(await holdsSecret('xoxb-abcdefghijk')).toBe((await findSecretsInText('xoxb-abcdefghijk')).length > 0);
});
