import { hasTerminal, promptPassphrase } from '../../app/passphrase.ts';
import { StoreError } from '../../core/errors.ts';

/**
 * Asks for a new passphrase twice.
 *
 * @param otherwise how to give it where there is no terminal, as a full sentence
 * @throws StoreError ARGUMENT_INVALID when the two differ, KEY_LOCKED without a terminal
 */
export async function askNewPassphrase(what: string, otherwise: string): Promise<string> {
  if (!hasTerminal()) throw new StoreError('KEY_LOCKED', `no ${what} given`, { hint: otherwise });
  const first = await promptPassphrase(`New ${what}: `);
  const second = await promptPassphrase('Again: ');
  if (first !== '' && first === second) return first;
  throw new StoreError('ARGUMENT_INVALID', 'the two entries differ, or are empty', {
    hint: 'Nothing was changed. Try again.',
  });
}

/** Asks once. @throws StoreError KEY_LOCKED without a terminal or an answer */
export async function askPassphrase(question: string): Promise<string> {
  const answer = hasTerminal() ? await promptPassphrase(question) : '';
  if (answer !== '') return answer;
  throw new StoreError('KEY_LOCKED', 'no passphrase given', { hint: 'Use --passphrase-file FILE.' });
}
