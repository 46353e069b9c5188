import { openStore } from '../store/open-store.ts';
import { pathsBelow, puts } from '../store/temporary-var.ts';

// Rotates, or encrypts and decrypts, again and again until it is killed; says when each begins.
const [root = '', action = ''] = process.argv.slice(2);
const store = await openStore({ paths: pathsBelow(root), passphrase: async () => 'a passphrase' });
const author = { name: 'worker', version: '1', via: 'cli' } as const;
const { keys } = store;
await store.writer.commit(puts({ worker: `${process.pid}` }));

for (let n = 0; ; n++) {
  process.stdout.write(`${n}\n`);
  if (action === 'rotate') await keys.rotate({ author, label: `key ${n}` });
  else {
    for (const keyId of keys.files.privateKeyIds())
      await keys.files.rewritePrivate(keyId, async () => 'a passphrase', n % 2 === 0 ? 'a passphrase' : undefined);
  }
}
