import { StoreError } from '../../core/errors.ts';

/**
 * Asks before something that cannot be undone. With `yes` it does not ask; without a terminal nothing is done.
 *
 * @throws StoreError CANCELLED when the answer is no, ARGUMENT_INVALID without a terminal
 */
export async function confirm(question: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new StoreError('ARGUMENT_INVALID', `cannot ask for confirmation without a terminal: ${question}`, {
      hint: 'Nothing was changed. Add --yes to go ahead without being asked.',
    });
  }
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await lines.question(`${question} [y/N] `);
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    lines.close();
  }
  throw new StoreError('CANCELLED', 'nothing was changed', { hint: 'Answer "y", or add --yes, to go ahead.' });
}

/** `--yes`, of every command that asks first. */
export const YES = { flags: '--yes', meaning: 'go ahead without being asked' } as const;
