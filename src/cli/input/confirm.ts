import { StoreError } from '../../core/errors.ts';
import { printable } from '../../core/printable.ts';

/**
 * Asks before something that cannot be undone. With `yes` nobody is asked; without a terminal nothing is done.
 *
 * @throws StoreError CANCELLED when the answer is no, ARGUMENT_INVALID when nobody can be asked
 */
export async function confirm(question: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new StoreError('ARGUMENT_INVALID', `nobody is here to confirm: ${question}`, {
      hint: 'Nothing was changed. Add --yes to go ahead without being asked.',
    });
  }
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await lines.question(`${printable(question)} [y/N] `);
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    lines.close();
  }
  throw new StoreError('CANCELLED', 'nothing was changed', { hint: 'Answer "y", or add --yes, to go ahead.' });
}

/** `--yes`, of every command that asks first. */
export const YES = { flags: '--yes', meaning: 'go ahead without being asked' } as const;
