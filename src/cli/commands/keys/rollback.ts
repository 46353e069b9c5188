import type { Rollback } from '../../../store/api/maintenance.ts';
import { confirm } from '../../input/confirm.ts';

/** Says how the store differs from what was seen here, since when, and who signed it. */
export function describeRollback({ kind, seen, head, signers }: Rollback): string[] {
  const keys = signers.map(({ keyId, label, state }) => `${keyId.slice(0, 16)}… (${label}, ${state})`).join(', ');
  switch (kind) {
    case 'rewritten':
      return [
        `REWRITTEN: commit ${seen?.index} (${seen?.commit}) was seen here, and the log holds other commits from at most ${seen?.index} on.`,
        `What is new is signed by ${keys || 'no key'}.`,
        `It now ends at commit ${head.index} (${head.commit}).`,
      ];
    case 'rolled back':
      return [
        `ROLLED BACK: commit ${seen?.index} (${seen?.commit}) was seen here, and the store ends at ${head.index} (${head.commit}).`,
      ];
    case 'pin damaged':
      return [
        `The pin is damaged: what was seen here is not known. The store ends at commit ${head.index} (${head.commit}).`,
      ];
  }
}

/** Asks for the decision; for a store that was rewritten the person types the commit that is to be the newest. */
export async function confirmCommit({ head }: Rollback, yes: boolean): Promise<void> {
  await confirm(`Go on with commit ${head.index} (${head.commit.slice(0, 16)}…) as the newest?`, yes);
}
