import { Durable } from '../../src/disk/durable.ts';
import { FileCommitLog } from '../../src/engine/files/commit-log.ts';
import { storageLayout } from '../../src/engine/files/layout.ts';
import type { CommitLog } from '../../src/engine/port.ts';

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
