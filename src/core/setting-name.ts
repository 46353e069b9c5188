/** The environment variables this program reads, so that advice can name one by type; src/app/settings.ts says what each means. */
export type SettingName =
  | 'CONFIG_STORE_VAR'
  | 'CONFIG_STORE_STORAGE_DIR'
  | 'CONFIG_STORE_KEYS_DIR'
  | 'CONFIG_STORE_STATE_DIR'
  | 'CONFIG_STORE_TELEMETRY_DIR'
  | 'CONFIG_STORE_ID'
  | 'CONFIG_STORE_KEY'
  | 'CONFIG_STORE_KEY_PASSPHRASE_FILE'
  | 'CONFIG_STORE_READ_ONLY'
  | 'CONFIG_STORE_TELEMETRY'
  | 'CONFIG_STORE_TELEMETRY_DAYS'
  | 'CONFIG_STORE_EXPECT_VOLUME'
  | 'CONFIG_STORE_LOG_LEVEL';
