import type { CommandEntry } from './command.ts';

/** Every command, in the order the help shows them. A new command is one file and one entry here. */
export const COMMANDS = {
  serve: {
    summary: 'serve MCP over standard input and output',
    load: async () => (await import('../commands/program/serve.ts')).serve,
  },
  init: {
    summary: 'make the store and its first key',
    load: async () => (await import('../commands/store/init.ts')).init,
  },
  put: {
    summary: 'store a file as the new version of a config',
    load: async () => (await import('../commands/configs/put.ts')).put,
  },
  validate: {
    summary: 'check a file as a put would, and store nothing',
    load: async () => (await import('../commands/configs/validate.ts')).validate,
  },
  get: {
    summary: 'print a config, verified, byte for byte',
    load: async () => (await import('../commands/configs/get.ts')).get,
  },
  list: { summary: 'list the configs', load: async () => (await import('../commands/configs/list.ts')).list },
  log: {
    summary: 'list the versions of a config, newest first',
    load: async () => (await import('../commands/configs/log.ts')).log,
  },
  diff: {
    summary: 'compare two versions, two configs, a draft or a file',
    load: async () => (await import('../commands/configs/diff.ts')).diff,
  },
  restore: {
    summary: 'make an older version the newest again',
    load: async () => (await import('../commands/configs/restore.ts')).restore,
  },
  rm: {
    summary: 'delete a config; its history stays',
    load: async () => (await import('../commands/configs/rm.ts')).rm,
  },
  draft: {
    summary: 'list, show, store, publish or discard drafts',
    load: async () => (await import('../commands/configs/draft.ts')).draft,
  },
  verify: {
    summary: 'check the chain, every signature and every byte',
    load: async () => (await import('../commands/store/verify.ts')).verify,
  },
  rebuild: {
    summary: 'make the cache again from the log',
    load: async () => (await import('../commands/store/rebuild.ts')).rebuild,
  },
  gc: {
    summary: 'find artifacts that no commit refers to, and remove them',
    load: async () => (await import('../commands/store/gc.ts')).gc,
  },
  export: {
    summary: 'write the files a third party needs to verify a config',
    load: async () => (await import('../commands/store/export.ts')).exportVersion,
  },
  keys: {
    summary: 'list, rotate, retire, revoke, trust, import, encrypt, back up or restore keys',
    load: async () => (await import('../commands/keys/keys.ts')).keys,
  },
  storage: {
    summary: 'prepare a database for the store, or check one',
    load: async () => (await import('../commands/storage/storage.ts')).storage,
  },
  copy: {
    summary: 'copy the whole store into a database or a folder',
    load: async () => (await import('../commands/storage/copy.ts')).copy,
  },
  backup: {
    summary: 'back up the whole store, encrypted; verify or restore a backup',
    load: async () => (await import('../commands/backup/backup.ts')).backup,
  },
  tokens: {
    summary: 'add, list or revoke the tokens of the network server',
    load: async () => (await import('../commands/tokens/tokens.ts')).tokens,
  },
  trust: {
    summary: 'go on with an older storage after a rollback',
    load: async () => (await import('../commands/keys/trust.ts')).trust,
  },
  repair: {
    summary: 'move a damaged end of the log aside',
    load: async () => (await import('../commands/store/repair.ts')).repair,
  },
  recover: {
    summary: 'put back what a conflict copy of the log holds',
    load: async () => (await import('../commands/store/recover.ts')).recover,
  },
  purge: {
    summary: 'remove the bytes of an artifact for good',
    load: async () => (await import('../commands/store/purge.ts')).purge,
  },
  health: {
    summary: 'check that the store can serve, write and sign',
    load: async () => (await import('../commands/store/health.ts')).health,
  },
  status: {
    summary: 'show which store this is, where, and in what state',
    load: async () => (await import('../commands/store/status.ts')).status,
  },
  telemetry: {
    summary: 'review what happened: calls, failures, latency, changes',
    load: async () => (await import('../commands/telemetry/telemetry.ts')).telemetry,
  },
  clients: {
    summary: 'see the files of MCP clients; import, deploy, undo',
    load: async () => (await import('../commands/clients/clients.ts')).clients,
  },
  run: {
    summary: 'start a configured server, with the values of its variables',
    load: async () => (await import('../commands/clients/run.ts')).run,
  },
  probe: {
    summary: 'start configured servers, list their tools, stop them',
    load: async () => (await import('../commands/clients/probe.ts')).probe,
  },
  catalog: {
    summary: 'servers that can be added to configs',
    load: async () => (await import('../commands/clients/catalog.ts')).catalog,
  },
  install: {
    summary: 'put this server into the file of an MCP client',
    load: async () => (await import('../commands/clients/install.ts')).install,
  },
  completion: {
    summary: 'print the shell completion for bash, zsh or fish',
    load: async () => (await import('../commands/program/completion.ts')).completion,
  },
} as const satisfies Readonly<Record<string, CommandEntry>>;

type Commands = typeof COMMANDS;

type SubcommandName<Parent extends keyof Commands> =
  Awaited<ReturnType<Commands[Parent]['load']>> extends { readonly subcommands: infer Subcommands }
    ? `${Parent} ${keyof Subcommands & string}`
    : never;

/** A command by its words: `verify`, `draft publish`. */
export type CommandName = { [Name in keyof Commands]: Name | SubcommandName<Name> }[keyof Commands];
