import { Durable } from '../../src/durable.ts';
import { storageLayout } from '../../src/store/layout.ts';
import { FileCommitLog } from '../../src/store/log.ts';
import type { CommitLog } from '../../src/store/ports.ts';

/** How another process opens the log under test, by the kind its subject names. */
const KINDS: Record<string, (location: string) => CommitLog> = {
  files: (location) => new FileCommitLog(storageLayout(location), new Durable()),
};

const [kind = '', location = '', writer = '', count = '0'] = process.argv.slice(2);
const log = KINDS[kind]?.(location);
if (log === undefined) throw new Error(`no log of kind ${kind}`);

for (let n = 0; n < Number(count); ) {
  const index = await log.length();
  const envelope = JSON.stringify({ writer, n });
  if ((await log.append(index, Buffer.from(envelope))) === 'conflict') continue;
  process.stdout.write(`${JSON.stringify({ index, envelope })}\n`);
  n++;
}
