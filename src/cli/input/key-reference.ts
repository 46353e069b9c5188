/** The argument of every command on one key. */
export const KEY_ID = {
  syntax: '<key-id>',
  meaning: 'key id, or 8 or more characters of its beginning',
  completes: 'keys',
} as const;
