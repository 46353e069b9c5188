import { StoreError } from '../../../core/errors.ts';
import type { Rollback } from '../../../store/api/maintenance.ts';
import { acceptRollback, planAcceptance } from '../../../verbs/store/accept-rollback.ts';
import { confirm, confirmTyped, YES } from '../../input/confirm.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** Arguments and options of `trust`. */
interface TrustInput {
  readonly accept?: boolean;
  readonly reason?: string;
  readonly commit?: string;
  readonly yes?: boolean;
}

/** `config-store trust --accept`: the person's decision after a rollback warning. */
export const trust: CommandDefinition<TrustInput> = {
  options: [
    { flags: '--accept', meaning: 'go on with the store as it is, without the commits seen here before (required)' },
    { flags: '--commit <id>', meaning: 'the newest commit of a store that was rewritten, instead of typing it' },
    { flags: '--reason <text>', meaning: 'why, for the history' },
    YES,
  ],
  examples: ['config-store trust --accept --reason "restored Friday\'s backup on purpose"'],
  notes: 'Bringing the newer storage back is the better way wherever it still exists.',
  endsItself: true,
  run: async ({ context, output }, { accept = false, reason, commit, yes = false }) => {
    if (!accept)
      throw new StoreError('ARGUMENT_INVALID', 'trust needs --accept', {
        hint: '--accept decides to go on with the store as it is.',
        advice: [{ do: 'show-status' }],
      });
    const plan = await planAcceptance(context);
    if (plan !== undefined) {
      for (const line of describe(plan)) await output.warn(line);
      if (plan.kind === 'rewritten')
        await confirmTyped('To go on with it, type the id of its newest commit', plan.head.commit, commit, '--commit');
      else await confirm(`Go on with commit ${plan.head.index} as the newest?`, yes);
    }
    const { receipt } = await acceptRollback(context, { reason, commit: plan?.head.commit ?? '' });
    await output.result({ receipt }, () => `accepted: commit ${receipt.index} says so, and the pin follows it`);
    return undefined;
  },
};

/** How the store differs from what was seen here, since when, and who signed it. */
function describe({ kind, seen, head, signers }: Rollback): string[] {
  const now = `it now ends at commit ${head.index} (${head.commit})`;
  if (seen === undefined) return [`the pin is damaged, so what was seen here is not known; the store: ${now}`];
  const before = `commit ${seen.index} (${seen.commit}) was seen here`;
  if (kind === 'rolled back') return [`ROLLED BACK: ${before}, and ${now}`];
  const keys = signers.map(({ keyId, label, state }) => `${keyId.slice(0, 16)}… (${label}, ${state})`);
  return [
    `REWRITTEN: ${before}, and the log holds other commits from commit ${seen.index} on, or from before it; ${now}`,
    `what is new is signed by ${keys.length === 0 ? 'no key' : keys.join(', ')}`,
  ];
}
