import { spellLine } from '../../../core/visible.ts';
import { listDeployments } from '../../../verbs/clients/list-deployments.ts';
import { type RemoveServersResult, removeServers } from '../../../verbs/clients/remove-servers.ts';
import { undoDeploy } from '../../../verbs/clients/undo-deploy.ts';
import { confirm, YES } from '../../input/confirm.ts';
import { appliedLines } from '../../output/client-lines.ts';
import type { Output } from '../../output/output.ts';
import { table } from '../../output/table.ts';
import type { CommandDefinition } from '../../program/command.ts';
import type { ExitCode } from '../../program/exit-codes.ts';
import { CLIENTS, PROJECT, TO } from './client-options.ts';

/** `config-store clients undo [CLIENT]`: the last deployment is taken back. */
export const undo: CommandDefinition<{ client?: string; path?: string; project?: string; yes?: boolean }> = {
  arguments: [{ syntax: '[client]', meaning: 'name of the client; all clients unless given', completes: CLIENTS }],
  options: [{ flags: '--path <file>', completes: 'files', meaning: 'one of its files' }, PROJECT, YES],
  examples: ['config-store clients undo cursor'],
  notes: 'The copy comes back if the file still has the bytes that were written; otherwise entry by entry.',
  endsItself: true,
  run: async ({ context, output }, { yes = false, ...request }) => {
    if (request.client === undefined) await confirm('Take back the last deployment to every client?', yes);
    const result = await undoDeploy(context, request);
    await output.result(result, () => [...appliedLines(result.targets, output), result.summary]);
    return result.targets.some(({ state }) => state === 'refused') ? 75 : undefined;
  },
};

/** `config-store clients history [CLIENT]`: what was written. */
export const history: CommandDefinition<{ client?: string }> = {
  arguments: [{ syntax: '[client]', meaning: 'name of the client; all clients unless given', completes: CLIENTS }],
  examples: ['config-store clients history', 'config-store clients history cursor'],
  run: async ({ context, output }, { client }) => {
    const deployments = await listDeployments(context, client);
    await output.result({ deployments }, () =>
      deployments.length === 0
        ? ['nothing was deployed yet']
        : table(
            deployments,
            [
              { heading: 'TIME', cell: ({ time }) => output.time(time) },
              { heading: 'WHAT', cell: ({ kind }) => kind },
              { heading: 'CLIENT', cell: (one) => one.client },
              {
                heading: 'CONFIG',
                cell: ({ config }) => (config === null ? '' : `${config.name}@${config.version}`),
                maxChars: 24,
              },
              { heading: 'FILE', cell: ({ path }) => path },
            ],
            output,
          ),
    );
    return undefined;
  },
};

interface RemoveInput {
  readonly server: string;
  readonly to?: readonly string[];
  readonly project?: string;
  readonly keepFiles?: boolean;
  readonly yes?: boolean;
}

const KEEP_FILES = {
  flags: '--keep-files',
  meaning: 'only forget that it is ours; the files stay as they are',
} as const;

/** `config-store clients remove SERVER`: one server goes out of the files it was deployed to. */
export const remove: CommandDefinition<RemoveInput> = {
  arguments: [{ syntax: '<server>', meaning: 'name of the server', completes: 'server-names' }],
  options: [TO, PROJECT, KEEP_FILES, YES],
  examples: ['config-store clients remove github --to cursor'],
  endsItself: true,
  run: async ({ context, output }, { server, to, project, keepFiles = false, yes = false }) => {
    if (!keepFiles) await confirm(`Take ${server} out of ${to?.join(', ') ?? 'every client'}?`, yes);
    return report(await removeServers(context, { server, clients: to, project, keepFiles }), output);
  },
};

/** `config-store clients uninstall`: all that is ours goes, everywhere. */
export const uninstall: CommandDefinition<{ project?: string; yes?: boolean }> = {
  options: [PROJECT, YES],
  examples: ['config-store clients uninstall'],
  endsItself: true,
  run: async ({ context, output }, { project, yes = false }) => {
    await confirm("Take every server that was deployed from here out of every client's file?", yes);
    return report(await removeServers(context, { project }), output);
  },
};

async function report(result: RemoveServersResult, output: Output): Promise<ExitCode | undefined> {
  const lists = new Set(result.targets.flatMap(({ offList }) => offList ?? []));
  await output.result(result, () => [
    ...appliedLines(result.targets, output),
    ...[...lists].map((list) => `Its name may still be in ${list}, which keeps a server of that name off.`),
    spellLine(result.summary),
  ]);
  return result.targets.some(({ state }) => state === 'refused') ? 75 : undefined;
}
