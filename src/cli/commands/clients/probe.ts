import { spellLine } from '../../../core/visible.ts';
import { probeServers } from '../../../verbs/servers/probe-servers.ts';
import { argumentInvalid } from '../../../verbs/shared/argument.ts';
import { table } from '../../output/table.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store probe NAME[/server]`: starts servers as a client would. */
export const probe: CommandDefinition<{ servers?: string; all?: boolean; record?: boolean }> = {
  arguments: [{ syntax: '[servers]', meaning: 'a config, or CONFIG/SERVER', completes: 'servers' }],
  options: [
    { flags: '--all', meaning: 'the servers of every config' },
    { flags: '--record', meaning: "keep a digest of each tool's definition in the store, for the next time" },
  ],
  examples: ['config-store probe team/servers', 'config-store probe team/servers/github --record'],
  notes:
    'Starts the programs that the config names, with the values of their variables. With a record it says which tools changed since: the same name with another definition may do something else by now.',
  run: async ({ context, output }, { servers, all = false, record }) => {
    if ((servers === undefined) !== all)
      throw argumentInvalid('which servers is not said, or said twice', 'Name a config, or give --all.');
    const result = await probeServers(context, { servers, record });
    await output.result(result, () => [
      ...table(
        result.servers,
        [
          { heading: 'SERVER', cell: ({ server }) => server, maxChars: 20, style: output.colors.bold },
          { heading: 'OK', cell: ({ ok }) => (ok ? 'yes' : 'no') },
          { heading: 'TOOLS', cell: ({ tools }) => `${tools.length}`, align: 'right' },
          { heading: 'START', cell: ({ startMs }) => (startMs === undefined ? '' : `${startMs} ms`), align: 'right' },
          {
            heading: 'ERAS',
            cell: ({ initialize, discover }) => [initialize, discover].filter(Boolean).join(', '),
            spare: 1,
          },
        ],
        output,
      ),
      ...result.servers.flatMap(({ server, why, changes }) => [
        ...(why === undefined ? [] : [output.colors.red(`  ${spellLine(`${server}: ${why}`)}`)]),
        ...changes.map((change) => output.colors.yellow(`  ${spellLine(`${server}: ${change}`)}`)),
      ]),
      result.summary,
    ]);
    return result.servers.some(({ ok, changes }) => !ok || changes.length > 0) ? 4 : undefined;
  },
};
