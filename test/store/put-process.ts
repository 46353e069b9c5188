import { openStore } from './open-store.ts';
import { pathsBelow, puts } from './temporary-var.ts';

// Puts a text under a name, and says whether a commit was made.
const [root = '', name = '', text = ''] = process.argv.slice(2);
const store = await openStore({ paths: pathsBelow(root) });
const { committed } = await store.writer.commit(puts({ [name]: text }));
await store.close();
process.stdout.write(String(committed));
