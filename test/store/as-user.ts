import { isStoreError } from '../../src/core/errors.ts';
import { openStore } from './open-store.ts';
import { pathsBelow, puts } from './temporary-var.ts';

// Opens, reads and writes a store as another user, and prints what each said.
const [root = '', uid = ''] = process.argv.slice(2);
if (uid !== '') {
  process.setgroups?.([]);
  process.setgid?.(Number(uid));
  process.setuid?.(Number(uid));
}

async function said(run: () => Promise<unknown>): Promise<object> {
  try {
    await run();
    return { code: 'none' };
  } catch (error) {
    if (!isStoreError(error)) throw error;
    return { code: error.code, message: error.message, hint: error.hint };
  }
}

const open = () => openStore({ paths: pathsBelow(root) });
process.stdout.write(
  JSON.stringify({
    open: await said(open),
    read: await said(async () => (await open()).reader.read('a')),
    write: await said(async () => (await open()).writer.commit(puts({ b: 'x' }))),
  }),
);
process.exit();
