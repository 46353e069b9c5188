import { isHexDigest } from '../../../core/digest.ts';
import { type PurgeTarget, planPurge, purgeArtifact } from '../../../verbs/store/purge-artifact.ts';
import { parseVersionReference } from '../../input/config-reference.ts';
import { confirm, YES } from '../../input/confirm.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store purge NAME@VERSION|DIGEST`: for the secret that got in. Never over MCP. */
export const purge: CommandDefinition<{ what: string; reason: string; yes?: boolean }> = {
  arguments: [
    { syntax: '<what>', meaning: 'NAME@VERSION, or the full sha256:DIGEST, of the artifact', completes: 'versions' },
  ],
  options: [
    { flags: '--reason <text>', meaning: 'why; signed into the history and shown to readers', required: true },
    YES,
  ],
  examples: ['config-store purge claude-desktop/default@3 --reason "a token got in"'],
  notes:
    'The bytes go, the history stays and still verifies. Every version with the same bytes goes with them. Change the secret itself too.',
  endsItself: true,
  run: async ({ context, output, settings }, { what, reason, yes = false }) => {
    const plan = await planPurge(context, targetOf(what));
    await confirm(`Remove the bytes of ${plan.digest} for good?`, yes);
    const { receipt, digest, drafts } = await purgeArtifact(context, { ...plan, reason });
    const elsewhere = [
      ...drafts.map((name) => `the draft of ${name}: config-store draft discard ${name}`),
      'backups made before now',
      'the files of clients it was deployed to',
      settings().database === undefined
        ? 'snapshots of the volume'
        : 'dead rows, the write-ahead log and replicas of the database',
    ];
    await output.result({ receipt, digest, elsewhere }, () => [
      `purged ${digest} (commit ${receipt.index})`,
      'the same bytes may still be in:',
      ...elsewhere.map((place) => `  ${place}`),
    ]);
    return undefined;
  },
};

function targetOf(what: string): PurgeTarget {
  return /^sha256:/i.test(what) || isHexDigest(what.toLowerCase()) ? { digest: what } : parseVersionReference(what);
}
