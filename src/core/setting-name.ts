/**
 * The kind of value each environment variable of this program takes, so that advice can name one by type.
 * src/app/settings.ts reads them and says what each means.
 */
export const SETTING_VALUES = {
  CONFIG_STORE_VAR: 'the folder that holds storage, keys, state and telemetry',
  CONFIG_STORE_STORAGE: 'the address of the storage, postgres://… or file:///…',
  CONFIG_STORE_STORAGE_PASSWORD_FILE: "a file whose first line is the database's password",
  CONFIG_STORE_STORAGE_DIR: 'the folder of the log and the artifacts',
  CONFIG_STORE_KEYS_DIR: 'the folder of the key files',
  CONFIG_STORE_STATE_DIR: 'the folder of the pin and the cache',
  CONFIG_STORE_TELEMETRY_DIR: 'a folder for the telemetry files',
  CONFIG_STORE_ID: 'the id of the store to accept',
  CONFIG_STORE_KEY: 'the id of the key to sign with',
  CONFIG_STORE_KEYS_SHARED: 'on or off',
  CONFIG_STORE_KEY_PASSPHRASE_FILE: 'a file whose first line is the passphrase',
  CONFIG_STORE_READ_ONLY: 'on or off',
  CONFIG_STORE_TELEMETRY: 'on or off',
  CONFIG_STORE_TELEMETRY_DAYS: 'a number of days',
  CONFIG_STORE_EXPECT_VOLUME: 'on or off',
  CONFIG_STORE_TARGETS: 'client=path, with ";" between several',
  CONFIG_STORE_LOG_LEVEL: 'a level',
  CONFIG_STORE_HTTP: 'a port, or HOST:PORT',
  PORT: 'a port',
  SERVICE_AUTH_TOKEN: 'a token of at least 16 characters',
  SERVICE_AUTH_TOKEN_FILE: 'a file whose first line is a token',
  CONFIG_STORE_TOKENS_FILE: 'a file of tokens',
  CONFIG_STORE_ALLOWED_HOSTS: 'host names',
  CONFIG_STORE_ALLOWED_ORIGINS: 'origins',
  CONFIG_STORE_METRICS: 'on or off',
  CONFIG_STORE_TLS_CERT: 'a PEM file',
  CONFIG_STORE_TLS_KEY: 'a PEM file',
  CONFIG_STORE_TCP: 'a port, or HOST:PORT',
  CONFIG_STORE_TCP_SCOPE: 'read or write',
  CONFIG_STORE_DRAIN_MS: 'a number of milliseconds',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'the address of a collector',
  OTEL_EXPORTER_OTLP_HEADERS: 'headers as NAME=VALUE',
  OTEL_SERVICE_NAME: 'a name',
} as const;

/** An environment variable this program reads. */
export type SettingName = keyof typeof SETTING_VALUES;
