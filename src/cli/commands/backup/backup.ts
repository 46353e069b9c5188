import type { CommandGroup } from '../../program/command.ts';
import { backupStore } from './backup-write.ts';

/** `config-store backup …`: age files that the stock `age` and `tar` open too. */
export const backup = {
  alone: backupStore,
  subcommands: {
    verify: {
      summary: 'restore a backup aside and check every signature now',
      load: async () => (await import('./backup-read.ts')).verifyBackup,
    },
    restore: {
      summary: 'restore a backup into empty folders',
      load: async () => (await import('./backup-read.ts')).restoreBackup,
    },
  },
} as const satisfies CommandGroup;
