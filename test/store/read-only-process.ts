import { toStoreError } from '../../src/core/errors.ts';
import { openStore } from './open-store.ts';
import { pathsBelow, puts } from './temporary-var.ts';

// Reads and tries to write the store below its argument, and prints how that went.
const store = await openStore({ paths: pathsBelow(process.argv[2] ?? '') });
const text = async (version?: number) => Buffer.from((await store.reader.read('a', version)).bytes).toString();
const codeOf = async (work: Promise<unknown>) => {
  try {
    await work;
    return 'done';
  } catch (error) {
    return toStoreError(error).code;
  }
};
const draft = {
  name: 'a',
  bytes: Buffer.from('x'),
  mediaType: 'text/plain',
  message: '',
  author: puts({}).author,
  baseVersion: 0,
};
const said = {
  text: await text(),
  older: await text(1),
  total: (await store.reader.heads({ limit: 1 })).total,
  ok: (await store.maintenance.verify({})).ok,
  put: await codeOf(store.writer.commit(puts({ a: 'other' }))),
  draft: await codeOf(store.drafts.save(draft)),
  warnings: (await store.state.status()).notices.map(({ message }) => message),
};
await store.close();
process.stdout.write(JSON.stringify(said));
