import { addToken, listTokens, revokeToken } from '../../../verbs/tokens/tokens.ts';
import { table } from '../../output/table.ts';
import type { CommandDefinition, CommandGroup } from '../../program/command.ts';

const NAME = { syntax: '<name>', meaning: 'whose token it is: a person or a program, such as ci' } as const;
const OLD_NAME = { ...NAME, completes: 'tokens' } as const;

/** `config-store tokens add NAME` */
const add: CommandDefinition<{ name: string; scope: string; prefix?: string }> = {
  arguments: [NAME],
  options: [
    {
      flags: '--scope <scopes>',
      completes: ['read', 'write', 'metrics'],
      meaning: 'read, write (includes read) or metrics; several with commas',
      required: true,
    },
    {
      flags: '--prefix <prefix>',
      completes: 'configs',
      meaning: 'reaches only configs whose names begin with this, such as team-a/',
    },
  ],
  examples: ['config-store tokens add ci --scope read', 'config-store tokens add ana --scope write --prefix team-a/'],
  notes: 'The token is printed once and kept as a hash. Servers that run accept it at once.',
  run: async ({ context, output }, { name, scope, prefix }) => {
    const { token, secret } = await addToken(context, { name, scopes: scope, prefix });
    await output.result({ ...token, token: secret }, () => secret);
    if (!output.json) await output.warn('this is the only time the token is shown: keep it where secrets are kept');
    return undefined;
  },
};

/** `config-store tokens list` */
const list: CommandDefinition = {
  examples: ['config-store tokens list'],
  run: async ({ context, output }) => {
    const tokens = listTokens(context);
    await output.result({ tokens }, () =>
      tokens.length === 0
        ? 'no tokens were made here'
        : table(
            tokens,
            [
              { heading: 'NAME', cell: ({ name }) => name, style: output.colors.bold },
              { heading: 'SCOPE', cell: ({ scopes }) => scopes.join(',') },
              { heading: 'PREFIX', cell: ({ prefix }) => prefix ?? '' },
              { heading: 'CREATED', cell: ({ created }) => (created === undefined ? '' : output.time(created)) },
            ],
            output,
          ),
    );
    return undefined;
  },
};

/** `config-store tokens revoke NAME` */
const revoke: CommandDefinition<{ name: string }> = {
  arguments: [OLD_NAME],
  examples: ['config-store tokens revoke ci'],
  notes: 'Servers that run refuse it from the next request on, and end the streams it opened.',
  run: async ({ context, output }, { name }) => {
    await revokeToken(context, { name });
    await output.result({ name, revoked: true }, () => `revoked the token ${name}`);
    return undefined;
  },
};

/** `config-store tokens …`: who may use the server over the network. */
export const tokens = {
  subcommands: {
    add: { summary: 'make a token and print it once', load: async () => add },
    list: { summary: 'the tokens that were made here', load: async () => list },
    revoke: { summary: 'end a token at once', load: async () => revoke },
  },
} as const satisfies CommandGroup;
