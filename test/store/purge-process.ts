import { isStoreError } from '../../src/core/errors.ts';
import { openStore } from './open-store.ts';
import { pathsBelow, puts } from './temporary-var.ts';

// Puts the bytes of each round under a name of its own, while another process purges the very same bytes.
const [root = '', rounds = '0'] = process.argv.slice(2);
const store = await openStore({ paths: pathsBelow(root) });
process.stdout.write('ready\n');
for (let round = 0; round < Number(rounds); round++) {
  try {
    await store.writer.commit(puts({ [`put/${round}`]: `bytes ${round}` }));
  } catch (error) {
    if (!isStoreError(error, 'STORE_BUSY')) throw error;
  }
}
await store.close();
