import { StoreError } from '../../../core/errors.ts';
import { shortId } from '../../../core/short-id.ts';
import type { KeyDetails } from '../../../verbs/keys/find-key.ts';
import { listKeys as list } from '../../../verbs/keys/list-keys.ts';
import { showKey as show } from '../../../verbs/keys/show-key.ts';
import { KEY_ID } from '../../input/key-reference.ts';
import { pairs, table } from '../../output/table.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store keys list` */
export const listKeys: CommandDefinition = {
  examples: ['config-store keys list'],
  run: async ({ context, output }) => {
    const result = await list(context);
    await output.result(result, () =>
      result.keys.length === 0
        ? 'no keys yet: the first put, or "config-store init", makes the first'
        : table(
            result.keys,
            [
              { heading: 'KEY', cell: ({ keyId }) => shortId(keyId), style: output.colors.bold },
              { heading: 'ROLE', cell: ({ role }) => role },
              { heading: 'STATE', cell: ({ state }) => state },
              { heading: 'SINCE', cell: ({ addedAt }) => `${addedAt}`, align: 'right' },
              { heading: 'FILE', cell: ({ file }) => file, spare: 1 },
              { heading: 'LABEL', cell: ({ label }) => label, maxChars: 40 },
            ],
            output,
          ),
    );
    return undefined;
  },
};

/** `config-store keys show KEYID` */
export const showKey: CommandDefinition<{ keyId: string; public?: boolean; ssh?: boolean }> = {
  arguments: [KEY_ID],
  options: [
    { flags: '--public', meaning: 'print the public key as SPKI PEM' },
    { flags: '--ssh', meaning: 'print the public key as an OpenSSH line' },
  ],
  examples: ['config-store keys show 1f0c2a9b --public', 'config-store keys show 1f0c2a9b --ssh'],
  run: async ({ context, output }, { keyId, public: asPem = false, ssh = false }) => {
    if (asPem && ssh)
      throw new StoreError('ARGUMENT_INVALID', '--public and --ssh were both given', { hint: 'Choose one form.' });
    const { key, publicKey, openSsh } = await show(context, { keyId });
    if (asPem) await output.text(publicKey);
    else if (ssh) await output.text(`${openSsh}\n`);
    else await output.result({ ...key, publicKey }, () => pairs(describe(key)));
    return undefined;
  },
};

function describe(key: KeyDetails): Array<readonly [string, string]> {
  return [
    ['key', key.keyId],
    ['label', key.label],
    ['role', key.role],
    ['state', key.state],
    ['added', `commit ${key.addedAt}`],
    ...(key.retiredAt === undefined ? [] : [['retired', `commit ${key.retiredAt}`] as const]),
    ...(key.revokedFrom === undefined ? [] : [['revoked', `from commit ${key.revokedFrom} on`] as const]),
    ['file', key.file],
  ];
}
