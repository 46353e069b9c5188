import type { Candidate } from '../../src/policy/policy.ts';

/** A candidate of this text; JSON unless said otherwise. */
export function candidate(content: string | object, more: Partial<Candidate> = {}): Candidate {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return { name: 'claude-desktop/default', mediaType: 'application/json', bytes: Buffer.from(text), ...more };
}

/** What the MCP server gives `admit`. */
export const overMcp = { allowSecrets: false, maxContentBytes: 1_048_576 };

/** Credentials in these tests are put together here, so that no scanner takes this file for a leak. */
export function credential(...parts: string[]): string {
  return parts.join('');
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** `length` characters that look random and are the same every time. */
export function randomLooking(length: number, seed = 7): string {
  let state = seed;
  let text = '';
  while (text.length < length) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    text += ALPHABET[(state >>> 8) % ALPHABET.length];
  }
  return text;
}
