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
  CONFIG_STORE_LOG_LEVEL: 'a level',
} as const;

/** An environment variable this program reads. */
export type SettingName = keyof typeof SETTING_VALUES;
