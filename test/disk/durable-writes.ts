// Started by durable-trace.test.ts under strace: makes each kind of write of durable.ts once, below the folder given.
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { realDisk } from '../../src/disk/disk.ts';
import { Durable } from '../../src/disk/durable.ts';
import { RealFolders } from '../../src/disk/real-folders.ts';
import { StorageDisk } from '../../src/disk/storage-disk.ts';

const [root = '', kind = ''] = process.argv.slice(2);
const durable = new Durable(kind === 'storage' ? new StorageDisk(new RealFolders(root)) : realDisk);
const at = (name: string) => join(root, name);
const bytes = Buffer.from('bytes');
/** A call that shows in the trace where the next write begins. */
const begin = (name: string) => statSync(at(`begin-${name}`), { throwIfNoEntry: false });

writeFileSync(at('old'), bytes);
begin('stage');
const staged = durable.stage(at('tmp'), bytes, 0o444);
await staged.durable;
begin('publish');
await durable.publish(staged, at('place/published'));
begin('place');
await durable.place(at('tmp'), at('place/placed'), bytes, 0o444);
begin('flush');
await durable.flush(at('place/placed'));
begin('other');
const other = durable.stage(at('tmp'), bytes, 0o644);
await other.durable;
begin('link');
await durable.link(other, at('place/linked'));
begin('folder');
await durable.makeFolder(at('place/new'));
begin('move');
await durable.move(at('old'), at('place/moved'));
begin('remove');
await durable.remove(at('place/moved'));
begin('append');
await durable.append(at('place/appended'), bytes);
begin('overwrite');
await durable.overwrite(at('place/linked'), bytes, () => undefined);
begin('end');
