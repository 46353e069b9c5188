import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { SESSION_PICTURE, sessionPicture } from '../../scripts/session-picture.ts';

const hasOpenssl3 = (() => {
  try {
    return /^OpenSSL [3-9]/.test(execFileSync('openssl', ['version'], { encoding: 'utf8' }));
  } catch {
    return false; // no openssl: the session cannot be run
  }
})();

/** Ids and keys are new each time. */
const masked = (svg: string) => svg.replace(/\b[0-9a-f]{12}\b/g, 'x'.repeat(12));

// `node scripts/session-picture.ts` draws it again.
it.skipIf(!hasOpenssl3)(
  'the picture of the README shows what the commands print today',
  async () => {
    const drawn = await sessionPicture();
    expect(drawn).toContain('Signature Verified Successfully');
    expect(masked(await readFile(SESSION_PICTURE, 'utf8'))).toBe(masked(drawn));
  },
  180_000,
);
