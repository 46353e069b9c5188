import type { CommandGroup } from '../../program/command.ts';
import { scan } from './clients-scan.ts';

/** `config-store clients …`: the files of MCP clients. */
export const clients = {
  alone: scan,
  subcommands: {
    show: {
      summary: 'one client: its files, its servers, what differs',
      load: async () => (await import('./clients-scan.ts')).show,
    },
    import: {
      summary: "take a client's servers into the store",
      load: async () => (await import('./clients-import.ts')).importServers,
    },
    deploy: {
      summary: 'plan, show, ask, and write a config into clients’ files',
      load: async () => (await import('./clients-deploy.ts')).deployConfig,
    },
    plan: {
      summary: 'show what a config would change, and keep that for an hour',
      load: async () => (await import('./clients-deploy.ts')).plan,
    },
    apply: { summary: 'carry out a plan', load: async () => (await import('./clients-deploy.ts')).apply },
    undo: {
      summary: 'take back the last deployment',
      load: async () => (await import('./clients-undo.ts')).undo,
    },
    'add-server': {
      summary: 'add a server of the catalog to a config',
      load: async () => (await import('./clients-add-server.ts')).add,
    },
    watch: {
      summary: 'say when a file differs from what was deployed',
      load: async () => (await import('./clients-watch.ts')).watch,
    },
    history: {
      summary: 'what was written into which file',
      load: async () => (await import('./clients-undo.ts')).history,
    },
    remove: {
      summary: 'take one server that is ours out of clients’ files',
      load: async () => (await import('./clients-undo.ts')).remove,
    },
    uninstall: {
      summary: 'take all that is ours out of all clients’ files',
      load: async () => (await import('./clients-undo.ts')).uninstall,
    },
  },
} as const satisfies CommandGroup;
