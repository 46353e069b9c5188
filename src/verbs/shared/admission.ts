import { holdsSecret as holdsCredential } from '../../policy/secrets/secrets.ts';
import { checkSchema } from './bound-schema.ts';
import type { Content } from './content-changes.ts';
import { runContentTask } from './content-thread.ts';
import type { Context } from './context.ts';

/**
 * Applies the policy before anything is hashed or written.
 *
 * @returns the message to sign: where a person allowed a credential in clear, it says so, without the value
 * @throws StoreError CONTENT_TOO_LARGE, CONTENT_INVALID, SECRET_FOUND, NAME_INVALID, ARGUMENT_INVALID, SCHEMA_VIOLATION
 */
export async function admitContent(
  ctx: Context,
  name: string,
  { bytes, mediaType }: Content,
  message: string,
): Promise<string> {
  const { allowSecrets, maxContentBytes } = ctx;
  await checkSchema(ctx, name, { bytes, mediaType });
  const allowed = await runContentTask(
    [{ bytes, mediaType }],
    'admit',
    { name, mediaType, bytes, message },
    { allowSecrets, maxContentBytes },
  );
  const facts = allowed
    .map(({ path, rule }) => `credential in clear allowed at ${path} (${rule})`)
    .filter((fact) => !message.includes(fact));
  return [message, ...facts].filter((line) => line !== '').join('\n');
}

/**
 * Applies the policy to a name and a message alone, for changes that bring no new content.
 *
 * @throws StoreError as {@link admitContent}
 */
export async function admitMessage(ctx: Context, name: string, message: string): Promise<void> {
  await admitContent(ctx, name, { bytes: new Uint8Array(), mediaType: 'text/plain' }, message);
}

/** Returns true when a text holds a credential: for what a client says of itself, which is signed, shown and logged. */
export function holdsSecret(text: string): Promise<boolean> {
  return holdsCredential(text);
}
