// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of configs are what is tested.
import { credential as join } from './candidates.ts';
import { type CorpusEntry, Generator } from './secret-corpus.ts';

const JSON_TYPE = 'application/json';

/** Files as people have them, each with one made-up credential in the place where such files keep it. */
export function everydaySecrets(seed = 11): CorpusEntry[] {
  const g = new Generator(seed);
  const t = (length: number, alphabet?: string) => g.text(length, alphabet);
  const hex = (length: number) => g.hex(length);
  const digits = (length: number) => `7${g.text(length - 1, '0123456789')}`;
  const uuid = () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
  const dense = () => `k7${t(28)}Q4`;
  const base64 = (value: string) => Buffer.from(value).toString('base64');
  const entries: CorpusEntry[] = [];
  const add = (mediaType: string, list: ReadonlyArray<readonly [label: string, content: string | object]>) => {
    for (const [label, content] of list)
      entries.push({ label, mediaType, content: typeof content === 'string' ? content : JSON.stringify(content) });
  };

  add(JSON_TYPE, [
    ['Bitbucket app password in an argument', { args: [join('ATBB', t(28))] }],
    ['Atlassian API token in an argument', { args: ['--confluence', join('ATATT3', 'xFfGF0', t(170), '=', hex(8))] }],
    [
      'Slack browser token',
      { env: { SLACK_MCP_XOXC: join('xox', `c-${digits(12)}-${digits(13)}-${digits(13)}-`, hex(64)) } },
    ],
    ['Slack browser cookie', { env: { SLACK_MCP_XOXD: join('xox', 'd-', t(40), '%2B', t(60)) } }],
    ['Slack refresh token', { note: join('xox', 'e-1-', t(140)) }],
    ['Discord bot', { args: [join('MTA4', t(20), '.G', t(5), '.', t(38))] }],
    ['Twitch chat', { args: ['--chat', join('oauth', ':', t(30, 'abcdefghijklmnopqrstuvwxyz0123456789'))] }],
    ['Razorpay', { options: [join('rzp', '_live_', t(14)), `RAZORPAY_KEY_SECRET=${t(24)}`] }],
    ['Sourcegraph', { endpoint: join('sgp', '_', hex(16), '_', hex(40)) }],
    ['Stripe restricted', { x: join('rk', '_live_', t(99)) }],
    ['Supabase secret', { x: join('sb', '_secret_', t(22), '_', t(8)) }],
    ['Asana', { env: { ASANA_ACCESS_TOKEN: join('2/', digits(16), '/', digits(16), ':', hex(32)) } }],
    [
      'ClickUp',
      { env: { CLICKUP_API_TOKEN: join('pk', `_${digits(8)}_`, t(32, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789')) } },
    ],
    ['Deepgram', { env: { DEEPGRAM_API_KEY: hex(40) } }],
    ['Datadog', { env: { DD_API_KEY: hex(32), DD_SITE: 'datadoghq.eu' } }],
    ['Datadog application key', { env: { DD_APP_KEY: hex(40) } }],
    ['Exa', { env: { EXA_API_KEY: uuid() } }],
    ['Heroku', { env: { HEROKU_API_KEY: uuid() } }],
    ['Zapier address', { url: join('https://mcp.zapier.com/api/mcp/s/', base64(`${uuid()}:${uuid()}`), '/mcp') }],
    ['key in an address', { url: `https://mcp.exa.ai/mcp?tools=search&exaApiKey=${uuid()}` }],
    ['key= in an address', { url: `https://maps.example.net/v1/mcp?lang=en&key=${t(39)}` }],
    ['code= of a function', { url: `https://tools.azurewebsites.net/runtime/webhooks/mcp?code=${t(54)}==` }],
    [
      'a shared access signature',
      { url: `https://acc.blob.core.windows.net/c?sv=2024-11-04&se=2027-01-01&sr=c&sig=${t(43)}%3D` },
    ],
    [
      'a signed S3 address',
      { url: `https://b.s3.amazonaws.com/o?X-Amz-Credential=AKI&X-Amz-Expires=600&X-Amz-Security-Token=${t(80)}` },
    ],
    ['access_token in a fragment', { url: `https://app.example.net/#access_token=${dense()}&state=1` }],
    ['token in a WebSocket address', { url: `wss://bridge.example.net/mcp?room=1&token=${dense()}` }],
    [
      'user and password in an address of MongoDB',
      { uri: `mongodb+srv://svc:${t(16)}@cluster0.ab1cd.mongodb.net/?retryWrites=true` },
    ],
    ['only a password in an address of Redis', { url: `redis://:${t(14)}@cache.internal:6379/0` }],
    ['Cloudinary', { env: { CLOUDINARY_URL: `cloudinary://${digits(15)}:${t(27)}@demo` } }],
    ['a token for a user in an address of git', { repo: `https://x-access-token:${dense()}@github.com/org/repo.git` }],
    ['a token as user in an address of git', { repo: join('https://ghp', '_', t(36), '@github.com/org/repo.git') }],
    ['JDBC', { url: `jdbc:postgresql://db.internal:5432/app?user=app&password=${t(12)}&ssl=true` }],
    [
      'JDBC of SQL Server',
      { url: `jdbc:sqlserver://db.internal:1433;databaseName=app;user=sa;password=${t(12)};encrypt=true` },
    ],
    ['ODBC', { dsn: `Driver={ODBC Driver 18 for SQL Server};Server=db;Uid=app;Pwd=${t(12)};` }],
    ['libpq', { args: [`host=db.internal port=5432 dbname=app user=app password=${t(12)}`] }],
    ['AMQP', { BROKER: `amqps://svc:${t(16)}@mq.internal/vh` }],
    [
      'Azure Service Bus',
      { c: `Endpoint=sb://b.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${t(43)}=` },
    ],
    ['Azure Cosmos', { c: `AccountEndpoint=https://x.documents.azure.com:443/;AccountKey=${t(86)}==;` }],
    ['docker config', { auths: { 'ghcr.io': { auth: base64(`ada:${t(20)}`) } } }],
    [
      'a service account',
      {
        type: 'service_account',
        project_id: 'p',
        private_key_id: hex(40),
        private_key: `-----BEGIN PRIVATE KEY-----\\n${t(64)}\\n-----END PRIVATE KEY-----\\n`,
      },
    ],
    ['a name/value pair', { env: [{ name: 'BRAVE_API_KEY', value: dense() }] }],
    ['a header as name/value', { headers: [{ name: 'Authorization', value: `Bearer ${dense()}` }] }],
    ['a header as key/value', { headers: [{ key: 'X-Api-Key', value: dense() }] }],
    [
      'variables of docker run',
      { command: 'docker', args: ['run', '-i', '--rm', '-e', `GITLAB_PERSONAL_ACCESS_TOKEN=${dense()}`, 'img'] },
    ],
    ['--env of docker run', { command: 'docker', args: ['run', `--env=POSTGRES_PASSWORD=${t(10)}`, 'img'] }],
    [
      'a header in arguments',
      { command: 'npx', args: ['mcp-remote', 'https://h/mcp', '--header', `Authorization: Bearer ${dense()}`] },
    ],
    [
      'a header of its own in arguments',
      { args: ['mcp-remote', 'https://h/mcp', '--header', `X-Auth-Token:${dense()}`] },
    ],
    ['a header as one argument', { args: [`--header=X-Api-Key: ${dense()}`] }],
    ['curl -u', { command: 'sh', args: ['-c', `curl -s -u ada:${t(14)} https://h.internal/x`] }],
    ['curl -H', { command: 'bash', args: ['-lc', `curl -H 'X-Api-Key: ${dense()}' https://h`] }],
    ['an export in a shell command', { command: 'sh', args: ['-c', `export API_TOKEN=${dense()}; exec mcp`] }],
    ['a variable before a command', { command: `NOTION_TOKEN=${dense()} npx -y notion-mcp` }],
    ['sshpass', { command: 'sshpass', args: ['-p', t(12), 'ssh', 'ada@h'] }],
    ['a flag of one dash', { args: ['-token', dense()] }],
    ['--pass', { args: ['--user', 'ada', '--pass', `S3c${t(8)}`] }],
    ['--password of letters', { args: ['--password', 'correcthorsebattery'] }],
    ['a number as password', { db: { password: 48213377 } }],
    ['a number as password in a text', { DB_PASSWORD: '20391827' }],
    ['a PIN', { device: { pin: '482913' } }],
    ['a short password', { smtp: { user: 'ada', password: 'hunter2' } }],
    ['a password of letters', { mysql: { user: 'root', password: 'Swordfish' } }],
    ['a passphrase of words', { passphrase: 'velvet tractor ninety lagoon' }],
    ['a password with an umlaut', { password: 'Grüße!88' }],
    ['a password with a dollar', { password: 'Pa$$w0rd1' }],
    ['a password that looks like a word and a year', { password: 'Winter2026' }],
    ['a password in German', { passwort: `x${t(9)}` }],
    ['a password in Spanish', { contrasena: `x${t(9)}` }],
    ['a password in Portuguese', { senha: `x${t(9)}` }],
    ['a password in French', { mot_de_passe: `x${t(9)}` }],
    ['user and password in one', { auth: `ada:${t(14)}` }],
    ['BASIC_AUTH', { env: { BASIC_AUTH: `ada:${t(14)}` } }],
    ['a consumer secret', { consumerSecret: dense() }],
    ['an app secret', { FEISHU_APP_SECRET: t(32) }],
    ['an app key', { appKey: dense() }],
    ['accessKeySecret', { accessKeySecret: t(30) }],
    ['a master key', { MEILI_MASTER_KEY: t(32) }],
    ['an admin key', { ALGOLIA_ADMIN_KEY: hex(32) }],
    ['a pre-shared key', { wifi: { psk: `home-${t(10)}` } }],
    ['an HMAC key', { hmacKey: t(44) }],
    ['a seed phrase', { MNEMONIC: 'legal winner thank year wave sausage worth useful legal winner thank yellow' }],
    ['a wallet', { env: { WALLET_PRIVATE_KEY: `0x${hex(64)}` } }],
    ['a wallet without the word private', { env: { EVM_PK: `0x${hex(64)}` } }],
    [
      'a one-time password seed',
      { uri: `otpauth://totp/Ex:ada?secret=${t(32, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}&issuer=Ex` },
    ],
    ['TOTP_SECRET', { TOTP_SECRET: t(32, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567') }],
    ['X-Goog-Api-Key', { headers: { 'X-Goog-Api-Key': dense() } }],
    ['api-key of Azure', { headers: { 'api-key': hex(32) } }],
    ['Ocp-Apim-Subscription-Key', { headers: { 'Ocp-Apim-Subscription-Key': hex(32) } }],
    ['X-Subscription-Token', { headers: { 'X-Subscription-Token': dense() } }],
    ['PRIVATE-TOKEN', { headers: { 'PRIVATE-TOKEN': t(20) } }],
    ['Fastly-Key', { headers: { 'Fastly-Key': t(32) } }],
    ['x-functions-key', { headers: { 'x-functions-key': `${t(54)}==` } }],
    ['SSWS', { headers: { Authorization: `SSWS 00${t(40)}` } }],
    ['GenieKey', { headers: { Authorization: `GenieKey ${uuid()}` } }],
    ['Splunk', { headers: { Authorization: `Splunk ${uuid()}` } }],
    ['an authorization without a scheme', { headers: { authorization: dense() } }],
    ['an authorization with a parameter', { headers: { Authorization: `Token token="${t(20)}"` } }],
    [
      'AWS4',
      {
        headers: {
          Authorization: `AWS4-HMAC-SHA256 Credential=x/20260101/eu/s3/aws4_request, SignedHeaders=host, Signature=${hex(64)}`,
        },
      },
    ],
    ['Proxy-Authorization', { headers: { 'Proxy-Authorization': `Basic ${base64(`ada:${t(12)}`)}` } }],
    ['a bearer token as a default', { args: ['-c', `AUTH_HEADER="Bearer ${dense()}"`] }],
    ['a cookie of a session', { headers: { Cookie: `li_at=${t(120)}; lang=v=2` } }],
    ['a cookie signed by express', { headers: { cookie: `connect.sid=s%3A${t(32)}.${t(43)}` } }],
    ['a cookie of Java', { args: ['--cookie', `JSESSIONID=${hex(32).toUpperCase()}`] }],
    ['LINKEDIN_COOKIE', { env: { LINKEDIN_COOKIE: t(150) } }],
    ['headers as a list', { headers: [`Authorization: Bearer ${dense()}`, 'Accept: */*'] }],
    [
      'headers as JSON in a text',
      {
        env: {
          OPENAPI_MCP_HEADERS: JSON.stringify({ Authorization: `Bearer ${dense()}`, 'Notion-Version': '2022-06-28' }),
        },
      },
    ],
    [
      'JSON in JSON in a text',
      { env: { CONFIG: JSON.stringify({ inner: JSON.stringify({ password: `p${t(11)}` }) }) } },
    ],
    ['base64 of JSON', { env: { GCP_B64: base64(JSON.stringify({ client_secret: dense(), a: 1 })) } }],
    ['base64 of a header', { env: { CFG: base64(`Authorization: Bearer ${dense()}`) } }],
    ['URL-encoded', { url: `https://h/cb?next=${encodeURIComponent(`https://i/x?api_key=${dense()}`)}` }],
    ['HTML entities', { html: join('gh', 'p_', t(36)).replace(/./g, (c) => `&#${c.charCodeAt(0)};`) }],
    ['nested: below secrets', { secrets: { openai: { value: dense() } } }],
    ['nested: below api_keys', { api_keys: [{ name: 'a', key: dense() }] }],
    ['a list of credentials', { credentials: [{ user: 'ada', secret: t(18) }] }],
    ['tokens by environment', { tokens: { prod: dense(), dev: dense() } }],
    ['profiles', { profiles: { default: { aws_access_key_id: 'x', aws_secret_access_key: t(40) } } }],
    ['a DER private key in base64', { tls: { data: join('MIIEvQIBADANBgkqhkiG', '9w0BAQEFAASC', t(400)) } }],
    [
      'PuTTY',
      {
        f: `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPrivate-Lines: 1\n${t(48)}\nPrivate-MAC: ${hex(64)}`,
      },
    ],
    ['a default of an input', { inputs: [{ id: 'api-key', type: 'promptString', password: true, default: dense() }] }],
    ['a default after a reference', { env: { API_KEY: join('${API_KEY:-', dense(), '}') } }],
    ['a reference followed by a value', { headers: { Authorization: join('Bearer ${PREFIX}', dense()) } }],
    ['a value with quotes inside', { args: ['-c', `api_key="${dense()}"`] }],
    ['an override of Codex', { args: ['-c', `mcp_servers.x.env.API_KEY="${dense()}"`] }],
    ['a literal beside a reference', { env: { A: '${env:A}', CONTEXT7_API_KEY: dense() } }],
    ['License', { env: { LICENSE: `${t(5)}-${t(5)}-${t(5)}-${t(5)}-${t(5)}` } }],
    ['a name with a prefix and a suffix', { env: { NEXT_PRIVATE_STRIPE_SECRET_V2: dense() } }],
    ['a name in capitals together', { env: { OPENAIAPIKEY: dense() } }],
    ['a name in small letters together', { env: { mysqlrootpassword: t(12) } }],
    ['a name with dots', { 'spring.datasource.password': t(12) }],
    ['creds', { creds: dense() }],
    ['sas token', { sasToken: `?sv=2024-11-04&sig=${t(43)}%3D` }],
    ['bearer', { bearer: dense() }],
    ['jwt key', { jwtKey: t(32) }],
    [
      'a webhook with its secret in the path',
      { url: `https://hooks.zapier.com/hooks/catch/${digits(7)}/${t(7)}/?token=${dense()}` },
    ],
    ['a salted hash is none, its pepper is', { PASSWORD_PEPPER: t(32) }],
  ]);

  add('application/yaml', [
    ['kubeconfig token', `users:\n- name: a\n  user:\n    token: ${dense()}\n`],
    [
      'kubeconfig key',
      `users:\n- user:\n    client-key-data: ${base64(`-----BEGIN RSA PRIVATE KEY-----\n${t(200)}\n`)}\n`,
    ],
    [
      'a Kubernetes secret',
      `apiVersion: v1\nkind: Secret\nmetadata: {name: x}\ndata:\n  password: ${base64(`S3c${t(9)}`)}\n`,
    ],
    ['stringData', `kind: Secret\nstringData:\n  config: |\n    api_key: ${dense()}\n`],
    ['env of a pod', `env:\n- name: DB_PASSWORD\n  value: ${t(12)}\n`],
    [
      'compose list',
      `services:\n  db:\n    environment:\n      - POSTGRES_USER=app\n      - POSTGRES_PASSWORD=${t(12)}\n`,
    ],
    ['compose map', `services:\n  db:\n    environment:\n      MYSQL_ROOT_PASSWORD: ${t(10)}\n`],
    ['a number', `db:\n  password: 48213377\n`],
    ['a number with leading zero', `db:\n  pin_code: "004821"\n  password: 0048213\n`],
    ['a block scalar', `config: |\n  [auth]\n  secret = ${dense()}\n`],
    ['a folded scalar', `key: >-\n  -----BEGIN EC PRIVATE KEY-----\n  ${t(64)}\n`],
    ['an escape', `a: "${join('gh', 'p_', t(36)).replace(/./g, (c) => `\\x${c.charCodeAt(0).toString(16)}`)}"\n`],
    ['a comment above', `# old: password=${t(12)}\na: 1\n`],
    ['a commented-out list entry', `env:\n  A: 1\n  # - API_TOKEN=${dense()}\n`],
    ['a commented-out header', `# Authorization: Bearer ${dense()}\na: 1\n`],
    ['a tag', `a: !env ${join('gh', 'p_', t(36))}\n`],
    ['an anchor and merge', `x: &d\n  api_key: ${dense()}\ny:\n  <<: *d\n`],
    ['a key that is a token', `${join('gh', 'p_', t(36))}: 1\n`],
    ['Continue', `models:\n  - name: m\n    apiKey: ${dense()}\n`],
    ['Goose', `extensions:\n  x:\n    envs:\n      GITHUB_PERSONAL_ACCESS_TOKEN: ${dense()}\n`],
    ['LiteLLM', `litellm_settings:\n  master_key: sk-${t(16)}\n`],
    ['a list of pairs', `args: ["--api-key", "${dense()}"]\n`],
    ['a second document', `a: 1\n---\npassword: ${t(12)}\n`],
    ['a quoted key', `"client secret": ${dense()}\n`],
  ]);

  add('application/toml', [
    ['Codex headers', `[mcp_servers.x]\nurl = "https://h"\nhttp_headers = { "X-Api-Key" = "${dense()}" }\n`],
    ['a bearer token', `[mcp_servers.x]\nbearer_token = "${dense()}"\n`],
    ['an inline env', `[mcp_servers.x]\nenv = { "LINEAR_API_KEY" = "${dense()}" }\n`],
    ['an integer', `[db]\npassword = 48213377\n`],
    ['a literal string', `password = '${t(12)}'\n`],
    ['a multi-line string', `notes = """\nuser: ada\npassword: ${t(12)}\n"""\n`],
    ['dotted', `db.admin.password = "${t(12)}"\n`],
    [
      'an escape',
      `a = "${join('gh', 'p_', t(36)).replace(/./g, (c) => `\\U000000${c.charCodeAt(0).toString(16)}`)}"\n`,
    ],
    ['a commented-out table', `#[mcp_servers.x.env]\n#BRAVE_API_KEY = "${dense()}"\n`],
    ['an array of tables', `[[users]]\nname = "ada"\npassword = "${t(12)}"\n`],
    ['a registry token', `[registries.x]\ntoken = "${dense()}"\n`],
  ]);

  add('application/jsonc', [
    ['a commented-out block', `{\n  /* "env": {\n    "EXA_API_KEY": "${uuid()}"\n  }, */\n  "a": 1\n}`],
    ['a note after a value', `{ "a": 1 // pw: ${t(12)}\n}`],
    ['a commented-out pair', `{\n  //"OPENAI_API_KEY": "${dense()}",\n  "a": 1\n}`],
  ]);

  add('text/plain', [
    ['.netrc', `machine api.example.net\n  login ada\n  password ${t(14)}\n`],
    ['.netrc in one line', `machine h login ada password ${t(14)}\n`],
    ['.npmrc', `//registry.example.net/:_authToken=${dense()}\n`],
    ['.npmrc _auth', `registry=https://r\n_auth=${base64(`ada:${t(12)}`)}\n`],
    ['.pypirc', `[pypi]\nusername = __token__\npassword = ${dense()}\n`],
    [
      'AWS credentials',
      `[default]\naws_access_key_id = x\naws_secret_access_key = ${t(40)}\naws_session_token=${t(200)}\n`,
    ],
    ['.my.cnf', `[client]\nuser=root\npassword="${t(10)}"\n`],
    ['.pgpass', `db.internal:5432:app:app:${t(14)}\n`],
    ['.git-credentials', `https://ada:${dense()}@github.com\n`],
    ['htpasswd in clear', `htpasswd -b f ada ${t(12)} # password: ${t(12)}\n`],
    ['Dockerfile', `FROM node:24\nENV OPENAI_API_KEY=${dense()}\n`],
    ['Dockerfile, older form', `FROM node:24\nENV DB_PASSWORD ${t(12)}\n`],
    ['ARG', `ARG NPM_TOKEN=${dense()}\n`],
    ['PowerShell', `$env:API_KEY = "${dense()}"\n`],
    ['setx', `setx API_KEY "${dense()}"\n`],
    ['cmd', `set DB_PASSWORD=${t(10)}\n`],
    ['fish', `set -gx GITHUB_TOKEN ${dense()}\n`],
    ['Python', `client = Client(api_key="${dense()}")\n`],
    ['JavaScript', `const apiKey = '${dense()}';\n`],
    ['Go', `apiKey := "${dense()}"\n`],
    ['a property of an object', `new Client({ token: "${dense()}", a: 1 })\n`],
    ['Ruby', `config.secret_key = '${dense()}'\n`],
    ['Terraform', `db_password = "${t(12)}"\n`],
    ['Java properties', `spring.datasource.password=${t(12)}\napi.key: ${dense()}\n`],
    ['WireGuard', `[Interface]\nPrivateKey = ${t(43)}=\n`],
    ['mysql -p', `mysql -u root -p${t(10)}1 app\n`],
    ['wget', `wget --http-user=ada --http-password=${t(10)} https://h\n`],
    ['INI with spaces', `[smtp]\n  smtp password : ${t(10)}\n`],
    ['a prose line', `The admin password is ${t(8)}7!\n`],
    ['a prose line in another order', `login: ada / password: ${t(10)}\n`],
    ['Markdown table', `| service | api key |\n|---|---|\n| brave | ${join('BSA', t(28))} |\n`],
    ['Markdown list', `- **API key:** \`${dense()}\`\n`],
    ['PGP', `-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${t(64)}\n`],
    ['CR line ends', `HOST=h\rAPI_KEY=${dense()}\rA=1\r`],
  ]);

  add('application/xml', [
    [
      'add key value',
      `<configuration><appSettings><add key="ApiKey" value="${dense()}"/></appSettings></configuration>\n`,
    ],
    ['an element', `<server><username>ada</username><password>${t(12)}</password></server>\n`],
    ['an attribute', `<user name="ada" password="${t(12)}"/>\n`],
    ['entities', `<a>${join('gh', 'p_', t(36)).replace(/./g, (c) => `&#x${c.charCodeAt(0).toString(16)};`)}</a>\n`],
  ]);
  return entries;
}
