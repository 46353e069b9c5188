import { spellLine } from '../../../core/visible.ts';
import { type ImportClientRequest, importClient } from '../../../verbs/clients/import-client.ts';
import { EXPECTED_VERSION, MESSAGE } from '../../input/write-options.ts';
import { renderNext } from '../../output/render.ts';
import type { CommandDefinition } from '../../program/command.ts';
import { CLIENTS, PROJECT } from './client-options.ts';

/** `config-store clients import CLIENT`: a client's servers become a config. */
export const importServers: CommandDefinition<ImportClientRequest> = {
  arguments: [{ syntax: '<client>', meaning: 'name of the client', completes: CLIENTS }],
  options: [
    { flags: '--name <name>', completes: 'configs', meaning: 'config to store it as; CLIENT/default unless given' },
    { flags: '--path <file>', completes: 'files', meaning: 'one of its files, where it has several' },
    PROJECT,
    MESSAGE,
    EXPECTED_VERSION,
  ],
  examples: ['config-store clients import cursor', 'config-store clients import codex --name team/servers'],
  notes: "The client's file is not touched. Credentials in clear are not stored: references take their place.",
  endsItself: true,
  run: async ({ context, output }, request) => {
    const result = await importClient(context, request);
    await output.result(result, () => [
      spellLine(result.summary),
      ...result.refused.map(({ server, field, rule, variable }) =>
        output.colors.yellow(
          `  ! ${spellLine(`${server} ${field}: in clear (${rule}), not stored; the store refers to ${variable}`)}`,
        ),
      ),
      ...result.leftOut.map(({ server, what }) => output.colors.dim(`  ${spellLine(`${server}: ${what}`)}`)),
      ...renderNext(result, output),
    ]);
    return undefined;
  },
};
