// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of configs are what is tested.
import { credential as join } from './candidates.ts';

/** One entry: what it shows, and the content as its media type reads it. */
export interface CorpusEntry {
  readonly label: string;
  readonly content: string;
  readonly mediaType: string;
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const ALNUM = LOWER + LOWER.toUpperCase() + DIGITS;

/** Random texts that are the same in every run. */
export class Generator {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  next(below: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * below);
  }

  text(length: number, alphabet = ALNUM): string {
    let text = '';
    while (text.length < length) text += alphabet[this.next(alphabet.length)];
    return text;
  }

  hex(length: number): string {
    return this.text(length, '0123456789abcdef');
  }

  pick<T>(list: readonly T[]): T {
    return list[this.next(list.length)] as T;
  }
}

const json = (label: string, value: unknown): CorpusEntry => ({
  label,
  content: JSON.stringify(value),
  mediaType: 'application/json',
});
const text = (label: string, content: string, mediaType = 'text/plain'): CorpusEntry => ({ label, content, mediaType });

/** The forms of issued tokens. */
function tokens(g: Generator): Array<[issuer: string, token: string]> {
  const { hex, text: t } = { hex: (n: number) => g.hex(n), text: (n: number, a?: string) => g.text(n, a) };
  const uuid = () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
  const upper = (n: number) => t(n, LOWER.toUpperCase() + DIGITS);
  return [
    ['Anthropic', join('sk-', 'ant-api03-', t(93), 'AA')],
    ['OpenAI', join('sk-', 'proj-', t(74))],
    ['OpenAI service account', join('sk-', 'svcacct-', t(60))],
    ['OpenRouter', join('sk-', 'or-v1-', hex(64))],
    ['DeepSeek', join('sk-', hex(32))],
    ['GitHub', join('ghp', '_', t(36))],
    ['GitHub app', join('ghs', '_', t(36))],
    ['GitHub fine-grained', join('github', '_pat_', t(22), '_', t(59))],
    ['GitLab', join('glpat', '-', t(20))],
    ['GitLab runner', join('glrt', '-', t(20))],
    ['Slack bot', join('xox', `b-${t(12, DIGITS)}-${t(12, DIGITS)}-`, t(24))],
    ['Slack app', join('xapp', '-1-A0', upper(9), '-', t(13, DIGITS), '-', hex(64))],
    ['Slack webhook', join('https://hooks.', 'slack.com/services/T', upper(8), '/B', upper(8), '/', t(24))],
    ['Discord webhook', join('https://disc', 'ord.com/api/webhooks/', t(18, DIGITS), '/', t(68))],
    ['Telegram', join(t(10, DIGITS).replace(/^0/, '5'), ':AA', t(33))],
    ['AWS', join('AKIA', upper(16))],
    ['Google', join('AIza', t(35))],
    ['Google client', join('GOC', 'SPX-', t(28))],
    ['Azure storage', join('AccountKey', '=', t(86), '==')],
    ['DigitalOcean', join('dop', '_v1_', hex(64))],
    ['npm', join('npm', '_', t(36))],
    ['PyPI', join('pypi', '-AgEIcHlwaS5vcmc', t(150))],
    ['RubyGems', join('rubygems', '_', hex(48))],
    ['Docker', join('dckr', '_pat_', t(27))],
    ['Vault', join('hvs', '.', t(95))],
    ['Doppler', join('dp', '.pt.', t(43))],
    ['Databricks', join('dapi', hex(32))],
    ['Hugging Face', join('hf', '_', t(34))],
    ['Replicate', join('r8', '_', t(37))],
    ['Groq', join('gsk', '_', t(52))],
    ['Perplexity', join('pplx', '-', t(48))],
    ['Tavily', join('tvly', '-dev-', t(32))],
    ['Apify', join('apify', '_api_', t(36))],
    ['Notion', join('ntn', '_', t(46))],
    ['Notion, older', join('secret', '_', t(43))],
    ['Linear', join('lin', '_api_', t(40))],
    ['Figma', join('figd', '_', t(40))],
    ['Airtable', join('pat', t(14), '.', hex(64))],
    ['Postman', join('PMAK', '-', hex(24), '-', hex(34))],
    ['Sentry', join('sntryu', '_', hex(64))],
    ['New Relic', join('NRAK', '-', upper(27))],
    ['Grafana', join('glsa', '_', t(32), '_', hex(8))],
    ['Supabase', join('sbp', '_', hex(40))],
    ['PlanetScale', join('pscale', '_tkn_', t(43))],
    ['Stripe', join('sk', '_live_', t(24))],
    ['Stripe webhook', join('wh', 'sec_', t(32))],
    ['Shopify', join('shpat', '_', hex(32))],
    ['SendGrid', join('SG', '.', t(22), '.', t(43))],
    ['Twilio', join('SK', hex(32))],
    ['Mailchimp', join(hex(32), '-us', '12')],
    ['HubSpot', join('pat', '-na1-', uuid())],
    ['Cloudflare', join('cfut', '_', t(40), hex(8))],
    ['Tailscale', join('tskey', '-auth-', t(17), '-', t(32))],
    ['age', join('AGE-SECRET', '-KEY-1', upper(58))],
    ['JWT', `${base64({ alg: 'HS256', typ: 'JWT' })}.${base64({ sub: t(8), n: t(5) })}.${t(43)}`],
    ['an issuer of its own', join('acme', '_live_', `aB3${t(40)}`)],
  ];
}

