import { spellLine } from '../../../core/visible.ts';
import { addServer } from '../../../verbs/catalog/add-server.ts';
import { argumentInvalid } from '../../../verbs/shared/argument.ts';
import { renderNext } from '../../output/render.ts';
import type { CommandDefinition } from '../../program/command.ts';

interface AddServerInput {
  readonly catalogName: string;
  readonly to: string;
  readonly name?: string;
  readonly set?: readonly Readonly<Record<string, string>>[];
  readonly remote?: boolean;
}

/** `config-store clients add-server CATALOG-NAME --to CONFIG`: a server of the catalog goes into a config. */
export const add: CommandDefinition<AddServerInput> = {
  arguments: [{ syntax: '<catalog-name>', meaning: 'name in the catalog', completes: 'catalog' }],
  options: [
    {
      flags: '--to <config>',
      completes: 'configs',
      meaning: 'config that gets it; made where there is none',
      required: true,
    },
    { flags: '--name <name>', meaning: 'what the server is called there' },
    {
      flags: '--set <input=value>',
      meaning: 'a value it needs; once for each. Secrets are never values: they become references',
      repeats: true,
      parse: (text) => {
        const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
        if (name === undefined || value === undefined)
          throw argumentInvalid(`--set ${text.slice(0, 40)} is no input with a value`, 'Write it as NAME=VALUE.');
        return { [name]: value };
      },
    },
    { flags: '--remote', meaning: 'take the remote server where there is a package too' },
  ],
  examples: ['config-store clients add-server filesystem --to cursor/default --set path=/a'],
  endsItself: true,
  run: async ({ context, output }, { catalogName: id, to: config, name: server, set = [], remote }) => {
    const values: Record<string, string> = Object.assign({}, ...set);
    const result = await addServer(context, { id, config, server, values, remote });
    await output.result(result, () => [spellLine(result.summary), ...renderNext(result, output)]);
    return undefined;
  },
};
