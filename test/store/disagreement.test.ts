import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { loadSigner } from '../../src/keys/ed25519.ts';
import { refusal } from '../verbs/configs/open-context.ts';
import { onMemory, openStore } from './open-store.ts';
import { makeVar, puts } from './temporary-var.ts';

it.each([
  ['alone', ['c']],
  ['first of several', ['c', 'd', 'e']],
])('a signature that noble does not make as well is not published: of a put %s', async (_, names) => {
  const { paths, dispose } = await makeVar();
  onTestFinished(dispose);
  const store = await openStore({ paths });
  onTestFinished(() => store.close());
  await store.writer.commit(puts({ a: 'one' }));
  const signer = await loadSigner();
  const { sign } = signer;
  const faulty = vi.spyOn(signer, 'sign').mockImplementationOnce((seed, message) => {
    const signature = sign(seed, message);
    signature[0] = (signature[0] ?? 0) ^ 1;
    return signature;
  });
  onTestFinished(() => faulty.mockRestore());
  const [first, ...others] = names.map((name) => store.writer.commit(puts({ [name]: 'two' })));
  expect(await refusal(first as Promise<unknown>)).toMatchObject({
    code: 'INTERNAL',
    message: expect.stringContaining('two implementations'),
  });
  await Promise.allSettled(others); // were signed on top of it: they are tried again, or refused as well
  expect(faulty).toHaveBeenCalled();
  if (!onMemory) expect(readdirSync(join(paths.storage, 'tmp'))).toEqual([]);
  await store.writer.commit(puts({ c: 'three' }));
  const { items } = await store.reader.versions('c', { limit: 9 });
  expect(items.map(({ version }) => version)).toEqual([1]);
  expect((await store.maintenance.verify({})).findings).toEqual([]);
});

it('of a new store as well, and leaves nothing', async () => {
  const { paths, dispose } = await makeVar();
  onTestFinished(dispose);
  const store = await openStore({ paths });
  onTestFinished(() => store.close());
  const faulty = vi.spyOn(await loadSigner(), 'sign').mockImplementationOnce(() => new Uint8Array(64));
  onTestFinished(() => faulty.mockRestore());
  expect(await refusal(store.writer.commit(puts({ a: 'one' })))).toMatchObject({ code: 'INTERNAL' });
  if (!onMemory) expect(readdirSync(join(paths.storage, 'tmp'))).toEqual([]);
  expect((await store.writer.commit(puts({ a: 'one' }))).receipt.index).toBe(1);
  expect((await store.maintenance.verify({})).findings).toEqual([]);
});
