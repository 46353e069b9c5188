import type { CommandGroup } from '../../program/command.ts';

/** `config-store keys …`: the life of keys. Never over MCP. */
export const keys = {
  subcommands: {
    list: {
      summary: 'the keys of the store and what they may do',
      load: async () => (await import('./keys-show.ts')).listKeys,
    },
    show: { summary: 'one key, or its public half', load: async () => (await import('./keys-show.ts')).showKey },
    rotate: {
      summary: 'sign with a new key from now on',
      load: async () => (await import('./keys-change.ts')).rotateKey,
    },
    retire: {
      summary: 'end a key; what it signed stays good',
      load: async () => (await import('./keys-change.ts')).retireKey,
    },
    revoke: {
      summary: 'void what a stolen key signed',
      load: async () => (await import('./keys-change.ts')).revokeKey,
    },
    trust: {
      summary: "add another person's public key",
      load: async () => (await import('./keys-change.ts')).trustKey,
    },
    import: {
      summary: 'add a private key from elsewhere',
      load: async () => (await import('./keys-change.ts')).importKey,
    },
    encrypt: {
      summary: 'encrypt the private key files here',
      load: async () => (await import('./keys-encrypt.ts')).encryptKeys,
    },
    decrypt: {
      summary: 'decrypt the private key files here',
      load: async () => (await import('./keys-encrypt.ts')).decryptKeys,
    },
    backup: {
      summary: 'back up the key files, encrypted',
      load: async () => (await import('../backup/backup-write.ts')).backupKeys,
    },
    restore: {
      summary: 'put the keys of a backup in place',
      load: async () => (await import('../backup/backup-read.ts')).restoreKeys,
    },
  },
} as const satisfies CommandGroup;
