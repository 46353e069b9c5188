import type { Store } from '../../store/api/store.ts';
import type { VerifiedRead } from '../../store/api/versions.ts';
import type { ExitCode } from './exit-codes.ts';

/** Returns the exit code of a read: 2 when the store is foreign or rolled back, 4 when nothing here says whose it is. */
export async function untrustedExit(
  store: Store,
  { verified }: Pick<VerifiedRead, 'verified'>,
): Promise<ExitCode | undefined> {
  if (verified) return undefined;
  const { anchor } = await store.state.status();
  return anchor === 'none' ? 4 : 2;
}
