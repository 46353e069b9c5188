import type { CommandGroup } from '../../program/command.ts';

/** `config-store storage …`: a store in a database. */
export const storage = {
  subcommands: {
    prepare: {
      summary: 'make the tables of a store in a database, and give roles their rights',
      load: async () => (await import('./prepare.ts')).prepare,
    },
    check: {
      summary: 'say what the database is and what it lets this installation do',
      load: async () => (await import('./check.ts')).check,
    },
  },
} as const satisfies CommandGroup;
