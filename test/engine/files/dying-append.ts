import type { Disk } from '../../../src/disk/disk.ts';
import { Durable } from '../../../src/disk/durable.ts';
import { RealFolders } from '../../../src/disk/real-folders.ts';
import { StorageDisk } from '../../../src/disk/storage-disk.ts';
import { openFilesEngine } from '../../../src/engine/files/files-engine.ts';
import { append } from '../append.ts';

// Appends one commit, and kills itself with SIGKILL at the named system call, or right after it (`link:after`).
const [root = '', index = '0', step = ''] = process.argv.slice(2);
const [call = '', moment = 'before'] = step.split(':');

const real: Disk = new StorageDisk(new RealFolders(root));
const disk = new Proxy(real, {
  get(target, name: keyof Disk) {
    const method = (target[name] as (...args: unknown[]) => unknown).bind(target);
    if (name !== call) return method;
    return (...args: unknown[]) => {
      if (moment === 'after') method(...args);
      process.kill(process.pid, 'SIGKILL');
      return undefined;
    };
  },
});

const engine = openFilesEngine({ storage: root, gates: '', disk: new Durable(disk) });
process.stdout.write(`${await append(engine, Number(index), 'from the dying')}`);
