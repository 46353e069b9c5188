import { type Disk, realDisk } from '../../../src/disk/disk.ts';
import { Durable } from '../../../src/disk/durable.ts';
import { FileCommitLog } from '../../../src/engine/files/commit-log.ts';
import { storageLayout } from '../../../src/engine/files/layout.ts';

// Appends one commit, and kills itself with SIGKILL at the named system call, or right after it (`link:after`).
const [root = '', index = '0', step = ''] = process.argv.slice(2);
const [call = '', moment = 'before'] = step.split(':');

const disk = new Proxy(realDisk, {
  get(target, name: keyof Disk) {
    const real = target[name] as (...args: unknown[]) => unknown;
    if (name !== call) return real;
    return (...args: unknown[]) => {
      if (moment === 'after') real(...args);
      process.kill(process.pid, 'SIGKILL');
      return undefined;
    };
  },
});

const outcome = await new FileCommitLog(storageLayout(root), new Durable(disk)).append(
  Number(index),
  Buffer.from('from the dying'),
);
process.stdout.write(outcome);
