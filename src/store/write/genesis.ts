import type { Author, Statement } from '../../core/commit/statement.ts';
import type { Hex } from '../../core/digest.ts';
import type { Engine } from '../../engine/port.ts';
import type { KeyFolder } from '../../keys/folder/key-files.ts';
import type { CheckTexts } from '../api/signed-text.ts';
import type { CommitRecord } from '../commits/commit-record.ts';
import { claimOf, payloadOf, signStatement } from './sign-commit.ts';
import { authorTexts } from './signed-texts.ts';

/** Parts that making a store needs. */
export interface GenesisParts {
  readonly engine: Engine;
  readonly keys: KeyFolder;
  readonly now: () => Date;
  /** The passphrase new keys are encrypted with; undefined where none is configured. */
  readonly newKeyPassphrase: (() => Promise<string | undefined>) | undefined;
  readonly checkTexts: CheckTexts;
  /** Hears of commit 0 when this process made it, after it is durable. */
  readonly made: (record: CommitRecord) => void;
}

/**
 * Makes the store: its place in the engine, a fresh key in `keys/pending/`, commit 0 that adds it as owner, and then the
 * key's place in `keys/`. Of several processes that do this at once one wins commit 0; the others take their own pending key
 * away again and go on with the winner's.
 *
 * @returns true when this process made the store.
 */
export async function makeStore(
  { engine, keys, now, made, checkTexts, newKeyPassphrase }: GenesisParts,
  author: Author,
  label: string,
): Promise<boolean> {
  await checkTexts([{ field: 'label', text: label }, ...authorTexts(author)]);
  await engine.prepare();
  const key = await keys.createPending(await newKeyPassphrase?.());
  const statement: Statement = {
    index: 0,
    store: key.keyId as Hex, // the first key's id is the store's
    previous: null,
    keyring: null,
    time: now().toISOString(),
    author: claimOf(author),
    message: 'make the store',
    changes: [],
    keys: [{ action: 'add', keyId: key.keyId, label, role: 'owner', spki: key.spki }],
  };
  const { record, envelope, confirm } = signStatement(statement, key, payloadOf(statement));
  confirm(); // one signature, once in a store's life: nothing is begun that would have to be taken away again
  const staged = engine.log.stage({ index: 0, envelope, artifacts: [] });
  await staged.ready;
  if ((await engine.log.publish([staged])) === 0) {
    await keys.dropPending(key.keyId);
    return false;
  }
  await keys.publish(key.keyId, key.spki);
  made(record);
  return true;
}
