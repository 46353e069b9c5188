import type { SettingName } from '../../core/setting-name.ts';

/** One thing that can be configured: how it is given, what it is without, and what it means. */
export interface SettingRow {
  /** The command-line flag, where there is one; it wins over the variable. */
  readonly flag?: string;
  readonly variable: SettingName;
  /** The value when neither is given, in words. */
  readonly fallback: string;
  readonly meaning: string;
  /** True when the value leads to a secret: it is never printed. */
  readonly secret?: true;
}

/** Everything that is configurable, and nothing else; docs/settings.md shows this table and a test compares the two. */
export const SETTINGS = {
  root: {
    flag: '--var DIR',
    variable: 'CONFIG_STORE_VAR',
    fallback: "`mcp-config-store` in the platform's data folder",
    meaning: 'Folder that holds `storage/`, `keys/`, `state/` and `telemetry/`.',
  },
  storageAddress: {
    flag: '--storage URL',
    variable: 'CONFIG_STORE_STORAGE',
    fallback: 'the folder below',
    meaning:
      'Address of the log and the artifacts: `postgres://USER@HOST:PORT/DATABASE` for a database that several installations share, or `file:///FOLDER`.',
  },
  storagePasswordFile: {
    variable: 'CONFIG_STORE_STORAGE_PASSWORD_FILE',
    fallback: '`PGPASSWORD`, or the file `PGPASSFILE` names',
    meaning: "File whose first line is the database's password.",
    secret: true,
  },
  storage: {
    variable: 'CONFIG_STORE_STORAGE_DIR',
    fallback: '`storage` in the var folder',
    meaning: 'Folder of the log and the artifacts, for a volume of its own.',
  },
  keys: {
    variable: 'CONFIG_STORE_KEYS_DIR',
    fallback: '`keys` in the var folder',
    meaning: 'Folder of the key files, for a volume of its own; may be mounted read-only.',
  },
  state: {
    variable: 'CONFIG_STORE_STATE_DIR',
    fallback: '`state` in the var folder',
    meaning: 'Folder of what this installation knows by itself: the pin and the cache. Never on the storage volume.',
  },
  telemetryDir: {
    variable: 'CONFIG_STORE_TELEMETRY_DIR',
    fallback: '`telemetry` in the var folder',
    meaning: 'Folder of the telemetry files, for a volume of its own.',
  },
  storeId: {
    variable: 'CONFIG_STORE_ID',
    fallback: 'the pin, or the key files',
    meaning: 'Store id (64 hex characters) this installation accepts; any other store is foreign.',
  },
  signingKey: {
    variable: 'CONFIG_STORE_KEY',
    fallback: 'the newest key in force whose file is here',
    meaning: 'Key id (64 hex characters) of the key that signs.',
  },
  keysShared: {
    variable: 'CONFIG_STORE_KEYS_SHARED',
    fallback: '`off`; the image sets `on`',
    meaning:
      '`on`: keys and state may be open to a group, and what is made is, as platforms with group 0 or fsGroup need it.',
  },
  passphraseFile: {
    variable: 'CONFIG_STORE_KEY_PASSPHRASE_FILE',
    fallback: 'a prompt, on a terminal',
    meaning: 'File whose first line is the passphrase of encrypted key files.',
    secret: true,
  },
  readOnly: {
    flag: '--read-only',
    variable: 'CONFIG_STORE_READ_ONLY',
    fallback: '`off`',
    meaning: '`on`: `serve` offers no tool that writes.',
  },
  telemetry: {
    variable: 'CONFIG_STORE_TELEMETRY',
    fallback: '`on`',
    meaning: '`off`: no telemetry file is written.',
  },
  telemetryDays: {
    variable: 'CONFIG_STORE_TELEMETRY_DAYS',
    fallback: '`30`',
    meaning: 'Days a telemetry file is kept, 1 to 3650.',
  },
  expectVolume: {
    variable: 'CONFIG_STORE_EXPECT_VOLUME',
    fallback: '`off`; the image sets `on`',
    meaning: '`on`: say so when storage, keys or state lie in the container itself and not on a volume that lasts.',
  },
  targets: {
    variable: 'CONFIG_STORE_TARGETS',
    fallback: 'where each client has them',
    meaning: 'Files of MCP clients in other places: a client, an equals sign and a path, with `;` between several.',
  },
  logLevel: {
    variable: 'CONFIG_STORE_LOG_LEVEL',
    fallback: '`warn`; the image sets `info`',
    meaning: 'Least severe log line on stderr: `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`.',
  },
  http: {
    flag: '--http [HOST:]PORT',
    variable: 'CONFIG_STORE_HTTP',
    fallback: 'standard input and output',
    meaning: '`serve` listens for HTTP there, on this machine alone without HOST (docs/http.md).',
  },
  port: {
    variable: 'PORT',
    fallback: 'the port of `CONFIG_STORE_HTTP`',
    meaning: 'Port that replaces the one of `CONFIG_STORE_HTTP`, as hosting platforms set it.',
  },
  serviceToken: {
    variable: 'SERVICE_AUTH_TOKEN',
    fallback: 'only the tokens of `tokens add`',
    meaning: 'A token with scope write, at least 16 characters, for whatever needs no more than one.',
    secret: true,
  },
  serviceTokenFile: {
    variable: 'SERVICE_AUTH_TOKEN_FILE',
    fallback: 'only the tokens of `tokens add`',
    meaning: 'File whose first line is such a token.',
    secret: true,
  },
  tokensFile: {
    variable: 'CONFIG_STORE_TOKENS_FILE',
    fallback: 'only the tokens of `tokens add`',
    meaning: 'File of further tokens: lines `NAME SCOPE[,SCOPE] sha256:HEX [PREFIX]`.',
  },
  allowedHosts: {
    flag: '--allowed-host HOST',
    variable: 'CONFIG_STORE_ALLOWED_HOSTS',
    fallback: "this machine's names on loopback, any elsewhere",
    meaning: 'Host names that HTTP requests may be for, separated by commas.',
  },
  allowedOrigins: {
    flag: '--allowed-origin ORIGIN',
    variable: 'CONFIG_STORE_ALLOWED_ORIGINS',
    fallback: "this machine's own on loopback, none elsewhere",
    meaning: 'Origins of web pages that may use the server, separated by commas.',
  },
  metrics: {
    flag: '--metrics',
    variable: 'CONFIG_STORE_METRICS',
    fallback: '`off`',
    meaning: '`on`: `/metrics` for Prometheus.',
  },
  tlsCert: {
    flag: '--tls-cert FILE',
    variable: 'CONFIG_STORE_TLS_CERT',
    fallback: 'no TLS: a proxy does it',
    meaning: 'PEM file of the certificate and its chain; read again on SIGHUP.',
  },
  tlsKey: {
    flag: '--tls-key FILE',
    variable: 'CONFIG_STORE_TLS_KEY',
    fallback: 'no TLS: a proxy does it',
    meaning: 'PEM file of its private key.',
    secret: true,
  },
  tcp: {
    flag: '--tcp [HOST:]PORT',
    variable: 'CONFIG_STORE_TCP',
    fallback: 'none',
    meaning: '`serve` listens for lines of JSON there, in clear: for private networks (docs/http.md).',
  },
  tcpScope: {
    flag: '--tcp-scope SCOPE',
    variable: 'CONFIG_STORE_TCP_SCOPE',
    fallback: '`write` on loopback; elsewhere it has to be said',
    meaning: 'What a connection of lines without a token may do: `read` or `write`.',
  },
  drainMs: {
    variable: 'CONFIG_STORE_DRAIN_MS',
    fallback: '`10000`',
    meaning: 'Milliseconds that calls in flight may still take when a network server ends.',
  },
  otlpEndpoint: {
    variable: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    fallback: 'nothing is sent to anyone',
    meaning:
      'Address of an OpenTelemetry collector that a network server sends metrics and traces to (OTLP over HTTP).',
  },
  otlpHeaders: {
    variable: 'OTEL_EXPORTER_OTLP_HEADERS',
    fallback: 'none',
    meaning:
      'Headers of what is sent there, in the form OpenTelemetry gives them: pairs separated by commas, values percent-encoded.',
    secret: true,
  },
  serviceName: {
    variable: 'OTEL_SERVICE_NAME',
    fallback: '`mcp-config-store`',
    meaning: 'What this server is called there.',
  },
} as const satisfies Record<string, SettingRow>;
