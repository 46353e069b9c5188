import type { VerifiedRead } from '../../store/api/versions.ts';
import type { ExitCode } from './exit-codes.ts';

/** Returns the exit code of a read: 2 when the store is foreign or rolled back, 4 when nothing here says whose it is. */
export function untrustedExit({ verified, notices }: Pick<VerifiedRead, 'verified' | 'notices'>): ExitCode | undefined {
  if (verified) return undefined;
  return notices.some(({ code }) => code === 'NOT_ANCHORED') ? 4 : 2;
}
