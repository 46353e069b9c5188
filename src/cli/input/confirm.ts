import { untilInterrupted } from '../../app/until-interrupted.ts';
import { cancelled } from '../../core/cancelled.ts';
import { StoreError } from '../../core/errors.ts';
import { spellLine } from '../../core/visible.ts';

/**
 * Asks before something that cannot be undone. With `yes` the question is not asked; without a terminal nothing is done.
 *
 * @throws StoreError CANCELLED when the answer is no, ARGUMENT_INVALID when there is no terminal to ask on
 */
export async function confirm(question: string, yes: boolean): Promise<void> {
  if (yes) return;
  const answer = await ask(`${question} [y/N] `, '--yes');
  if (/^y(es)?$/i.test(answer.trim())) return;
  throw cancelled();
}

/**
 * Asks for a word to be typed, for what is decided rarely and cannot be undone. `given` stands for the answer,
 * and `instead` is the option that gives it.
 *
 * @throws StoreError CANCELLED when another word is given, ARGUMENT_INVALID when there is no terminal to ask on
 */
export async function confirmTyped(
  question: string,
  wanted: string,
  given: string | undefined,
  instead: string,
): Promise<void> {
  const answer = given ?? (await ask(`${question}: `, instead));
  if (answer.trim().toLowerCase() === wanted) return;
  throw new StoreError('CANCELLED', 'that is not the id, so nothing was changed', {
    hint: 'Give all of it, as it was printed.',
  });
}

/** @throws StoreError CANCELLED on Ctrl-C and Ctrl-D, ARGUMENT_INVALID without a terminal */
async function ask(question: string, instead: string): Promise<string> {
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new StoreError('ARGUMENT_INVALID', `Cannot ask without a terminal: ${question.trim()}`, {
      hint: `Nothing was changed. Add ${instead} to go ahead without being asked.`,
    });
  const { createInterface } = await import('node:readline');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answered = new Promise<string>((resolve, reject) => {
      const giveUp = () => {
        process.stderr.write('\n');
        reject(cancelled());
      };
      lines.once('close', giveUp);
      lines.once('SIGINT', giveUp);
      lines.question(spellLine(question), (answer) => {
        lines.off('close', giveUp);
        resolve(answer);
      });
    });
    return await untilInterrupted(answered);
  } finally {
    lines.close();
  }
}

/** `--yes`, of every command that asks first. */
export const YES = { flags: '-y, --yes', meaning: 'go ahead without being asked' } as const;
