import type { CommandEntry } from './command.ts';

/** Every command, in the groups and the order the help shows them. A new command is one file and one entry here. */
export const COMMANDS = {
  put: {
    group: 'Configs:',
    summary: 'store a file as the new version of a config, or a folder',
    load: async () => (await import('../commands/configs/put.ts')).put,
  },
  get: {
    group: 'Configs:',
    summary: 'print a config, verified, byte for byte',
    load: async () => (await import('../commands/configs/get.ts')).get,
  },
  edit: {
    group: 'Configs:',
    summary: 'change a config in your editor, and sign the result',
    load: async () => (await import('../commands/configs/edit.ts')).edit,
  },
  list: {
    group: 'Configs:',
    summary: 'list the configs',
    load: async () => (await import('../commands/configs/list.ts')).list,
  },
  log: {
    group: 'Configs:',
    summary: 'list the history of a config, or of the whole store',
    load: async () => (await import('../commands/configs/log.ts')).log,
  },
  search: {
    group: 'Configs:',
    summary: 'find a text in names and newest versions',
    load: async () => (await import('../commands/configs/search.ts')).search,
  },
  blame: {
    group: 'Configs:',
    summary: 'say which version made each part what it is',
    load: async () => (await import('../commands/configs/blame.ts')).blame,
  },
  cp: {
    group: 'Configs:',
    summary: 'store a config under another name too',
    load: async () => (await import('../commands/configs/cp.ts')).cp,
  },
  mv: {
    group: 'Configs:',
    summary: 'give a config another name, in one commit',
    load: async () => (await import('../commands/configs/cp.ts')).mv,
  },
  diff: {
    group: 'Configs:',
    summary: 'compare two versions, two configs, a draft or a file',
    load: async () => (await import('../commands/configs/diff.ts')).diff,
  },
  restore: {
    group: 'Configs:',
    summary: 'make an older version the newest again',
    load: async () => (await import('../commands/configs/restore.ts')).restore,
  },
  label: {
    group: 'Configs:',
    summary: 'give a version a name of its own, such as stable',
    load: async () => (await import('../commands/configs/label.ts')).label,
  },
  rm: {
    group: 'Configs:',
    summary: 'delete a config; its history stays',
    load: async () => (await import('../commands/configs/rm.ts')).rm,
  },
  draft: {
    group: 'Configs:',
    summary: 'list, show, store, publish or discard drafts',
    load: async () => (await import('../commands/configs/draft.ts')).draft,
  },
  validate: {
    group: 'Configs:',
    summary: 'check a file as a put would, and store nothing',
    load: async () => (await import('../commands/configs/validate.ts')).validate,
  },
  clients: {
    group: 'MCP clients and their servers:',
    summary: 'see the files of MCP clients; import, deploy, undo',
    load: async () => (await import('../commands/clients/clients.ts')).clients,
  },
  install: {
    group: 'MCP clients and their servers:',
    summary: 'put this server into the file of an MCP client',
    load: async () => (await import('../commands/clients/install.ts')).install,
  },
  catalog: {
    group: 'MCP clients and their servers:',
    summary: 'servers that can be added to configs',
    load: async () => (await import('../commands/clients/catalog.ts')).catalog,
  },
  run: {
    group: 'MCP clients and their servers:',
    summary: 'start a configured server, its variables filled in',
    load: async () => (await import('../commands/clients/run.ts')).run,
  },
  probe: {
    group: 'MCP clients and their servers:',
    summary: 'start configured servers, list their tools, stop them',
    load: async () => (await import('../commands/clients/probe.ts')).probe,
  },
  status: {
    group: 'How it is, and what happened:',
    summary: 'show which store this is, where, and in what state',
    load: async () => (await import('../commands/store/status.ts')).status,
  },
  doctor: {
    group: 'How it is, and what happened:',
    summary: 'health, MCP clients and what is due, with advice',
    load: async () => (await import('../commands/store/doctor.ts')).doctor,
  },
  health: {
    group: 'How it is, and what happened:',
    summary: 'check that the store can serve, write and sign',
    load: async () => (await import('../commands/store/health.ts')).health,
  },
  verify: {
    group: 'How it is, and what happened:',
    summary: 'check the chain, every signature and every byte',
    load: async () => (await import('../commands/store/verify.ts')).verify,
  },
  telemetry: {
    group: 'How it is, and what happened:',
    summary: 'review what happened: calls, failures, latency, changes',
    load: async () => (await import('../commands/telemetry/telemetry.ts')).telemetry,
  },
  open: {
    group: 'How it is, and what happened:',
    summary: 'open the report in the browser',
    load: async () => (await import('../commands/telemetry/open.ts')).open,
  },
  export: {
    group: 'How it is, and what happened:',
    summary: 'write the files a third party needs to verify a config',
    load: async () => (await import('../commands/store/export.ts')).exportVersion,
  },
  serve: {
    group: 'The server:',
    summary: 'serve MCP over standard input and output',
    load: async () => (await import('../commands/program/serve.ts')).serve,
  },
  tokens: {
    group: 'The server:',
    summary: 'add, list or revoke the tokens of the network server',
    load: async () => (await import('../commands/tokens/tokens.ts')).tokens,
  },
  init: {
    group: 'Store, keys and copies:',
    summary: 'make the store and its first key',
    load: async () => (await import('../commands/store/init.ts')).init,
  },
  keys: {
    group: 'Store, keys and copies:',
    summary: 'list, rotate, revoke, encrypt and back up keys',
    load: async () => (await import('../commands/keys/keys.ts')).keys,
  },
  backup: {
    group: 'Store, keys and copies:',
    summary: 'back up the store, encrypted; verify or restore it',
    load: async () => (await import('../commands/backup/backup.ts')).backup,
  },
  copy: {
    group: 'Store, keys and copies:',
    summary: 'copy the whole store into a database or a folder',
    load: async () => (await import('../commands/storage/copy.ts')).copy,
  },
  storage: {
    group: 'Store, keys and copies:',
    summary: 'prepare a database for the store, or check one',
    load: async () => (await import('../commands/storage/storage.ts')).storage,
  },
  repair: {
    group: 'Repairs:',
    summary: 'move a damaged end of the log aside',
    load: async () => (await import('../commands/store/repair.ts')).repair,
  },
  recover: {
    group: 'Repairs:',
    summary: 'put back what a conflict copy of the log holds',
    load: async () => (await import('../commands/store/recover.ts')).recover,
  },
  rebuild: {
    group: 'Repairs:',
    summary: 'make the cache again from the log',
    load: async () => (await import('../commands/store/rebuild.ts')).rebuild,
  },
  gc: {
    group: 'Repairs:',
    summary: 'find artifacts that no commit refers to, and remove them',
    load: async () => (await import('../commands/store/gc.ts')).gc,
  },
  purge: {
    group: 'Repairs:',
    summary: 'remove the bytes of an artifact for good',
    load: async () => (await import('../commands/store/purge.ts')).purge,
  },
  trust: {
    group: 'Repairs:',
    summary: 'go on with an older storage after a rollback',
    load: async () => (await import('../commands/keys/trust.ts')).trust,
  },
  completion: {
    group: 'The shell:',
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