function base64(value: object | string): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}

const SECRET_NAMES = [
  'API_KEY',
  'OPENAI_API_KEY',
  'apiKey',
  'exaApiKey',
  'x-api-key',
  'API_KEYS',
  'ACCESS_TOKEN',
  'TOKEN_PROD',
  'authToken',
  'refresh_token',
  'CLIENT_SECRET',
  'clientSecret',
  'SECRET_KEY_BASE',
  'JWT_SECRET',
  'SIGNING_KEY',
  'ENCRYPTION_KEY',
  'AWS_SECRET_ACCESS_KEY',
  'PRIVATE_KEY',
  'GITHUB_PAT',
  'BOT_TOKEN',
  'webhookSecret',
  'SESSION_SECRET',
  'SERVICE_CREDENTIALS',
  'LICENSE_KEY',
  'githubtoken',
];
const PASSWORD_NAMES = [
  'PASSWORD',
  'PGPASSWORD',
  'DB_PASS',
  'dbPassword',
  'MYSQL_PWD',
  'SMTP_PASS',
  'REDISPASSWORD',
  'passphrase',
  'KEYSTORE_PASSWORD',
  'userpass',
];

/** At least 400 made-up credentials, each in a place where configs have them. */
export function madeUpSecrets(seed = 1): CorpusEntry[] {
  const g = new Generator(seed);
  const entries: CorpusEntry[] = [];
  for (const [issuer, token] of tokens(g)) {
    entries.push(
      json(`${issuer} in an argument`, {
        mcpServers: { x: { command: 'npx', args: ['-y', 'some-mcp@1.0.0', token] } },
      }),
      text(`${issuer} in a line`, `# notes\nuse ${token} for now\n`, 'text/markdown'),
      text(`${issuer} in a comment`, `a: 1 # ${token}\n`, 'application/yaml'),
    );
  }
  for (const name of SECRET_NAMES) {
    const value = () => g.pick([g.text(32), g.hex(40), g.text(24), `${g.text(38)}==`]);
    entries.push(
      json(`${name} in env`, { mcpServers: { x: { command: 'npx', env: { [name]: value() } } } }),
      text(
        `${name} in TOML`,
        `[mcp_servers.x.env]\n${/^[\w-]+$/.test(name) ? name : `"${name}"`} = "${value()}"\n`,
        'application/toml',
      ),
      text(`${name} in a dotenv file`, `HOST=example.net\n${name}=${value()}\nMODE=fast\n`),
      text(`${name} commented out`, `a = 1\n# ${name} = "${value()}"\n`, 'application/toml'),
    );
  }
  for (const name of PASSWORD_NAMES) {
    const value = () =>
      g.pick([
        `S3cr3t${g.text(6)}`,
        `${g.text(5, LOWER)}-${g.text(4, DIGITS)}`,
        `Tr0ub4dor&${g.next(9)}`,
        g.text(8, DIGITS),
        `${g.text(10)}!`,
      ]);
    entries.push(
      json(`${name} in env`, { env: { [name]: value() } }),
      text(`${name} in YAML`, `db:\n  ${name}: "${value()}"\n`, 'application/yaml'),
      text(`${name} in text`, `export ${name}='${value()}'\n`),
    );
  }
  for (let i = 0; i < 12; i++) {
    const value = () => g.text(32);
    const password = `S3c${g.text(9)}`;
    entries.push(
      json('a second query parameter', { url: `https://h.internal/mcp?mode=abcdef&api_key=${value()}` }),
      json('a flag and its value', { args: ['run', g.pick(['--api-key', '--token', '--secret', '--key']), value()] }),
      json('a flag with its value', {
        args: [`${g.pick(['--access-token', '--apikey', '--client-secret'])}=${value()}`],
      }),
      json('a header', {
        headers: { Authorization: `${g.pick(['Bearer', 'Bot', 'Token', 'ApiKey', 'Klaviyo-API-Key'])} ${value()}` },
      }),
      json('a cookie', { headers: { Cookie: `theme=dark; sessionid=${value()}` } }),
      json('Basic', { headers: { Authorization: `Basic ${Buffer.from(`ada:${password}`).toString('base64')}` } }),
      json('a URL', {
        url: `${g.pick(['postgres', 'mysql', 'redis', 'amqp', 'https'])}://app:${password}@db.internal/x`,
      }),
      json('a URL whose password holds a slash', { url: `postgres://app:${password}/${g.text(4)}@db.internal/x` }),
      json('a connection string', { dsn: `Server=db.internal;User Id=app;Password=${password};Encrypt=true` }),
      json('a list', { [g.pick(['apiKeys', 'tokens', 'secrets'])]: [value(), value()] }),
      json('a map', { [g.pick(['secrets', 'credentials', 'tokens'])]: { openai: value(), brave: value() } }),
      json('JSON in a string', { env: { HEADERS: JSON.stringify({ 'X-Api-Key': value() }) } }),
      json('base64 of a dotenv file', {
        env: { DOTENV: Buffer.from(`HOST=h\nAPI_KEY=${value()}\n`).toString('base64') },
      }),
      text(
        'escapes',
        `{"a":"${join('ghp', '_', g.text(36)).replace(/./g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}"}\n{"b":1}`,
        'application/jsonl',
      ),
      text(
        'JSONC, commented out',
        `{\n  // "env": { "BRAVE_API_KEY": "${value()}" },\n  "a": 1\n}`,
        'application/jsonc',
      ),
      json('a private key', {
        key: `-----BEGIN ${g.pick(['', 'RSA ', 'EC ', 'OPENSSH '])}PRIVATE KEY-----\n${g.text(64)}\n${g.text(64)}\n`,
      }),
    );
  }
  return entries;
}

