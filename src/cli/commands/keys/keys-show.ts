import { StoreError } from '../../../core/errors.ts';
import { shortId } from '../../../core/short-id.ts';
import { openSshLine } from '../../../keys/formats/openssh.ts';
import type { KeyInfo } from '../../../store/api/keys.ts';
import type { Store } from '../../../store/api/store.ts';
import { findKey, KEY_ID } from '../../input/key-reference.ts';
import { pairs, table } from '../../output/table.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store keys list` */
export const listKeys: CommandDefinition = {
  examples: ['config-store keys list'],
  run: async ({ store, output }) => {
    const opened = await store();
    const { keys } = await opened.state.status();
    const rows = keys.map((key) => ({ ...key, file: fileState(opened, key) }));
    await output.result({ keys: rows }, () =>
      rows.length === 0
        ? 'no keys yet: the first put, or "config-store init", makes the first'
        : table(rows, [
            { heading: 'KEY', cell: ({ keyId }) => shortId(keyId), style: output.colors.bold },
            { heading: 'ROLE', cell: ({ role }) => role },
            { heading: 'STATE', cell: ({ state }) => state },
            { heading: 'SINCE', cell: ({ addedAt }) => `${addedAt}`, align: 'right' },
            { heading: 'FILE', cell: ({ file }) => file },
            { heading: 'LABEL', cell: ({ label }) => label, maxChars: 40 },
          ]),
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
  run: async ({ store, output }, { keyId, public: asPem = false, ssh = false }) => {
    if (asPem && ssh)
      throw new StoreError('ARGUMENT_INVALID', '--public and --ssh were both given', { hint: 'Choose one form.' });
    const opened = await store();
    const key = await findKey(opened, keyId);
    const pem = await opened.keys.publicKeyPem(key.keyId);
    if (asPem) await output.text(pem);
    else if (ssh) await output.text(`${openSshLine(pem, key.label)}\n`);
    else {
      const facts = { ...key, file: fileState(opened, key), publicKey: pem };
      await output.result(facts, () => pairs(describe(facts)));
    }
    return undefined;
  },
};

function describe(key: KeyInfo & { file: string }): Array<readonly [string, string]> {
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

function fileState({ keys }: Store, { keyId, present }: KeyInfo): string {
  if (!present) return 'not here';
  return keys.files.isEncrypted(keyId) ? 'here, encrypted' : 'here';
}
