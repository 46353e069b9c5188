import { hasDrifted } from '../../../verbs/clients/scan-clients.ts';
import { watchClients } from '../../../verbs/clients/watch-clients.ts';
import { clientLines } from '../../output/client-lines.ts';
import type { CommandDefinition } from '../../program/command.ts';
import { CLIENTS, PROJECT } from './client-options.ts';

/** `config-store clients watch [CLIENT]`: says when a file differs from what was deployed. */
export const watch: CommandDefinition<{ client?: string; project?: string }> = {
  arguments: [{ syntax: '[client]', meaning: 'name of the client; all clients unless given', completes: CLIENTS }],
  options: [PROJECT],
  examples: ['config-store clients watch'],
  notes: 'Ends with Ctrl-C. Looks only; each difference is also an event drift.found.',
  endsItself: true,
  run: async ({ context, output, interrupted }, request) => {
    await watchClients(context, { ...request, signal: interrupted }, async (client) => {
      const servers = client.servers.filter(hasDrifted);
      await output.result({ ...client, servers }, () => clientLines({ ...client, servers }, output));
    });
    return undefined;
  },
};