const REFERENCES = [
  '${env:API_KEY_2}',
  '${API_KEY_2}',
  '${input:my-api-key-2}',
  '${302AI_API_KEY}',
  '${{ secrets.API_KEY_2 }}',
  '$API_KEY_2',
  '%API_KEY_2%',
  '{env:API_KEY_2_PROD}',
  '{file:~/.secrets/openai-key-2}',
  '{{API_KEY_2}}',
  '<your-api-key-2>',
  '$(pass show mcp/brave-2)',
  'os.environ/REDIS_PASSWORD_2',
  'process.env.API_KEY_2',
  'op://Private/brave-2/credential',
  'pass:mcp/brave/api-key-2',
  'keyring:brave/api-key-2',
  'vault:secret/data/brave2#key',
  'projects/123456/secrets/brave/versions/1',
  'arn:aws:secretsmanager:eu-west-1:123456789012:secret:app-2aB3cD',
  'ref+awsssm://prod/app2/key',
  '@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s2)',
  'YOUR_API_KEY_HERE',
  'your-api-key-here',
  'REPLACE_ME',
  'changeme123',
  'xxxxxxxxxxxxxxxxxxxx',
  '<insert token>',
  'ENC[AES256_GCM,data:G6ZLtH/YBbo3XyOm3WYKc0fXy,iv:3nkUkzmcsVU9Hokr7kvhP0OW0JOMfCyT6HH=,tag:8J4PfKpxYMTKBrRTeqWm+w==,type:str]',
  'encrypted:BDqDBibm4wsYqMpCjTQ6BsDHmMadg9K3dAt+Z9HPMfLEIRVz50hmLXPXRuDBXaJi/LwWYEVUNiq0HISrslzQPaoyS8Lotg3gFWJTsNCdOWnqpjF2xNUX2RQiP05kAbEXM6MWVjDr',
  'vault:v1:8SDd3WHDOjf7mq69CyCqYjBXAiQQAVZRkFM13ok481zoCmHnSeDX9vyf7w==',
  '$2b$12$KIXQ4n3v7m1o2p3q4r5s6uWc9Zt1YxAqBvCdEfGhIjKlMnOpQrStU',
  '/run/secrets/api_key_2026',
  '/Users/ada/Downloads/my-project-123456-0a1b2c3d4e5f.json',
  'certs/server-2024.key.pem',
  '~/.config/service/token-v2.json',
  'C:\\keys\\service-2026.pem',
  'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
];
const HARMLESS_MEMBERS: ReadonlyArray<readonly [string, unknown]> = [
  ['modelKey', 'qwen2.5-7b-instruct'],
  ['modelKey', 'mistralai/devstral-small-2505'],
  ['titleKey', 'page.home2.header.titleText'],
  ['sort_key', 'createdAt#2026-01-31T00:00:00Z'],
  ['cacheKey', 'npm-linux-x64-v24-lockfile'],
  ['primaryKey', 'tenant_id_2'],
  ['keyId', 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab'],
  ['max_tokens', 4096],
  ['token_limit', '128000'],
  ['tokenizer', 'cl100k_base'],
  ['token_url', 'https://auth2.example.net/oauth2/token'],
  ['authorization_endpoint', 'https://auth.example.net/authorize'],
  ['auth_type', 'oauth2_client_credentials'],
  ['password_min_length', 12],
  ['password_file', '/run/secrets/db2'],
  ['passthrough', 'all-2'],
  ['bypass', 'localhost,127.0.0.1'],
  ['secret_name', 'prod/db/credentials1'],
  ['secretRef', 'app-secrets-2'],
  ['public_key', 'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE='],
  ['publishableKey', 'pk_live_51H8aBcDeFgHiJkLmNoPqRsTuVwXyZ'],
  ['integrity', 'sha512-9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08aa=='],
  ['commit', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b'],
  ['digest', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
  ['id', '123e4567-e89b-42d3-a456-426614174000'],
  ['image', 'ghcr.io/org/server@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
  ['description', 'Connection string (e.g., postgresql://user:pass@host:port/db)'],
  ['description', 'Send the token as "Authorization: Bearer YOUR_TOKEN" with each request.'],
  ['description', 'A password has at least 12 characters; the secret is kept in the keychain.'],
  ['url', 'postgresql://postgres:postgres@127.0.0.1:54322/postgres'],
  ['url', 'postgresql://postgres:[YOUR-PASSWORD]@db.abcdefghijkl.supabase.co:5432/postgres'],
  ['url', 'https://registry.example.net/@scope/name:1.2.3'],
  ['url', 'http://localhost:3000/@fs/src/main2.ts'],
  ['url', 'https://example.net/docs/page?tab=settings&section=keys2#api-keys'],
  ['email', 'ada.lovelace1815@example.net'],
  ['monkey', 'curiousgeorge1941'],
  ['keyboard', 'us-intl-2'],
  ['extension', 'nkbihfbeogaeaoehlefnkodbefgpgknn'],
  ['model', 'claude-3-5-sonnet-20241022'],
  ['model', 'meta-llama/Llama-3.3-70B-Instruct-Turbo'],
  [
    'icon',
    `data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==`,
  ],
  ['recipient', 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p'],
  ['sshKey', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ada@host'],
  ['fileId', '1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms'],
  ['token', 'Your bot token from https://t.me/botfather'],
  ['password', 'required'],
  ['apiKey', ''],
  ['api_key', null],
  ['cookies', true],
  ['command', 'npx -y @modelcontextprotocol/server-filesystem@2025.8.21 /Users/ada/Documents'],
];
const REFERRING_NAMES = ['API_KEY', 'password', 'CLIENT_SECRET', 'authToken', 'DB_PASS', 'TLS_KEY'];

/** At least 400 values that look a little like credentials, and are none. */
export function harmlessValues(): CorpusEntry[] {
  const entries: CorpusEntry[] = [];
  for (const value of REFERENCES) {
    for (const name of REFERRING_NAMES)
      entries.push(json(`${name}: ${value}`, { mcpServers: { x: { command: 'npx', env: { [name]: value } } } }));
    entries.push(
      json(`--token ${value}`, { args: ['run', '--token', value] }),
      json(`--api-key=${value}`, { args: [`--api-key=${value}`] }),
      text(`# api_key: ${value}`, `a: 1\n# api_key: "${value}"\n`, 'application/yaml'),
    );
  }
  for (const [name, value] of HARMLESS_MEMBERS) {
    entries.push(
      json(`${name}: ${value}`, { [name]: value }),
      json(`${name}: ${value} in a server`, { mcpServers: { x: { command: 'npx', options: { [name]: value } } } }),
    );
  }
  return entries;
}
