import { formatDigest, type Hex, isHexDigest } from '../../../core/digest.ts';
import { StoreError } from '../../../core/errors.ts';
import type { Store } from '../../../store/api/store.ts';
import { parseVersionReference } from '../../input/config-reference.ts';
import { confirm, YES } from '../../input/confirm.ts';
import { checkSignedTexts } from '../../input/signed-texts.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store purge NAME@VERSION|DIGEST`: for the secret that got in. Never over MCP. */
export const purge: CommandDefinition<{ what: string; reason: string; yes?: boolean }> = {
  arguments: [
    { syntax: '<what>', meaning: 'NAME@VERSION, or the full sha256:DIGEST, of the artifact', completes: 'configs' },
  ],
  options: [
    { flags: '--reason <text>', meaning: 'why; signed into the history and shown to readers', required: true },
    YES,
  ],
  examples: ['config-store purge claude-desktop/default@3 --reason "a token got in"'],
  notes:
    'The bytes go, the history stays and still verifies. Every version with the same bytes goes with them. Change the secret itself too.',
  run: async ({ store, output, version }, { what, reason, yes = false }) => {
    await checkSignedTexts({ reason });
    const opened = await store();
    const digest = await digestOf(opened, what);
    await confirm(`Remove the bytes of ${formatDigest(digest)} for good?`, yes);
    const author = { name: 'config-store', version, via: 'cli' } as const;
    const { receipt } = await opened.writer.commit({
      changes: [{ action: 'purge', digest, reason }],
      message: `purge ${formatDigest(digest).slice(0, 23)}`,
      author,
    });
    const drafts = (await opened.drafts.list()).filter((draft) => draft.digest === digest).map(({ name }) => name);
    const elsewhere = [
      ...drafts.map((name) => `the draft of ${name}: config-store draft discard ${name}`),
      'backups made before now',
      'the files of clients it was deployed to',
      'snapshots of the volume',
    ];
    await output.result({ receipt, digest: formatDigest(digest), elsewhere }, () => [
      `purged ${formatDigest(digest)} (commit ${receipt.index})`,
      'the same bytes may still be in:',
      ...elsewhere.map((place) => `  ${place}`),
    ]);
    return undefined;
  },
};

async function digestOf(store: Store, what: string): Promise<Hex> {
  const hex = what.replace(/^sha256:/, '').toLowerCase();
  if (isHexDigest(hex)) return hex;
  if (what.startsWith('sha256:'))
    throw new StoreError('ARGUMENT_INVALID', 'a purge needs the whole digest', {
      hint: 'Give all 64 characters, or NAME@VERSION.',
    });
  const { name, version } = parseVersionReference(what);
  const { items } = await store.reader.versions(name, { before: version + 1, limit: 1 });
  const row = items.find((one) => one.version === version);
  if (row !== undefined) return row.digest;
  throw new StoreError('NOT_FOUND', `${name} has no version ${version}`, {
    hint: `"config-store log ${name}" lists its versions.`,
  });
}
