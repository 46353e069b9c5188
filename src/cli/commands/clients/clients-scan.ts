import { scanClients } from '../../../verbs/clients/scan-clients.ts';
import { clientLines, scanLines } from '../../output/client-lines.ts';
import { renderNext } from '../../output/render.ts';
import type { CommandDefinition } from '../../program/command.ts';
import { CLIENTS, PROJECT } from './client-options.ts';

/** `config-store clients`: every client's file that is there. */
export const scan: CommandDefinition<{ project?: string }> = {
  options: [PROJECT],
  examples: ['config-store clients', 'config-store clients --project .'],
  notes: 'Looks only; values of variables and headers are never shown.',
  run: async ({ context, output }, { project }) => {
    const result = await scanClients(context, { project });
    const { home } = context.installation.personFolders();
    await output.result(result, () => [
      ...(result.clients.length === 0 ? [] : scanLines(result.clients, home, output)),
      result.summary,
      ...renderNext(result, output),
    ]);
    return undefined;
  },
};

/** `config-store clients show CLIENT`: one client in full. */
export const show: CommandDefinition<{ client: string; project?: string }> = {
  arguments: [{ syntax: '<client>', meaning: 'name of the client, as the list shows it', completes: CLIENTS }],
  options: [PROJECT],
  examples: ['config-store clients show cursor'],
  run: async ({ context, output }, request) => {
    const result = await scanClients(context, request);
    await output.result(result, () => result.clients.flatMap((client) => clientLines(client, output)));
    return undefined;
  },
};
