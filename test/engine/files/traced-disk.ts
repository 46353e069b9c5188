import { relative } from 'node:path';
import type { Disk } from '../../../src/disk/disk.ts';
import { Durable } from '../../../src/disk/durable.ts';
import { RealFolders } from '../../../src/disk/real-folders.ts';
import { StorageDisk } from '../../../src/disk/storage-disk.ts';

/** The disk of production below `root`, and the calls that it makes, such as `fsync log/000/000`. */
export function tracedDisk(root: string, calls: string[]): Durable {
  const disk = new StorageDisk(new RealFolders(root));
  const traced: Disk = {
    open: (path, flags, mode) => {
      calls.push(flags.startsWith('r') ? `fsync ${relative(root, path)}` : 'write tmp');
      return disk.open(path, flags, mode);
    },
    write: (fd, bytes) => disk.write(fd, bytes),
    close: (fd) => disk.close(fd),
    fsync: (fd) => disk.fsync(fd),
    link: (from, to) => {
      calls.push(`link ${relative(root, to)}`);
      disk.link(from, to);
    },
    rename: (from, to) => {
      calls.push(`rename ${relative(root, from)}`);
      disk.rename(from, to);
    },
    unlink: (path) => disk.unlink(path),
    mkdir: (path, mode) => {
      calls.push(`mkdir ${relative(root, path)}`);
      disk.mkdir(path, mode);
    },
    identity: (path) => disk.identity(path),
  };
  return new Durable(traced);
}
