import { StoreError } from '../../core/errors.ts';
import { claudeDesktop } from './claude-desktop.ts';
import type { Dialect } from './dialect.ts';

export type { Dialect } from './dialect.ts';

/** Every client this program can write to; a new one is one file and one line here. */
export const DIALECTS: readonly Dialect[] = [claudeDesktop];

/** Finds the dialect of a client by its name here. @throws StoreError ARGUMENT_INVALID naming the clients there are */
export function dialectOf(client: string): Dialect {
  const dialect = DIALECTS.find((known) => known.client === client);
  if (dialect !== undefined) return dialect;
  throw new StoreError('ARGUMENT_INVALID', `there is no install for ${JSON.stringify(client.slice(0, 40))}`, {
    hint: `Choose one of ${DIALECTS.map((known) => known.client).join(', ')}; for other clients see docs/claude-desktop.md.`,
  });
}
